/** Runs tests against mutants, one run a mutant, and reads from each report what it proves. */
import type {
  MutantOutcome,
  MutantRunsRequest,
  TestFailure,
  TestReport,
  TestRunRequest,
} from '../../../shared/rpc/sandbox.ts';
import type { BuiltModules } from '../../../shared/rpc/toolchain.ts';

type Run = (request: TestRunRequest) => Promise<TestReport>;
type MutantRun = MutantRunsRequest['mutants'][number];

/** Runs at a time: they share one processor, so more than a few only wait for each other. */
const atOnce = 4;

export async function runMutants(request: MutantRunsRequest, run: Run): Promise<readonly MutantOutcome[]> {
  const outcomes: MutantOutcome[] = [];
  const waiting = [...request.mutants.entries()].reverse();
  const work = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [index, mutant] = next;
      outcomes[index] = outcomeOf(mutant.id, await run(requestFor(request, mutant)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return outcomes;
}

function requestFor(request: MutantRunsRequest, { id, tests, limits }: MutantRun): TestRunRequest {
  const { counters, host, runId } = request;
  const testFiles = tests.map(({ file }) => file);
  return {
    runId: `${runId}:${String(id)}`,
    host,
    built: onlyReached(request, testFiles),
    testFiles,
    limits,
    measure: { counters, activeMutant: id, perTest: false, stopAtFailure: true, only: tests },
  };
}

/** The modules that the test files load: an isolate with fewer modules starts sooner. */
function onlyReached({ built, reaches }: MutantRunsRequest, testFiles: readonly string[]): BuiltModules {
  const sources = new Set(testFiles.flatMap((file) => reaches[file] ?? []));
  const moduleBySource = Object.fromEntries(
    Object.entries(built.moduleBySource).filter(([source]) => sources.has(source)),
  );
  const modules = Object.fromEntries(
    Object.values(moduleBySource)
      .flatMap((name) => [name, `@commonjs/${name}`])
      .flatMap((name) => {
        const code = built.modules[name];
        return code === undefined ? [] : [[name, code] as const];
      }),
  );
  return { moduleBySource, modules };
}

function outcomeOf(id: number, report: TestReport): MutantOutcome {
  const { durationMs } = report;
  const ran = report.tests.filter(({ status }) => status === 'passed' || status === 'failed').length;
  const base = { id, testsRun: ran, durationMs };
  const failed = report.tests.find(({ status }) => status === 'failed');
  const [load] = report.loadFailures;
  const failure = failed?.failure ?? load?.failure;
  if (failure !== undefined) {
    const file = failed?.file ?? load?.file ?? '';
    const name = failed === undefined ? {} : { name: failed.name };
    return {
      ...base,
      status: isOutOfTime(failure) ? 'timeout' : 'killed',
      killedBy: { file, ...name, message: failure.message },
    };
  }
  if (report.status === 'timed_out' || report.status === 'crashed') {
    return { ...base, status: 'timeout', killedBy: { file: '', message: report.reason ?? report.status } };
  }
  return { ...base, status: ran === 0 ? 'error' : 'survived' };
}

/** The messages that `guest/attempt.ts` and `guest/fuel.ts` write. */
function isOutOfTime({ message }: TestFailure): boolean {
  return /^The code ran for more than \d+ steps|^(?:TimeoutError: )?Not finished after \d+ ms|^Not run: the time/.test(
    message,
  );
}
