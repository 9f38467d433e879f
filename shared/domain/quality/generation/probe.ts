/**
 * Probes: test files that call functions and print what came of it, as source text. They are run and thrown away; what
 * they print is material for tests, which then have to show by themselves that they hold.
 */
import type { FunctionSignature } from './signature.ts';

/** One call and what came of it. */
export interface Observation {
  readonly file: string;
  readonly name: string;
  /** As they stand between the brackets. */
  readonly call: string;
  readonly outcome:
    | { readonly kind: 'value'; readonly source: string }
    | { readonly kind: 'thrown'; readonly name: string; readonly message: string };
}

export interface ProbedFunction {
  readonly signature: FunctionSignature;
  readonly calls: readonly string[];
}

/** The relative specifier of a project's file, seen from a folder two levels deep. */
export const specifierFrom = (folder: string, file: string): string =>
  `${'../'.repeat(folder.split('/').length)}${file}`;

const mark = '@probe ';

/** Values as source text; what cannot be written exactly is `undefined`, and no test is made of it. */
const printer = `
const write = (value, depth = 0) => {
  if (depth > 8) return undefined;
  if (value === null || typeof value === 'boolean') return String(value);
  if (value === undefined) return 'undefined';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return value + 'n';
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (value instanceof Date) return 'new Date(' + value.getTime() + ')';
  if (Array.isArray(value)) {
    const items = Array.from(value, (item) => write(item, depth + 1));
    return items.includes(undefined) ? undefined : '[' + items.join(', ') + ']';
  }
  if (typeof value !== 'object') return undefined;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype) return undefined;
  const parts = [];
  for (const key of Object.keys(value)) {
    const item = write(value[key], depth + 1);
    if (item === undefined || key === '__proto__') return undefined;
    parts.push(JSON.stringify(key) + ': ' + item);
  }
  return parts.length === 0 ? '{}' : '{ ' + parts.join(', ') + ' }';
};
const longest = 1500;
const tell = (at, outcome) => {
  const text = JSON.stringify({ at, ...outcome });
  if (text.length <= longest) console.log(mark + text);
};
const probe = async (at, call) => {
  try {
    const source = write(await call());
    if (source !== undefined) tell(at, { kind: 'value', source });
  } catch (error) {
    if (error instanceof Error) tell(at, { kind: 'thrown', name: error.name, message: error.message });
  }
};
`;

/**
 * One test for each call, printed under the tag, so that one that does not end takes only itself along. All are called
 * a second time after the last one, so that what depends on earlier calls answers differently.
 */
export const writeProbe = (folder: string, tag: string, { signature, calls }: ProbedFunction): string => {
  const { file, name } = signature;
  const tests = ['', ' again'].flatMap((time) =>
    calls.map(
      (call, index) =>
        `test('${index}${time}', async () => { await probe(${index}, () => subject[${JSON.stringify(name)}](${call})); });`,
    ),
  );
  return [
    `// @ts-nocheck`,
    `import { test } from 'vitest';`,
    `import * as subject from '${specifierFrom(folder, file)}';`,
    `const mark = ${JSON.stringify(`${mark}${tag} `)};`,
    printer,
    ...tests,
    '',
  ].join('\n');
};

interface Printed {
  readonly at: number;
  readonly kind: 'value' | 'thrown';
  readonly source?: string;
  readonly name?: string;
  readonly message?: string;
}

const readLine = (tag: string, text: string): Printed | undefined => {
  const head = `${mark}${tag} `;
  if (!text.startsWith(head)) return undefined;
  try {
    const found: unknown = JSON.parse(text.slice(head.length));
    if (typeof found !== 'object' || found === null || !('at' in found) || !('kind' in found)) return undefined;
    // SAFETY: what the printed line lacks is checked where it is used; a guest that forges lines makes tests that fail.
    return typeof found.at === 'number' ? (found as Printed) : undefined;
  } catch {
    return undefined;
  }
};

/** What a probe printed. */
export const readProbe = (
  tag: string,
  { signature: { file, name }, calls }: ProbedFunction,
  lines: readonly { readonly text: string }[],
): readonly Observation[] =>
  lines.flatMap(({ text }): readonly Observation[] => {
    const printed = readLine(tag, text);
    const call = printed === undefined ? undefined : calls[printed.at];
    if (printed === undefined || call === undefined) return [];
    if (printed.kind === 'value' && typeof printed.source === 'string')
      return [{ file, name, call, outcome: { kind: 'value', source: printed.source } }];
    return printed.kind === 'thrown' && typeof printed.message === 'string'
      ? [{ file, name, call, outcome: { kind: 'thrown', name: printed.name ?? 'Error', message: printed.message } }]
      : [];
  });

const callOf = ({ file, name, call }: Observation): string => JSON.stringify([file, name, call]);

/** What both runs, and both calls of each, agree upon: the rest depends on the time, on chance, or on earlier calls. */
export const stableObservations = (
  first: readonly Observation[],
  second: readonly Observation[],
): readonly Observation[] => {
  const outcomes = new Map<string, Set<string>>();
  for (const each of [...first, ...second]) {
    const known = outcomes.get(callOf(each)) ?? new Set();
    outcomes.set(callOf(each), known.add(JSON.stringify(each.outcome)));
  }
  const again = new Set(second.map(callOf));
  const unique = new Map(first.map((each) => [callOf(each), each]));
  return [...unique.values()].filter((each) => again.has(callOf(each)) && outcomes.get(callOf(each))?.size === 1);
};
