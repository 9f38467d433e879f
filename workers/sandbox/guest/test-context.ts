/** What the body of a test is called with: the context of vitest, or the `t` of node:test with its subtests. */
import { mock } from 'node:test';
import { keepLine } from './console-capture.ts';
import { describeValue } from './describe-value.ts';
import { expect } from './expect.ts';
import assert from './node-assert.ts';
import { readArguments } from './node-test.ts';
import type { List } from './primordials.ts';
import { listOf, push } from './primordials.ts';
import type { Body, TestCase } from './suite.ts';

/** What a running test says about itself beyond passing or throwing. */
export interface TestRun {
  skipped: boolean;
  /** True once the body has been left by the error that skipping throws. */
  skipSignalled: boolean;
  isTodo: boolean;
  subtestsFailed: number;
  subtestsRun: number;
  /** Set by `t.plan`. */
  planned: number | undefined;
  /** The mocks of `t.mock`, which end with the test. */
  tracker: typeof mock | undefined;
  /** Put back what they replaced. */
  readonly mockEnds: List<Body>;
  readonly onFailure: List<Body>;
  readonly cleanups: List<Body>;
  readonly beforeSubtest: List<Body>;
  readonly afterSubtest: List<Body>;
}

/** Runs one subtest and answers whether it passed. */
type RunSubtest = (name: string, body: Body, mode: 'run' | 'skip' | 'todo', parent: TestRun) => Promise<boolean>;

export function startRun(): TestRun {
  return {
    skipped: false,
    skipSignalled: false,
    isTodo: false,
    subtestsFailed: 0,
    subtestsRun: 0,
    planned: undefined,
    tracker: undefined,
    mockEnds: listOf(),
    onFailure: listOf(),
    cleanups: listOf(),
    beforeSubtest: listOf(),
    afterSubtest: listOf(),
  };
}

/** The test that runs now. */
let current: TestRun | undefined;

/** Makes this the test that `onTestFinished` and `onTestFailed` are for; the answer ends that. */
export function withRun(run: TestRun): () => void {
  current = run;
  return () => {
    current = undefined;
  };
}

function running(name: string): TestRun {
  if (current !== undefined) return current;
  throw new Error(`${name}() can only be called inside of a test`);
}

/** Runs after the test, the last one that was given first. */
export function onTestFinished(body: Body): void {
  push(running('onTestFinished').cleanups, body);
}

/** Runs after the test when it failed. */
export function onTestFailed(body: Body): void {
  push(running('onTestFailed').onFailure, body);
}

/** The arguments for the body of a vitest-style test. */
export function vitestContext(test: TestCase, run: TestRun): object {
  const skip = (condition: unknown = true): void => {
    if (condition === false) return;
    run.skipped = true;
    run.skipSignalled = true;
    throw new Error('This test skips itself');
  };
  return {
    task: { name: test.name, type: 'test' },
    expect,
    skip,
    onTestFinished: (body: Body): void => push(run.cleanups, body),
    onTestFailed: (body: Body): void => push(run.onFailure, body),
    annotate: (message: unknown): void => keepLine('info', describeValue(message)),
    signal: new AbortController().signal,
  };
}

/** Each test has mocks of its own; what they replaced is put back after all that the test itself does at its end. */
function trackerOf(run: TestRun): typeof mock {
  if (run.tracker === undefined) {
    // SAFETY: the runtime exports one tracker and not its class, whose constructor takes nothing.
    const tracker = new (mock.constructor as new () => typeof mock)();
    run.tracker = tracker;
    push(run.mockEnds, () => tracker.reset());
  }
  return run.tracker;
}

/** What a hook of node:test is called with: the `t` of its test, or of none around a suite. */
export function nodeHookContext(name: string, run: TestRun | undefined): object {
  return nodeContext(name, run ?? startRun(), () => Promise.reject(new Error('A hook cannot have subtests')));
}

/** The `t` of node:test. */
export function nodeContext(name: string, run: TestRun, runSubtest: RunSubtest): object {
  const subtest = async (...values: unknown[]): Promise<void> => {
    const { name: subtestName, options, body } = readArguments(values);
    const label = typeof subtestName === 'string' ? subtestName : describeValue(subtestName, 200);
    const skips = options['skip'] === true || typeof options['skip'] === 'string';
    const mode = skips ? 'skip' : typeof body !== 'function' ? 'todo' : 'run';
    const passed = await runSubtest(label, body as Body, mode, run);
    if (!passed) run.subtestsFailed += 1;
  };
  return {
    name,
    fullName: name,
    test: subtest,
    assert,
    get mock() {
      return trackerOf(run);
    },
    signal: new AbortController().signal,
    diagnostic: (message: unknown): void => keepLine('info', describeValue(message)),
    skip: (): void => {
      run.skipped = true;
    },
    todo: (): void => {
      run.isTodo = true;
    },
    plan: (count: number): void => {
      run.planned = count;
    },
    before: (body: Body): unknown => body(),
    after: (body: Body): void => push(run.cleanups, body),
    beforeEach: (body: Body): void => push(run.beforeSubtest, body),
    afterEach: (body: Body): void => push(run.afterSubtest, body),
  };
}
