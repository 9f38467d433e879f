/** Runs tests against mutants: first several in one isolate, then those that are not decided, each in its own. */
import type { MutantOutcome, MutantRunsRequest, TestReport, TestRunRequest } from '../../../shared/rpc/sandbox.ts';
import type { BuiltModules } from '../../../shared/rpc/toolchain.ts';
import { outcomeOf } from './mutant-outcome.ts';
import { runTogether, type MutantRun, type RepeatingIsolate } from './shared-isolate.ts';

export interface MutantRunners {
  readonly run: (request: TestRunRequest) => Promise<TestReport>;
  /** An isolate that has loaded the only test file of the request; undefined when it could not be loaded. */
  readonly open: (request: TestRunRequest) => Promise<RepeatingIsolate | undefined>;
  readonly toss: () => boolean;
}

/** Runs at a time: they share one processor, so more than a few only wait for each other. */
const atOnce = 4;

/** Fewer mutants than this share no isolate: the trials among them would cost what isolates of their own do. */
const leastTogether = 4;

export async function runMutants(
  request: MutantRunsRequest,
  runners: MutantRunners,
): Promise<readonly MutantOutcome[]> {
  const outcomes = await decideTogether(request, runners);
  await eachOf(request.mutants, async (mutant) => {
    if (outcomes.has(mutant.id)) return;
    outcomes.set(mutant.id, outcomeOf(mutant.id, await runners.run(requestFor(request, mutant))));
  });
  return request.mutants.flatMap(({ id }) => outcomes.get(id) ?? []);
}

async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items].reverse();
  const worker = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await work(next);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** What their first test file alone notices, of the mutants that are not loaded with it. */
async function decideTogether(
  request: MutantRunsRequest,
  { open, toss }: MutantRunners,
): Promise<Map<number, MutantOutcome>> {
  const loose = request.mutants.filter(({ isStatic, tests }) => !isStatic && tests.length > 0);
  const parts = [...Map.groupBy(loose, ({ tests }) => tests[0]?.file ?? '')].flatMap(([file, mutants]) => {
    const size = Math.max(leastTogether, Math.ceil(mutants.length / atOnce));
    const count = mutants.length < leastTogether ? 0 : Math.ceil(mutants.length / size);
    return Array.from({ length: count }, (_, part) => ({
      file,
      mutants: mutants.slice(part * size, (part + 1) * size),
    }));
  });
  const unsteady = new Set<string>();
  const decided = new Map<string, MutantOutcome[]>();
  await eachOf(parts, async ({ file, mutants }) => {
    const [first] = mutants;
    if (first === undefined || unsteady.has(file)) return;
    const alone = { ...requestFor(request, { ...first, id: 0 }), testFiles: [file] };
    const found = await runTogether(mutants, { open: () => open(alone), toss });
    if (found === undefined) unsteady.add(file);
    else decided.set(file, [...(decided.get(file) ?? []), ...found]);
  });
  const steady = [...decided].flatMap(([file, found]) => (unsteady.has(file) ? [] : found));
  return new Map(steady.map((outcome) => [outcome.id, outcome]));
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
