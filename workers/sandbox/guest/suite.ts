/** Collects what test files declare: a tree of suites and tests with their hooks. */
import type { List } from './primordials.ts';
import { applyFunction, asText, bare, listOf, push, weakSetAdd, weakSetHas } from './primordials.ts';
import { describeValue } from './describe-value.ts';
import type { SourcePlace } from './source-place.ts';
import { presentPlace } from './source-place.ts';

export type Mode = 'run' | 'skip' | 'todo';
/**
 * What the body is called with: vitest's context, node:test's `t`, or jest's and mocha's `done` when it takes an
 * argument. `auto` is for globals, where the text of the body tells which of the first and the last is meant.
 */
export type Style = 'vitest' | 'node' | 'callback' | 'auto';
export type Body = (...values: unknown[]) => unknown;
export type HookKind = 'beforeAll' | 'afterAll' | 'beforeEach' | 'afterEach';

export interface TestOptions {
  readonly mode: Mode;
  readonly only: boolean;
  /** The test passes when its body throws. */
  readonly fails: boolean;
  readonly timeoutMs: number | undefined;
  /** How often a failing test is tried again. */
  readonly retries: number;
  /** How often a passing test is repeated. */
  readonly repeats: number;
}

export interface TestCase extends TestOptions {
  readonly kind: 'test';
  readonly name: string;
  readonly style: Style;
  readonly body: Body | undefined;
  readonly place: SourcePlace | undefined;
}

export interface Hook {
  readonly body: Body;
  readonly style: Style;
  readonly timeoutMs: number | undefined;
}

export interface Suite extends TestOptions {
  readonly kind: 'suite';
  readonly name: string;
  readonly children: List<Suite | TestCase>;
  readonly hooks: Readonly<Record<HookKind, List<Hook>>>;
}

export const plainOptions: TestOptions = bare({
  mode: 'run',
  only: false,
  fails: false,
  timeoutMs: undefined,
  retries: 0,
  repeats: 0,
});

/** Set by `jest.retryTimes`, `jest.setTimeout` and `vi.setConfig`; forgotten at the end of the file. */
interface FileSettings {
  timeoutMs: number | undefined;
  retries: number;
}
export const fileSettings: FileSettings = bare({ timeoutMs: undefined, retries: 0 });

/** Beyond this a file counts as failed to load: the report has to stay a report. */
let maxTestsPerRun = 5_000;
export const setMaxTests = (count: number): void => {
  maxTestsPerRun = count;
};

let current: Suite | undefined;
/** Names of the open suites, joined as in the names of tests. */
let currentName = '';
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

/** For tests that are loaded again and belong to a run of their own. */
export function forgetDeclared(): void {
  declared = 0;
}

/** Opens a file: what is declared from now on belongs to it. */
export function openFile(file: string): Suite {
  const root = createSuite('', plainOptions);
  current = root;
  currentName = '';
  currentFile = file;
  fileSettings.timeoutMs = undefined;
  fileSettings.retries = 0;
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

/** The name of something that is declared now, with those of the suites around it. */
export function fullName(what: string, name: unknown): string {
  openSuite(what);
  return currentName === '' ? nameText(name) : `${currentName} > ${nameText(name)}`;
}

export function declareTest(name: unknown, body: unknown, style: Style, options: TestOptions): void {
  const suite = openSuite('it()');
  declared += 1;
  if (declared > maxTestsPerRun) throw new Error(`More than ${maxTestsPerRun} tests in one run`);
  const hasBody = typeof body === 'function';
  const test: TestCase = bare({
    ...inherited(suite, options),
    kind: 'test',
    name: nameText(name),
    style,
    mode: hasBody || options.mode !== 'run' ? options.mode : 'todo',
    body: hasBody ? (body as Body) : undefined,
    place: presentPlace(currentFile),
  });
  push(suite.children, test);
}

/** What mocha's suites and tests call on `this`; times are the sandbox's own. */
export const suiteThis: object = bare({
  timeout: (): object => suiteThis,
  slow: (): object => suiteThis,
  retries: (): object => suiteThis,
  skip: (): never => {
    const signal = new Error('This test skips itself');
    weakSetAdd(skipSignals, signal);
    throw signal;
  },
});

const skipSignals = new WeakSet();

/** Whether this was thrown by `this.skip()`; nothing of it is looked at. */
export function isSkipSignal(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && weakSetHas(skipSignals, cause);
}

export function declareSuite(name: unknown, body: unknown, options: TestOptions): void {
  const parent = openSuite('describe()');
  const suite = createSuite(nameText(name), inherited(parent, options));
  push(parent.children, suite);
  if (typeof body !== 'function') return;
  const outerName = currentName;
  current = suite;
  currentName = outerName === '' ? suite.name : `${outerName} > ${suite.name}`;
  let finished: unknown;
  try {
    finished = applyFunction(body as Body, suiteThis, []);
  } finally {
    current = parent;
    currentName = outerName;
  }
  if (finished instanceof Promise) push(unfinishedSuites, finished);
}

export function declareHook(kind: HookKind, body: unknown, timeoutMs: number | undefined, style: Style): void {
  if (typeof body !== 'function') throw new TypeError(`${kind}() needs a function`);
  push(openSuite(`${kind}()`).hooks[kind], bare({ body: body as Body, timeoutMs, style }));
}

/** What the options of a suite say for its tests unless they say something else. */
function inherited(suite: Suite, options: TestOptions): TestOptions {
  return bare({
    ...options,
    timeoutMs: options.timeoutMs ?? suite.timeoutMs,
    retries: options.retries > 0 ? options.retries : suite.retries,
    repeats: options.repeats > 0 ? options.repeats : suite.repeats,
  });
}

/** A name as text: functions and classes stand for their own names. */
export function nameText(name: unknown): string {
  if (typeof name === 'string') return name === '' ? '(no name)' : name;
  if (typeof name === 'function') return name.name === '' ? '(no name)' : asText(name.name);
  return describeValue(name, 200);
}
