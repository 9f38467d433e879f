/**
 * The sandbox behind a deadline: a hang or a crash over there becomes the failure of the call, told in its result.
 * The sandbox's process may die with any request, so an error of the connection is expected here, not a bug.
 */
import { err, ok, type Result } from '../../errors/result.ts';
import type {
  AppRequest,
  MutantRunsRequest,
  ProgramCalls,
  ProgramReport,
  ProgramRequest,
  SandboxRpc,
  ShellReport,
  ShellRequest,
  Slot,
  SlotStatus,
  TestReport,
  TestRunRequest,
} from '../../rpc/sandbox.ts';

const graceMs = 5_000;
const deployDeadlineMs = 20_000;
const requestDeadlineMs = 15_000;
const driveDeadlineMs = 90_000;
/** The time that a supervisor needs to notice a dead sandbox and to start it again. */
const restartMs = 15_000;
const restartPollMs = 250;

const deadlineReached = Symbol('deadline reached');

const withDeadline = async <T>(work: Promise<T>, timeoutMs: number): Promise<T | typeof deadlineReached> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<typeof deadlineReached>((resolve) => {
    timer = setTimeout(() => {
      resolve(deadlineReached);
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
};

const failedRun = (runId: string, status: 'crashed' | 'timed_out', reason: string, durationMs: number): TestReport => ({
  runId,
  status,
  tests: [],
  loadFailures: [],
  counts: { passed: 0, failed: 0, skipped: 0, todo: 0 },
  console: [],
  durationMs,
  reason,
});

const message = (error: unknown): string => (error instanceof Error ? error.message : 'no reason given');

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/** Waits for a sandbox that is being started again; false when it did not come back in time. */
const isBack = async (sandbox: SandboxRpc): Promise<boolean> => {
  for (let waitedMs = 0; waitedMs < restartMs; waitedMs += restartPollMs) {
    await pause(restartPollMs);
    try {
      if ((await withDeadline(sandbox.ping(), restartPollMs * 4)) === 'pong') return true;
    } catch {
      // Not there yet: asked again until the time is over.
    }
  }
  return false;
};

/**
 * Does the work again, once, when the sandbox died under it: other people's code may have taken the process down.
 * Code that takes it down itself does so again, and is told then. Only for work that may be done twice.
 */
const onceMore = async <T>(sandbox: SandboxRpc, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!(await isBack(sandbox))) throw error;
    return work();
  }
};

/** Requests that change nothing may be made twice (RFC 9110, section 9.2.1). */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD']);

const guarded = async <T>(work: Promise<Result<T>>, timeoutMs: number): Promise<Result<T>> => {
  try {
    const outcome = await withDeadline(work, timeoutMs);
    return outcome === deadlineReached
      ? err({ type: 'service.timeout', detail: `The sandbox did not answer within ${timeoutMs / 1_000} s. Try again.` })
      : outcome;
  } catch (error) {
    return err({ type: 'service.unavailable', detail: `The sandbox is not available (${message(error)}). Try again.` });
  }
};

const runTests = async (sandbox: SandboxRpc, request: TestRunRequest): Promise<TestReport> => {
  const startedAt = Date.now();
  const deadlineMs = request.limits.runTimeoutMs + graceMs;
  try {
    const report = await onceMore(sandbox, () => withDeadline(sandbox.runTests(request), deadlineMs));
    return report === deadlineReached
      ? failedRun(
          request.runId,
          'timed_out',
          `The run did not end within ${deadlineMs / 1_000} s.`,
          Date.now() - startedAt,
        )
      : report;
  } catch (error) {
    return failedRun(
      request.runId,
      'crashed',
      `The sandbox died during the run: ${message(error)}. Endless allocation is the usual cause.`,
      Date.now() - startedAt,
    );
  }
};

/** Its calls are answered from what is kept, so a program whose sandbox died under it is simply run again, once. */
const runProgram = async (
  sandbox: SandboxRpc,
  request: ProgramRequest,
  calls: ProgramCalls,
): Promise<ProgramReport> => {
  const startedAt = Date.now();
  const deadlineMs = request.limits.totalMs + graceMs;
  const broken = (status: 'crashed' | 'timed_out', reason: string): ProgramReport => ({
    status,
    reason,
    console: [],
    calls: 0,
    durationMs: Date.now() - startedAt,
  });
  try {
    const report = await onceMore(sandbox, () => withDeadline(sandbox.runProgram(request, calls), deadlineMs));
    return report === deadlineReached ? broken('timed_out', `It did not end within ${deadlineMs / 1_000} s.`) : report;
  } catch (error) {
    return broken('crashed', message(error));
  }
};

const runShell = async (sandbox: SandboxRpc, request: ShellRequest): Promise<ShellReport> => {
  const deadlineMs = request.limits.totalMs + graceMs;
  const broken = (stderr: string): ShellReport => ({
    exitCode: -1,
    stdout: '',
    stderr,
    changes: [],
    binary: [],
    durationMs: deadlineMs,
  });
  try {
    const report = await onceMore(sandbox, () => withDeadline(sandbox.runShell(request), deadlineMs));
    return report === deadlineReached ? broken(`The script did not end within ${deadlineMs / 1_000} s.`) : report;
  } catch (error) {
    return broken(`The sandbox died during the script: ${message(error)}`);
  }
};

/** Most mutants end at their first failing test; time for those that hang is given once to each. */
const mutantsDeadlineMs = ({ mutants }: MutantRunsRequest): number =>
  graceMs + mutants.reduce((sum, { limits }) => sum + Math.min(limits.runTimeoutMs, 10_000), 0);

/** Benchmarks have limits of their own; one round of many files takes some seconds. */
const benchDeadlineMs = 120_000;

type Guarded = Pick<
  SandboxRpc,
  | 'runTests'
  | 'runProgram'
  | 'runShell'
  | 'runMutants'
  | 'runBench'
  | 'load'
  | 'deploy'
  | 'promote'
  | 'reset'
  | 'request'
  | 'driveApp'
  | 'ping'
>;

export interface GuardedSandbox extends Guarded {
  /** The version before the present one of a slot; undefined when there is none. */
  readonly previousVersion: (app: string, slot: Slot) => Promise<Result<string | undefined>>;
  /** Only to a named version, so that it may be repeated. */
  readonly rollback: (app: string, slot: Slot, target: string) => Promise<Result<SlotStatus>>;
}

const previousVersion: (
  sandbox: SandboxRpc,
  ...place: Parameters<GuardedSandbox['previousVersion']>
) => ReturnType<GuardedSandbox['previousVersion']> = (sandbox, app, slot) =>
  guarded(
    onceMore(sandbox, async () => {
      const status = await sandbox.status(app);
      return ok(status.find((entry) => entry.slot === slot)?.previousVersion);
    }),
    deployDeadlineMs + restartMs,
  );

/** The sandbox with a deadline on each call; none of its calls rejects. */
export const guardSandbox = (sandbox: SandboxRpc): GuardedSandbox => ({
  runTests: (request) => runTests(sandbox, request),
  runProgram: (request, calls) => runProgram(sandbox, request, calls),
  runShell: (request) => runShell(sandbox, request),
  runMutants: (request) => guarded(sandbox.runMutants(request), mutantsDeadlineMs(request)),
  runBench: (request) =>
    guarded(
      onceMore(sandbox, () => sandbox.runBench(request)),
      benchDeadlineMs,
    ),
  load: (request) =>
    guarded(
      onceMore(sandbox, () => sandbox.load(request)),
      graceMs + restartMs + 2 * request.blockMs * request.blocks * request.sides.length + 60_000,
    ),
  deploy: (request) =>
    guarded(
      onceMore(sandbox, () => sandbox.deploy(request)),
      deployDeadlineMs + restartMs,
    ),
  promote: (app, from, to) =>
    guarded(
      onceMore(sandbox, () => sandbox.promote(app, from, to)),
      deployDeadlineMs + restartMs,
    ),
  previousVersion: (app, slot) => previousVersion(sandbox, app, slot),
  rollback: (app, slot, target) =>
    guarded(
      onceMore(sandbox, () => sandbox.rollback(app, slot, target)),
      deployDeadlineMs + restartMs,
    ),
  reset: (app, slot) =>
    guarded(
      onceMore(sandbox, () => sandbox.reset(app, slot)),
      deployDeadlineMs + restartMs,
    ),
  driveApp: (request) => guarded(sandbox.driveApp(request), driveDeadlineMs),
  ping: () => sandbox.ping(),
  request: (request: AppRequest) =>
    safeMethods.has(request.method)
      ? guarded(
          onceMore(sandbox, () => sandbox.request(request)),
          requestDeadlineMs + restartMs,
        )
      : guarded(sandbox.request(request), requestDeadlineMs),
});
