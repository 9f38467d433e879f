/** Runs the tests of one file in the order in which they stand, with their hooks, and collects the results. */
import type { Failure } from './attempt.ts';
import { attempt, stepsOfLastAttempt } from './attempt.ts';
import { callBody } from './call-body.ts';
import { nameConsole } from './console-capture.ts';
import { assertionsMade, countingProblem, startCounting } from './expect-state.ts';
import { stepsUsed } from './fuel.ts';
import { isChosen, noteFailure, takeReached } from './measure.ts';
import type { List } from './primordials.ts';
import { bare, includesText, itemAt, listOf, now, push, schedule } from './primordials.ts';
import type { Body, Mode, Suite, TestCase } from './suite.ts';
import { fileSettings } from './suite.ts';
import type { TestRun } from './test-context.ts';
import { nodeContext, startRun, vitestContext, withRun } from './test-context.ts';
import type { FileRun, ReachedOutside, RunLimits, Scope, TestOutcome } from './run-hooks.ts';
import { runCleanups, runEachHooks, runHooks } from './run-hooks.ts';
import { isSkip, plainFailure, planProblem, softFailure, withPlace } from './test-verdict.ts';

/** Adds one outcome for each test of the file. */
export async function runFile(
  file: string,
  root: Suite,
  limits: RunLimits,
  outcomes: List<TestOutcome>,
  outside: List<ReachedOutside>,
  wantedName?: string,
): Promise<void> {
  const run: FileRun = bare({ file, limits, outcomes, outside, hasOnly: containsOnly(root), wantedName });
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
  if (run.wantedName !== undefined && !includesText(name, run.wantedName)) return;
  if (blocked !== undefined) return report(run, name, 'failed', 0, blocked);
  if (isTimeUp(run)) {
    run.limits.onTimeUp();
    return report(run, name, 'failed', 0, plainFailure('Not run: the time for the whole run was used up', test));
  }
  noteOutside(run.outside, run.file);
  const stepsBefore = stepsUsed();
  const startedAt = now();
  const retries = test.retries > 0 ? test.retries : fileSettings.retries;
  let attempted: Attempted = await tryTest(run, scope, test, name);
  let failures = 0;
  while (attempted.failure !== undefined && failures < retries && !isTimeUp(run)) {
    failures += 1;
    attempted = await tryTest(run, scope, test, name);
  }
  for (let again = 0; again < test.repeats && attempted.failure === undefined && !isTimeUp(run); again += 1) {
    attempted = await tryTest(run, scope, test, name);
  }
  const { state, failure, assertions, steps } = attempted;
  const durationMs = now() - startedAt;
  const reached = takeReached();
  const allSteps = reached === undefined ? steps : stepsUsed() - stepsBefore;
  const figures: Figures = bare({ assertions, steps: allSteps, retries: failures, reached });
  if (state.isTodo) report(run, name, 'todo', durationMs, undefined, figures);
  else if (failure !== undefined) report(run, name, 'failed', durationMs, withPlace(failure, test), figures);
  else report(run, name, state.skipped ? 'skipped' : 'passed', durationMs, undefined, figures);
  await letOthersRun();
}

interface Attempted {
  readonly state: TestRun;
  readonly failure: Failure | undefined;
  readonly assertions: number;
  readonly steps: number;
}

/** The test once, with its hooks. */
async function tryTest(run: FileRun, scope: Scope, test: TestCase, name: string): Promise<Attempted> {
  const state = startRun();
  const cleanups: List<Body> = listOf();
  startCounting(name);
  nameConsole(name);
  const end = withRun(state);
  let steps = 0;
  let failure = await runEachHooks(run, scope, test, state, 'beforeEach', cleanups);
  if (failure === undefined && !state.skipped) {
    ({ failure, steps } = await runBody(run, test, name, state));
  }
  const assertions = assertionsMade();
  const hooks = await runEachHooks(run, scope, test, state, 'afterEach');
  const after = (await runCleanups(run, cleanups)) ?? (await runCleanups(run, state.cleanups, true));
  const mocks = await runCleanups(run, state.mockEnds);
  failure ??= hooks ?? after ?? mocks;
  if (failure === undefined && state.subtestsFailed > 0)
    failure = plainFailure(`${state.subtestsFailed} subtests failed`, test);
  if (failure !== undefined) await runCleanups(run, state.onFailure, true);
  end();
  nameConsole(undefined);
  return bare({ state, failure, assertions, steps });
}

async function runBody(
  run: FileRun,
  test: TestCase,
  name: string,
  state: TestRun,
): Promise<{ failure: Failure | undefined; steps: number }> {
  const body = test.body as Body;
  const timeoutMs = test.timeoutMs ?? fileSettings.timeoutMs ?? run.limits.timeoutMs;
  const limits = bare({ ...run.limits, timeoutMs: timeoutMs > 0 ? timeoutMs : run.limits.timeoutMs });
  const context =
    test.style === 'node' ? nodeContext(name, state, subtestRunner(run, name)) : vitestContext(test, state);
  let failure = await attempt(
    () => callBody(body, test.style, context),
    limits,
    (cause) => isSkip(cause, state),
  );
  const steps = stepsOfLastAttempt();
  failure ??= await softFailure(limits);
  const problem = countingProblem() ?? planProblem(state);
  if (failure === undefined && problem !== undefined && !state.skipped) failure = plainFailure(problem, test);
  if (test.fails) {
    const passed = plainFailure('The test was expected to fail, but it passed', test);
    failure = failure === undefined ? passed : undefined;
  }
  return { failure, steps };
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
    const assertionsBefore = assertionsMade();
    parent.subtestsRun += 1;
    const context = nodeContext(name, state, subtestRunner(run, name));
    let failure = await runCleanups(run, parent.beforeSubtest);
    failure ??= await attempt(() => callBody(body, 'node', context), run.limits);
    const steps = stepsOfLastAttempt();
    const after = (await runCleanups(run, state.cleanups)) ?? (await runCleanups(run, parent.afterSubtest));
    const mocks = await runCleanups(run, state.mockEnds);
    failure ??= after ?? mocks;
    const assertions = assertionsMade() - assertionsBefore;
    if (failure === undefined && state.subtestsFailed > 0)
      failure = plainFailure(`${state.subtestsFailed} subtests failed`);
    const good = state.skipped ? 'skipped' : state.isTodo ? 'todo' : 'passed';
    const status = failure === undefined || state.isTodo ? good : 'failed';
    const figures = bare({ assertions, steps, retries: 0 });
    report(run, name, status, now() - startedAt, status === 'failed' ? failure : undefined, figures);
    return status !== 'failed';
  };
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

function report(
  run: FileRun,
  name: string,
  status: TestOutcome['status'],
  durationMs: number,
  failure: Failure | undefined,
  figures: Figures = noFigures,
): void {
  if (status === 'failed') noteFailure();
  push(run.outcomes, bare({ file: run.file, name, status, durationMs, failure, ...figures }));
}

type Figures = Pick<TestOutcome, 'assertions' | 'steps' | 'retries' | 'reached'>;

const noFigures: Figures = bare({ assertions: 0, steps: 0, retries: 0 });
