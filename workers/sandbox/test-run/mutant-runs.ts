/** Runs tests against mutants: first several in one isolate, then those that are not decided, each in its own. */
import type { MutantOutcome, MutantRunsRequest, TestReport, TestRunRequest } from '../../../shared/rpc/sandbox.ts';
import type { BuiltModules } from '../../../shared/rpc/toolchain.ts';
import { copiesWithin } from './copies.ts';
import { outcomeOf } from './mutant-outcome.ts';
import { copiesFor, mutantsFor, runTogether, type MutantRun, type RepeatingIsolate } from './shared-isolate.ts';

export interface MutantRunners {
  readonly run: (request: TestRunRequest) => Promise<TestReport>;
  /**
   * An isolate that has loaded the only test file of the request, or with `copies` one that loads as many copies of it.
   * Undefined when it could not be loaded.
   */
  readonly open: (request: TestRunRequest, copies: number) => Promise<RepeatingIsolate | undefined>;
  readonly toss: () => boolean;
}

/** Runs at a time: they share one processor, so more than a few only wait for each other. */
const atOnce = 4;

/** Fewer mutants than this share no isolate: the trials among them would cost what isolates of their own do. */
const leastTogether = 4;

/** They run one after another, and what they leave behind adds up. */
const mostTogether = 40;

/** Tests that take longer than the start of an isolate does are not worth to be repeated. */
const longestMs = 30;

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

/** Mutants with the same first test file that share an isolate. */
interface Part {
  readonly file: string;
  readonly isStatic: boolean;
  readonly mutants: readonly MutantRun[];
}

/** What their first test file alone notices. */
async function decideTogether(
  request: MutantRunsRequest,
  { open, toss }: MutantRunners,
): Promise<Map<number, MutantOutcome>> {
  const unsteady = new Set<string>();
  const decided = new Map<string, MutantOutcome[]>();
  await eachOf(partsOf(request), async ({ file, isStatic, mutants }) => {
    const [first] = mutants;
    const key = keyOf(file, isStatic);
    if (first === undefined || unsteady.has(key)) return;
    const alone = { ...requestFor(request, { ...first, id: 0 }), testFiles: [file] };
    const copies = isStatic ? copiesFor(mutants.length) : 0;
    const found = await runTogether(mutants, { open: () => open(alone, copies), toss });
    if (found === undefined) unsteady.add(key);
    else decided.set(key, [...(decided.get(key) ?? []), ...found]);
  });
  const steady = [...decided].flatMap(([key, found]) => (unsteady.has(key) ? [] : found));
  return new Map(steady.map((outcome) => [outcome.id, outcome]));
}

const keyOf = (file: string, isStatic: boolean): string => `${isStatic ? 'loaded' : 'run'} ${file}`;

function partsOf(request: MutantRunsRequest): readonly Part[] {
  const sharing = request.mutants.filter(({ tests, usualMs }) => tests.length > 0 && usualMs <= longestMs);
  const groups = Map.groupBy(sharing, ({ tests, isStatic }) => keyOf(tests[0]?.file ?? '', isStatic));
  return [...groups.values()].flatMap((mutants) => {
    const [first] = mutants;
    if (first === undefined || mutants.length < leastTogether) return [];
    const file = first.tests[0]?.file ?? '';
    const { isStatic } = first;
    const room = isStatic ? mutantsFor(copiesWithin(onlyReached(request, [file]).modules)) : mostTogether;
    const most = Math.min(mostTogether, room);
    const count = most === 0 ? 0 : Math.ceil(mutants.length / most);
    const size = Math.ceil(mutants.length / count);
    return Array.from({ length: count }, (_, part) => ({
      file,
      isStatic,
      mutants: mutants.slice(part * size, (part + 1) * size),
    }));
  });
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
