/**
 * Snapshots in files and in the test's own text, printed by `@vitest/pretty-format` as vitest and jest print them. The
 * isolate has no files: what it is to compare with comes with the plan, and what is new goes out with the report.
 */
import { AssertionError } from './assertion-error.ts';
import { equals } from './equality.ts';
import { currentTestName } from './expect-state.ts';
import { isMockFunction } from './mock-function.ts';
import type { List } from './primordials.ts';
import { bare, isArray, listOf, mapGet, push, sliceText } from './primordials.ts';
import { callPlace } from './source-place.ts';
import type { Matcher, Verdict } from './verdict.ts';
import { plain } from './verdict.ts';

/** `new`: missing ones are written. `all`: differing ones too. `none`: neither, a missing one fails. */
export type SnapshotMode = 'new' | 'all' | 'none';

/** One that is to be written. */
export interface SnapshotChange {
  readonly file: string;
  readonly kind: 'file' | 'inline';
  /** Name in the snapshot file; for `inline` that of the test. */
  readonly name: string;
  readonly value: string;
  /** Of the call, for `inline`. */
  readonly line: number;
  readonly isUpdate: boolean;
}

/** What is used of `@vitest/pretty-format`. */
export interface SnapshotPrinter {
  readonly format: (value: unknown, options: object) => string;
  readonly plugins: Readonly<Record<string, unknown>>;
}

interface State {
  file: string;
  mode: SnapshotMode;
  known: ReadonlyMap<string, string>;
  /** Between the names of suites and tests: vitest writes ` > `, jest a space. */
  separator: string;
  counts: Map<string, number>;
}

let printer: SnapshotPrinter | undefined;
const ownSerializers: unknown[] = [];
const changes: List<SnapshotChange> = listOf();
let used = new Set<string>();
let state: State = { file: '', mode: 'none', known: new Map(), separator: ' > ', counts: new Map() };

export function setSnapshotPrinter(loaded: SnapshotPrinter): void {
  printer = loaded;
}

/** Called before each file; the answer says which known snapshots the file before did not use. */
export function openSnapshots(
  file: string,
  mode: SnapshotMode,
  known: ReadonlyMap<string, string>,
  separator: string,
): void {
  state = { file, mode, known, separator, counts: new Map() };
  used = new Set();
}

export function unusedSnapshots(): readonly string[] {
  return [...state.known.keys()].filter((name) => !used.has(name));
}

export function snapshotChanges(): List<SnapshotChange> {
  return changes;
}

/** `expect.addSnapshotSerializer`. */
export function addSnapshotSerializer(plugin: unknown): void {
  ownSerializers.unshift(plugin);
}

const mockSerializer = {
  test: (value: unknown): boolean => isMockFunction(value),
  serialize: (
    value: {
      readonly getMockName: () => string;
      readonly mock: { readonly calls: unknown[]; readonly results: unknown[] };
    },
    config: unknown,
    indentation: string,
    depth: number,
    refs: unknown,
    print: (...values: unknown[]) => string,
  ): string => {
    const name = value.getMockName();
    const label = `[MockFunction${name === 'vi.fn()' ? '' : ` ${name}`}]`;
    if (value.mock.calls.length === 0) return label;
    const { calls, results } = value.mock;
    return `${label} ${print({ calls, results }, config, indentation, depth, refs)}`;
  },
};

function printed(value: unknown): string {
  if (printer === undefined) throw new Error('Snapshots were not loaded: call the matcher by its name');
  const { AsymmetricMatcher, DOMCollection, DOMElement, ReactElement, ReactTestComponent } = printer.plugins;
  const plugins = [
    ...ownSerializers,
    ...[ReactTestComponent, ReactElement, DOMElement, DOMCollection, AsymmetricMatcher].filter(
      (plugin) => plugin !== undefined,
    ),
    mockSerializer,
  ];
  const text = printer.format(value, {
    plugins,
    printBasicPrototype: false,
    escapeString: false,
    printFunctionName: false,
  });
  return text.replaceAll(/\r\n?/g, '\n');
}

const padded = (text: string): string => (text.includes('\n') ? `\n${text}\n` : text);

function snapshotName(hint: string | undefined): string {
  const parts = currentTestName().split(' > ').join(state.separator);
  const name = hint === undefined || hint === '' ? parts : `${parts}${state.separator === ' ' ? ': ' : ' > '}${hint}`;
  const count = (state.counts.get(name) ?? 0) + 1;
  state.counts.set(name, count);
  return `${name} ${String(count)}`;
}

/** The received value with the fields that only have to be of a kind replaced by their matchers. */
function withMatchers(received: unknown, properties: unknown): unknown {
  if (typeof properties !== 'object' || properties === null || typeof received !== 'object' || received === null)
    return properties;
  if ('asymmetricMatch' in properties) return properties;
  if (isArray(received))
    return received.map((item: unknown, index) =>
      index in properties ? withMatchers(item, (properties as unknown[])[index]) : item,
    );
  const merged = Object.assign(
    Object.create(Object.getPrototypeOf(received) as object | null) as Record<string, unknown>,
    received,
  );
  for (const [key, value] of Object.entries(properties)) merged[key] = withMatchers(merged[key], value);
  return merged;
}

interface Wanted {
  readonly properties: unknown;
  readonly rest: readonly unknown[];
}

function readArguments(values: readonly unknown[]): Wanted {
  const [first, ...rest] = values;
  const hasProperties = typeof first === 'object' && first !== null;
  return hasProperties ? { properties: first, rest } : { properties: undefined, rest: values };
}

function prepared(received: unknown, properties: unknown): unknown {
  if (properties === undefined) return received;
  if (!equals(received, properties, 'subset')) {
    throw new AssertionError(
      'The value does not have the properties that the snapshot is to have',
      printed(properties),
      printed(received),
    );
  }
  return withMatchers(received, properties);
}

function compare(
  known: string | undefined,
  received: string,
  change: Omit<SnapshotChange, 'isUpdate' | 'file'>,
): Verdict {
  const same = known !== undefined && known.trim() === received.trim();
  if (same) return plain(true, 'to match the snapshot');
  const isUpdate = known !== undefined;
  const mayWrite = isUpdate ? state.mode === 'all' : state.mode !== 'none';
  if (mayWrite) {
    push(changes, bare({ ...change, file: state.file, isUpdate }));
    return plain(true, 'to match the snapshot');
  }
  if (!isUpdate) {
    const message = `The snapshot \`${sliceText(change.name, 0, 200)}\` is not there and is not written in this mode`;
    return { holds: false, phrase: '', message };
  }
  const phrase = `to match the snapshot \`${sliceText(change.name, 0, 200)}\``;
  return { holds: false, phrase, compares: true, isText: true, expected: known.trim(), actual: received.trim() };
}

function inFile(received: unknown, values: readonly unknown[]): Verdict {
  const { properties, rest } = readArguments(values);
  const name = snapshotName(rest.find((value) => typeof value === 'string'));
  used.add(name);
  const value = padded(printed(prepared(received, properties)));
  return compare(mapGet(state.known, name), value, { kind: 'file', name, value, line: 0 });
}

/** Takes away the indentation that the text got to stand well in the test. */
function withoutIndent(text: string): string {
  const lines = text.split('\n');
  const [first = '', second = ''] = lines;
  if (lines.length <= 2 || first.trim() !== '') return text;
  const indent = /^\s*/.exec(second)?.[0] ?? '';
  return lines.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart())).join('\n');
}

function inline(received: unknown, values: readonly unknown[]): Verdict {
  const { properties, rest } = readArguments(values);
  const known = rest.find((value) => typeof value === 'string');
  const value = printed(prepared(received, properties));
  const line = callPlace(state.file)?.line ?? 0;
  const name = currentTestName();
  return compare(known === undefined ? undefined : withoutIndent(known), value, { kind: 'inline', name, value, line });
}

function thrownBy(received: unknown): unknown {
  if (typeof received !== 'function') return received;
  try {
    (received as () => unknown)();
  } catch (cause) {
    return cause;
  }
  throw new AssertionError('expected the function to throw, but it did not');
}

const messageOf = (thrown: unknown): unknown => (thrown instanceof Error ? thrown.message : thrown);

export const snapshotMatchers: Readonly<Record<string, Matcher>> = {
  toMatchSnapshot: (received, values) => inFile(received, values),
  matchSnapshot: (received, values) => inFile(received, values),
  toMatchInlineSnapshot: (received, values) => inline(received, values),
  toThrowErrorMatchingSnapshot: (received, values) =>
    inFile(state.separator === ' ' ? messageOf(thrownBy(received)) : thrownBy(received), values),
  toThrowErrorMatchingInlineSnapshot: (received, values) => {
    const thrown = thrownBy(received);
    // Jest prints the message, vitest the error: a text that is there tells which one wrote it.
    const known = values.find((value) => typeof value === 'string');
    const isMessage = known === undefined ? state.separator === ' ' : !known.trim().startsWith('[');
    return inline(isMessage ? messageOf(thrown) : thrown, values);
  },
};
