/** Runs the tests of one file in the order in which they stand, with their hooks, and collects the results. */
import type { AttemptLimits, Failure } from './attempt.ts';
import { attempt } from './attempt.ts';
import { countingProblem, startCounting } from './expect.ts';
import { stepsUsed } from './fuel.ts';
import { isChosen, noteFailure, takeReached } from './measure.ts';
import type { List } from './primordials.ts';
import { bare, itemAt, listOf, now, push, schedule } from './primordials.ts';
import type { Body, HookKind, Mode, Suite, TestCase } from './suite.ts';
import type { TestRun } from './test-context.ts';
import { nodeContext, startRun, vitestContext } from './test-context.ts';

export interface TestOutcome {
  readonly file: string;
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped' | 'todo';
  readonly durationMs: number;
  readonly failure: Failure | undefined;
  /** Counters that the test raised, and the steps that it used; only in a run that measures test by test. */
  readonly reached?: List<number> | undefined;
  readonly steps?: number | undefined;
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

interface FileRun {
  readonly file: string;
  readonly limits: RunLimits;
  readonly outcomes: List<TestOutcome>;
  readonly outside: List<ReachedOutside>;
  readonly hasOnly: boolean;
}

/** A suite and those around it, outermost last. */
interface Scope {
  readonly suite: Suite;
  readonly outer: Scope | undefined;
  readonly name: string;
}

/** Adds one outcome for each test of the file. */
export async function runFile(
  file: string,
  root: Suite,
  limits: RunLimits,
  outcomes: List<TestOutcome>,
  outside: List<ReachedOutside>,
): Promise<void> {
  const run: FileRun = bare({ file, limits, outcomes, outside, hasOnly: containsOnly(root) });
  await runSuite(run, bare({ suite: root, outer: undefined, name: '' }), 'run', false);
}

/** Takes what was raised since the last test as raised outside of tests. */
export function noteOutside(outside: List<ReachedOutside>, file: string): void {
  const reached = takeReached();
  if (reached !== undefined && reached.length > 0) push(outside, bare({ file, reached }));
}

function containsOnly(suite: Suite): boolean {
  for (let index = 0; index < suite.children.length; index += 1) {
    const child = suite.children[index];
    if (child !== undefined && (child.only || (child.kind === 'suite' && containsOnly(child)))) return true;
  }
  return false;
}

function stricter(outer: Mode, inner: Mode): Mode {
  return outer === 'run' ? inner : outer;
}

async function runSuite(run: FileRun, scope: Scope, mode: Mode, isOnly: boolean): Promise<void> {
  const { suite } = scope;
  const willRun = mode === 'run' && hasWork(run, suite, isOnly, scope.name);
  const cleanups: List<Body> = listOf();
  const blocked = willRun ? await runHooks(run, scope, 'beforeAll', cleanups) : undefined;
  for (let index = 0; index < suite.children.length; index += 1) {
    const child = itemAt(suite.children, index);
    const childMode = stricter(mode, child.mode);
    const childOnly = isOnly || child.only;
    if (child.kind === 'test') {
      await runTest(run, scope, child, run.hasOnly && !childOnly && childMode === 'run' ? 'skip' : childMode, blocked);
    } else {
      const inner: Scope = bare({ suite: child, outer: scope, name: joined(scope.name, child.name) });
      if (blocked === undefined) await runSuite(run, inner, childMode, childOnly && !containsOnly(child));
      else await failAll(run, inner, childMode, blocked);
    }
  }
  if (!willRun) return;
  const failure = (await runHooks(run, scope, 'afterAll')) ?? (await runCleanups(run, cleanups));
  if (failure !== undefined) report(run, joined(scope.name, 'afterAll'), 'failed', 0, failure);
}

function hasWork(run: FileRun, suite: Suite, isOnly: boolean, name: string): boolean {
  for (let index = 0; index < suite.children.length; index += 1) {
    const child = itemAt(suite.children, index);
    if (child.mode !== 'run') continue;
    const only = isOnly || child.only;
    const childName = joined(name, child.name);
    if (child.kind === 'suite') {
      if (hasWork(run, child, only && !containsOnly(child), childName)) return true;
    } else if ((!run.hasOnly || only) && isChosen(run.file, childName)) return true;
  }
  return false;
}

async function failAll(run: FileRun, scope: Scope, mode: Mode, failure: Failure): Promise<void> {
  for (let index = 0; index < scope.suite.children.length; index += 1) {
    const child = itemAt(scope.suite.children, index);
    const childMode = stricter(mode, child.mode);
    if (child.kind === 'test') await runTest(run, scope, child, childMode, failure);
    else
      await failAll(
        run,
        bare({ suite: child, outer: scope, name: joined(scope.name, child.name) }),
        childMode,
        failure,
      );
  }
}

async function runTest(
  run: FileRun,
  scope: Scope,
  test: TestCase,
  mode: Mode,
  blocked: Failure | undefined,
): Promise<void> {
  const name = joined(scope.name, test.name);
  if (mode !== 'run' || !isChosen(run.file, name))
    return report(run, name, mode !== 'todo' ? 'skipped' : 'todo', 0, undefined);
  if (blocked !== undefined) return report(run, name, 'failed', 0, blocked);
  if (isTimeUp(run)) {
    run.limits.onTimeUp();
    return report(run, name, 'failed', 0, plainFailure('Not run: the time for the whole run was used up', test));
  }
  noteOutside(run.outside, run.file);
  const stepsBefore = stepsUsed();
  const startedAt = now();
  const state = startRun();
  const cleanups: List<Body> = listOf();
  startCounting();
  let failure = await runEachHooks(run, scope, 'beforeEach', cleanups);
  if (failure === undefined) failure = await runBody(run, test, name, state);
  const hooks = await runEachHooks(run, scope, 'afterEach');
  const after = (await runCleanups(run, cleanups)) ?? (await runCleanups(run, state.cleanups));
  failure ??= hooks ?? after;
  if (failure === undefined && state.subtestsFailed > 0)
    failure = plainFailure(`${state.subtestsFailed} subtests failed`, test);
  const durationMs = now() - startedAt;
  const reached = takeReached();
  const measured = reached === undefined ? undefined : bare({ reached, steps: stepsUsed() - stepsBefore });
  if (state.isTodo) report(run, name, 'todo', durationMs, undefined, measured);
  else if (failure !== undefined) report(run, name, 'failed', durationMs, withPlace(failure, test), measured);
  else report(run, name, state.skipped ? 'skipped' : 'passed', durationMs, undefined, measured);
  await letOthersRun();
}

async function runBody(run: FileRun, test: TestCase, name: string, state: TestRun): Promise<Failure | undefined> {
  const body = test.body as Body;
  const limits = bare({ ...run.limits, timeoutMs: test.timeoutMs ?? run.limits.timeoutMs });
  const context =
    test.style === 'vitest' ? vitestContext(test, state) : nodeContext(name, state, subtestRunner(run, name));
  const work = test.style === 'node' && body.length > 1 ? () => withCallback(body, context) : () => body(context);
  let failure = await attempt(work, limits, () => state.skipSignalled);
  const problem = countingProblem();
  if (failure === undefined && problem !== undefined && !state.skipped) failure = plainFailure(problem, test);
  if (!test.fails) return failure;
  return failure === undefined ? plainFailure('The test was expected to fail, but it passed', test) : undefined;
}

/** node:test's old style: the body reports through a callback that it takes as its second argument. */
function withCallback(body: Body, context: object): Promise<undefined> {
  return new Promise((resolve, reject) => {
    body(context, (problem?: unknown) => {
      if (problem === undefined || problem === null) resolve(undefined);
      else reject(problem);
    });
  });
}

function subtestRunner(run: FileRun, parentName: string) {
  return async (label: string, body: Body, mode: Mode, parent: TestRun): Promise<boolean> => {
    const name = joined(parentName, label);
    if (mode !== 'run') {
      report(run, name, mode === 'skip' ? 'skipped' : 'todo', 0, undefined);
      return true;
    }
    const startedAt = now();
    const state = startRun();
    const context = nodeContext(name, state, subtestRunner(run, name));
    let failure = await runCleanups(run, parent.beforeSubtest);
    failure ??= await attempt(() => body(context), run.limits);
    const after = (await runCleanups(run, state.cleanups)) ?? (await runCleanups(run, parent.afterSubtest));
    failure ??= after;
    if (failure === undefined && state.subtestsFailed > 0)
      failure = plainFailure(`${state.subtestsFailed} subtests failed`);
    const good = state.skipped ? 'skipped' : state.isTodo ? 'todo' : 'passed';
    const status = failure === undefined || state.isTodo ? good : 'failed';
    report(run, name, status, now() - startedAt, status === 'failed' ? failure : undefined);
    return status !== 'failed';
  };
}

async function runHooks(
  run: FileRun,
  scope: Scope,
  kind: HookKind,
  cleanups?: List<Body>,
): Promise<Failure | undefined> {
  const hooks = scope.suite.hooks[kind];
  const isAfter = kind === 'afterAll' || kind === 'afterEach';
  let failure: Failure | undefined;
  for (let index = 0; index < hooks.length; index += 1) {
    const hook = itemAt(hooks, isAfter ? hooks.length - 1 - index : index);
    const limits = bare({ ...run.limits, timeoutMs: hook.timeoutMs ?? run.limits.timeoutMs });
    const problem = await attempt(async () => {
      const cleanup = await hook.body();
      if (cleanups !== undefined && typeof cleanup === 'function') push(cleanups, cleanup as Body);
    }, limits);
    if (problem !== undefined) failure ??= bare({ ...problem, message: `${kind}: ${problem.message}` });
    if (failure !== undefined && !isAfter) return failure;
  }
  return failure;
}

/** `beforeEach` from the outermost suite inwards, `afterEach` the other way. */
async function runEachHooks(
  run: FileRun,
  scope: Scope,
  kind: 'beforeEach' | 'afterEach',
  cleanups?: List<Body>,
): Promise<Failure | undefined> {
  if (kind === 'afterEach') {
    const own = await runHooks(run, scope, kind);
    const outer = scope.outer === undefined ? undefined : await runEachHooks(run, scope.outer, kind);
    return own ?? outer;
  }
  const outer = scope.outer === undefined ? undefined : await runEachHooks(run, scope.outer, kind, cleanups);
  return outer ?? (await runHooks(run, scope, kind, cleanups));
}

async function runCleanups(run: FileRun, cleanups: List<Body>): Promise<Failure | undefined> {
  let failure: Failure | undefined;
  for (let index = 0; index < cleanups.length; index += 1) {
    const body = itemAt(cleanups, index);
    failure ??= await attempt(() => body(), run.limits);
  }
  return failure;
}

function isTimeUp(run: FileRun): boolean {
  return now() >= run.limits.runEndsAt;
}

let yieldedAt = now();

/** Gives the event loop a turn now and then, so that other requests of the process are served during a long run. */
async function letOthersRun(): Promise<void> {
  if (now() - yieldedAt < 20) return;
  await new Promise<undefined>((resolve) => {
    schedule(() => resolve(undefined), 0);
  });
  yieldedAt = now();
}

function joined(outer: string, name: string): string {
  return outer === '' ? name : `${outer} > ${name}`;
}

function plainFailure(message: string, test?: TestCase): Failure {
  return bare({ message, place: test?.place, expected: undefined, actual: undefined });
}

function withPlace(failure: Failure, test: TestCase): Failure {
  return failure.place === undefined ? bare({ ...failure, place: test.place }) : failure;
}

function report(
  run: FileRun,
  name: string,
  status: TestOutcome['status'],
  durationMs: number,
  failure: Failure | undefined,
  measured?: Pick<TestOutcome, 'reached' | 'steps'>,
): void {
  if (status === 'failed') noteFailure();
  const outcome = { file: run.file, name, status, durationMs, failure };
  push(run.outcomes, bare({ ...outcome, reached: measured?.reached, steps: measured?.steps }));
}
