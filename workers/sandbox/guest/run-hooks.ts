/** What a run of a file is made of, and the hooks around its tests. */
import type { AttemptLimits, Failure } from './attempt.ts';
import { attempt } from './attempt.ts';
import { callBody } from './call-body.ts';
import type { List } from './primordials.ts';
import { bare, itemAt, push } from './primordials.ts';
import type { Body, Hook, HookKind, Suite, TestCase } from './suite.ts';
import type { TestRun } from './test-context.ts';
import { nodeHookContext, vitestContext } from './test-context.ts';
import { isSkip } from './test-verdict.ts';

export interface TestOutcome {
  readonly file: string;
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped' | 'todo';
  readonly durationMs: number;
  readonly failure: Failure | undefined;
  /** Assertions that ran; 0 for a test that proved nothing. */
  readonly assertions: number;
  /** Loop turns and calls of the body. */
  readonly steps: number;
  /** How often it failed before it passed. */
  readonly retries: number;
  /** Counters that the test raised; only in a run that measures test by test. `steps` includes the hooks then. */
  readonly reached?: List<number> | undefined;
}

/** Counters raised outside of tests: while a file was loaded, and by what runs once for a suite. */
export interface ReachedOutside {
  readonly file: string;
  readonly reached: List<number>;
}

export interface RunLimits extends AttemptLimits {
  /** Called when no time is left. */
  readonly onTimeUp: () => void;
}

export interface FileRun {
  readonly file: string;
  readonly limits: RunLimits;
  readonly outcomes: List<TestOutcome>;
  readonly outside: List<ReachedOutside>;
  readonly hasOnly: boolean;
  /** When given, only tests whose name has this in it run. */
  readonly wantedName: string | undefined;
}

/** A suite and those around it, outermost last. */
export interface Scope {
  readonly suite: Suite;
  readonly outer: Scope | undefined;
  readonly name: string;
}

export async function runHooks(
  run: FileRun,
  scope: Scope,
  kind: HookKind,
  cleanups?: List<Body>,
  test?: TestCase,
  state?: TestRun,
): Promise<Failure | undefined> {
  const hooks = scope.suite.hooks[kind];
  const isAfter = kind === 'afterAll' || kind === 'afterEach';
  let failure: Failure | undefined;
  for (let index = 0; index < hooks.length; index += 1) {
    // Jest runs `after…` in the order in which they stand, vitest and node:test the other way round.
    const isReversed = isAfter && itemAt(hooks, 0).style !== 'callback';
    const hook = itemAt(hooks, isReversed ? hooks.length - 1 - index : index);
    const limits = bare({ ...run.limits, timeoutMs: hook.timeoutMs ?? run.limits.timeoutMs });
    const context = contextOf(hook, scope, test, state);
    const problem = await attempt(
      async () => {
        const cleanup = await callBody(hook.body, hook.style, context);
        if (cleanups !== undefined && typeof cleanup === 'function') push(cleanups, cleanup as Body);
      },
      limits,
      (cause) => state !== undefined && isSkip(cause, state),
    );
    if (problem !== undefined) failure ??= bare({ ...problem, message: `${kind}: ${problem.message}` });
    if (failure !== undefined && !isAfter) return failure;
  }
  return failure;
}

function contextOf(hook: Hook, scope: Scope, test: TestCase | undefined, state: TestRun | undefined): object {
  if (hook.style === 'node') return nodeHookContext(test?.name ?? scope.name, state);
  return test !== undefined && state !== undefined ? vitestContext(test, state) : {};
}

/** `beforeEach` from the outermost suite inwards, `afterEach` the other way. */
export async function runEachHooks(
  run: FileRun,
  scope: Scope,
  test: TestCase,
  state: TestRun,
  kind: 'beforeEach' | 'afterEach',
  cleanups?: List<Body>,
): Promise<Failure | undefined> {
  const around = (): Promise<Failure | undefined> =>
    scope.outer === undefined
      ? Promise.resolve(undefined)
      : runEachHooks(run, scope.outer, test, state, kind, cleanups);
  if (kind === 'afterEach') {
    const own = await runHooks(run, scope, kind, undefined, test, state);
    const outer = await around();
    return own ?? outer;
  }
  const outer = await around();
  return outer ?? (await runHooks(run, scope, kind, cleanups, test, state));
}

export async function runCleanups(run: FileRun, cleanups: List<Body>, lastFirst = false): Promise<Failure | undefined> {
  let failure: Failure | undefined;
  for (let index = 0; index < cleanups.length; index += 1) {
    const body = itemAt(cleanups, lastFirst ? cleanups.length - 1 - index : index);
    const problem = await attempt(() => body(), run.limits);
    failure ??= problem;
  }
  return failure;
}
