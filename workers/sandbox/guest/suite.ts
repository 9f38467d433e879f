/** Collects what test files declare: a tree of suites and tests with their hooks. */
import type { List } from './primordials.ts';
import { asText, bare, isArray, listOf, push, replaceText } from './primordials.ts';
import { describeValue } from './describe-value.ts';
import type { SourcePlace } from './source-place.ts';
import { presentPlace } from './source-place.ts';

export type Mode = 'run' | 'skip' | 'todo';
/** `style` decides what the body is called with: vitest's context or node:test's. */
type Style = 'vitest' | 'node';
export type Body = (...values: unknown[]) => unknown;
export type HookKind = 'beforeAll' | 'afterAll' | 'beforeEach' | 'afterEach';

export interface TestOptions {
  readonly mode: Mode;
  readonly only: boolean;
  /** The test passes when its body throws. */
  readonly fails: boolean;
  readonly timeoutMs: number | undefined;
}

export interface TestCase extends TestOptions {
  readonly kind: 'test';
  readonly name: string;
  readonly style: Style;
  readonly body: Body | undefined;
  readonly place: SourcePlace | undefined;
}

interface Hook {
  readonly body: Body;
  readonly timeoutMs: number | undefined;
}

export interface Suite extends TestOptions {
  readonly kind: 'suite';
  readonly name: string;
  readonly children: List<Suite | TestCase>;
  readonly hooks: Readonly<Record<HookKind, List<Hook>>>;
}

export const plainOptions: TestOptions = bare({ mode: 'run', only: false, fails: false, timeoutMs: undefined });

/** Beyond this a file counts as failed to load: the report has to stay a report. */
const maxTestsPerRun = 5_000;

let current: Suite | undefined;
let currentFile: string | undefined;
let declared = 0;
const unfinishedSuites: List<Promise<unknown>> = listOf();

function createSuite(name: string, options: TestOptions): Suite {
  const hooks = bare({
    beforeAll: listOf<Hook>(),
    afterAll: listOf<Hook>(),
    beforeEach: listOf<Hook>(),
    afterEach: listOf<Hook>(),
  });
  return bare({ ...options, kind: 'suite', name, children: listOf(), hooks });
}

/** Opens a file: what is declared from now on belongs to it. */
export function openFile(file: string): Suite {
  const root = createSuite('', plainOptions);
  current = root;
  currentFile = file;
  return root;
}

/** Closes the file after the suites with an asynchronous body are complete. */
export async function closeFile(): Promise<void> {
  for (let index = 0; index < unfinishedSuites.length; index += 1) await unfinishedSuites[index];
  unfinishedSuites.length = 0;
  current = undefined;
  currentFile = undefined;
}

/** Forgets the open file after its load failed. */
export function abandonFile(): void {
  unfinishedSuites.length = 0;
  current = undefined;
  currentFile = undefined;
}

function openSuite(what: string): Suite {
  if (current !== undefined) return current;
  throw new Error(`${what} was called outside of the loading of a test file, for example inside of a test`);
}

export function declareTest(name: unknown, body: unknown, style: Style, options: TestOptions): void {
  const suite = openSuite('it()');
  declared += 1;
  if (declared > maxTestsPerRun) throw new Error(`More than ${maxTestsPerRun} tests in one run`);
  const hasBody = typeof body === 'function';
  const test: TestCase = bare({
    ...options,
    kind: 'test',
    name: nameText(name),
    style,
    mode: hasBody || options.mode !== 'run' ? options.mode : 'todo',
    body: hasBody ? (body as Body) : undefined,
    place: presentPlace(currentFile),
  });
  push(suite.children, test);
}

export function declareSuite(name: unknown, body: unknown, options: TestOptions): void {
  const parent = openSuite('describe()');
  const suite = createSuite(nameText(name), options);
  push(parent.children, suite);
  if (typeof body !== 'function') return;
  current = suite;
  let finished: unknown;
  try {
    finished = (body as Body)();
  } finally {
    current = parent;
  }
  if (finished instanceof Promise) push(unfinishedSuites, finished);
}

export function declareHook(kind: HookKind, body: unknown, timeoutMs: number | undefined): void {
  if (typeof body !== 'function') throw new TypeError(`${kind}() needs a function`);
  push(openSuite(`${kind}()`).hooks[kind], bare({ body: body as Body, timeoutMs }));
}

function nameText(name: unknown): string {
  if (typeof name === 'string') return name === '' ? '(no name)' : name;
  if (typeof name === 'function') return name.name === '' ? '(no name)' : asText(name.name);
  return describeValue(name, 200);
}

/** The rows of a table test: each row's arguments and its name with `%s`, `%i`, `%j`, `%o`, `%#` and `$field` filled in. */
export function tableRows(table: unknown, name: unknown): List<{ name: string; values: unknown[] }> {
  if (!isArray(table)) throw new TypeError('each() needs a list of rows');
  const rows: List<{ name: string; values: unknown[] }> = listOf();
  for (let index = 0; index < table.length; index += 1) {
    const row = table[index] as unknown;
    const values = isArray(row) ? (row as unknown[]) : [row];
    push(rows, bare({ name: rowName(nameText(name), values, index), values }));
  }
  return rows;
}

function rowName(template: string, values: readonly unknown[], index: number): string {
  let used = 0;
  const filled = replaceText(template, /%([sdifjo#%])/g, (_match, kind) => {
    if (kind === '%') return '%';
    if (kind === '#') return asText(index);
    const value = values[used];
    used += 1;
    return kind === 's' && typeof value === 'string' ? value : describeValue(value, 100);
  });
  const first = values[0];
  if (typeof first !== 'object' || first === null) return filled;
  return replaceText(filled, /\$([A-Za-z_]\w*)/g, (match, field) => {
    if (!(field !== undefined && field in first)) return match ?? '';
    const value = (first as Record<string, unknown>)[field];
    return typeof value === 'string' ? value : describeValue(value, 100);
  });
}
