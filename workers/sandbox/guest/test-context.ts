/** What the body of a test is called with: the context of vitest, or the `t` of node:test with its subtests. */
import assert from 'node:assert';
import { mock } from 'node:test';
import { keepLine } from './console-capture.ts';
import { describeValue } from './describe-value.ts';
import { expect } from './expect.ts';
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
    cleanups: listOf(),
    beforeSubtest: listOf(),
    afterSubtest: listOf(),
  };
}

/** The arguments for the body of a vitest-style test. */
export function vitestContext(test: TestCase, run: TestRun): object {
  const skip = (): never => {
    run.skipped = true;
    run.skipSignalled = true;
    throw new Error('This test skips itself');
  };
  const onTestFinished = (body: Body): void => push(run.cleanups, body);
  return { task: { name: test.name, type: 'test' }, expect, skip, onTestFinished, onTestFailed: () => undefined };
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
    mock,
    signal: new AbortController().signal,
    diagnostic: (message: unknown): void => keepLine('info', describeValue(message)),
    skip: (): void => {
      run.skipped = true;
    },
    todo: (): void => {
      run.isTodo = true;
    },
    plan: (): void => undefined,
    before: (body: Body): unknown => body(),
    after: (body: Body): void => push(run.cleanups, body),
    beforeEach: (body: Body): void => push(run.beforeSubtest, body),
    afterEach: (body: Body): void => push(run.afterSubtest, body),
  };
}
