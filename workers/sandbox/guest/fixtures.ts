/** `test.extend`: values that a test asks for by naming them in its first parameter, made before and undone after it. */
import { execPattern, functionText, splitText } from './primordials.ts';

type Use = (value: unknown) => Promise<void>;
type Make = (context: Record<string, unknown>, use: Use) => unknown;

interface Fixture {
  readonly name: string;
  readonly make: Make | undefined;
  readonly value: unknown;
  readonly isAutomatic: boolean;
}

export interface Fixtures {
  readonly all: readonly Fixture[];
  /** The body with its fixtures put into the context. */
  readonly around: (body: unknown) => unknown;
}

/** Reads `extend({ name: value | [value, options] })` and `extend('name', value)`. */
export function fixturesOf(values: readonly unknown[], outer: Fixtures | undefined): Fixtures {
  const [first] = values;
  const entries: readonly (readonly [string, unknown])[] =
    typeof first === 'string' ? [[first, values.at(-1)]] : Object.entries((first ?? {}) as Record<string, unknown>);
  const isNamed = typeof first === 'string';
  const added = entries.map(([name, given]) => readFixture(name, given, isNamed));
  const names = new Set(added.map(({ name }) => name));
  const all = [...(outer?.all ?? []).filter(({ name }) => !names.has(name)), ...added];
  return { all, around: (body) => (typeof body === 'function' ? wrap(body as Make, all) : body) };
}

function readFixture(name: string, given: unknown, returnsValue: boolean): Fixture {
  const isList = Array.isArray(given);
  const value: unknown = isList ? given[0] : given;
  const options = isList ? (given[1] as { auto?: boolean } | undefined) : undefined;
  const isAutomatic = options?.auto === true;
  if (typeof value !== 'function') return { name, make: undefined, value, isAutomatic };
  // The form with a name returns its value, the other one hands it to `use`.
  const make: Make = returnsValue
    ? async (context, use) => use(await (value as (context: unknown, tools: unknown) => unknown)(context, {}))
    : (value as Make);
  return { name, make, value: undefined, isAutomatic };
}

/** Names in the object pattern of a function's first parameter; undefined when it takes the whole context. */
function wantedNames(body: object): readonly string[] | undefined {
  const text = functionText(body);
  const match = execPattern(/^(?:async\b)?\s*(?:function\b)?\s*[\w$]*\s*\(\s*(?:\{([^}]*)\}|([\w$]+))?/, text);
  if (match === null || match[2] !== undefined) return undefined;
  return splitText(match[1] ?? '', ',').map((part) =>
    (splitText(part, /[:=]/.test(part) ? (part.includes(':') ? ':' : '=') : '\n')[0] ?? '').trim(),
  );
}

function wrap(body: Make, all: readonly Fixture[]): (context: Record<string, unknown>) => Promise<void> {
  return async (given) => {
    const context = { ...given };
    const ready = new Set<string>();
    const undo: (() => Promise<void>)[] = [];
    const prepare = async (name: string): Promise<void> => {
      const fixture = all.find((candidate) => candidate.name === name);
      if (fixture === undefined || ready.has(name)) return;
      ready.add(name);
      if (fixture.make === undefined) {
        context[name] = fixture.value;
        return;
      }
      for (const needed of wantedNames(fixture.make) ?? []) await prepare(needed);
      undo.push(await begin(fixture.make, context, name));
    };
    const wanted = wantedNames(body) ?? all.map(({ name }) => name);
    for (const { name, isAutomatic } of all) if (isAutomatic || wanted.includes(name)) await prepare(name);
    try {
      await body(context, () => Promise.resolve());
    } finally {
      for (const finish of undo.toReversed()) await finish();
    }
  };
}

/** Runs a fixture until it hands over its value; the answer lets it go on to its end. */
async function begin(make: Make, context: Record<string, unknown>, name: string): Promise<() => Promise<void>> {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let handOver = (): void => undefined;
  const handed = new Promise<void>((resolve) => {
    handOver = resolve;
  });
  const running = Promise.resolve(
    make(context, async (value) => {
      context[name] = value;
      handOver();
      await released;
    }),
  );
  await Promise.race([handed, running]);
  return async () => {
    release();
    await running;
  };
}
