/**
 * Several mutants in one isolate, one after another, which saves the start of an isolate for each. What one leaves behind
 * could reach the next; so nothing is believed but a difference: the same tests in the same isolate fail with the mutant
 * and pass without it, back and forth. Which of the two comes first is decided anew for each mutant, and among few mutants
 * there are trials, two runs without any; tests cannot know it: tests that fail only when they are repeated, by accident or
 * to be counted as good ones, soon fail without a mutant, and then nothing that was seen in this way counts. Mutants that
 * nothing noticed are not decided here, nor are those that only take too long or that might have been blamed for what
 * another's code did later.
 */
import type { MutantOutcome, MutantRunsRequest, TestFailure, TestResult } from '../../../shared/rpc/sandbox.ts';
import type { GuestReport } from '../guard/guest-report.ts';
import { isOfUnknownOrigin, isOutOfTime } from './mutant-outcome.ts';

export type MutantRun = MutantRunsRequest['mutants'][number];

/** An isolate that holds one test file. */
export interface RepeatingIsolate {
  /**
   * Runs tests of the file until one fails, the loaded file or, where places are meant that are run while modules are
   * loaded, a new copy of it and of all that it loads. Undefined when the isolate was lost.
   */
  readonly repeat: (
    mutant: number,
    names: readonly string[],
    limits: MutantRun['limits'],
  ) => Promise<GuestReport | undefined>;
  readonly end: () => void;
}

export interface SharedRuns {
  /** Undefined when the file could not be loaded. */
  readonly open: () => Promise<RepeatingIsolate | undefined>;
  /** True or false, each as often, and not to be foreseen. */
  readonly toss: () => boolean;
}

/** `unsteady`: without a mutant a test failed. `lost`: the isolate did not answer, or something still runs in it. */
type Turn =
  | { readonly kind: 'decided'; readonly outcome: MutantOutcome }
  | { readonly kind: 'unnoticed' | 'unsteady' | 'lost' };

/** Mutants and trials of a group together. Tests that fail every other time fail in any trial. */
const leastTurns = 12;

/** At most, with a mutant. */
const runsOfTurn = 3;

/** A mutant that makes a test wait longer is left to an isolate of its own, where several wait at once. */
const longestWaitMs = 100;

/** Copies of the modules that so many mutants need, when each run loads one. */
export const copiesFor = (mutants: number): number => runsOfTurn * Math.max(mutants, leastTurns);

/** So many mutants need no more copies than these; 0 when they do not do for any. */
export const mutantsFor = (copies: number): number => (copies < copiesFor(1) ? 0 : Math.floor(copies / runsOfTurn));

/** The mutants in their order, with trials (`undefined`) at places that are not to be foreseen. */
function turnsOf(mutants: readonly MutantRun[], toss: () => boolean): readonly (MutantRun | undefined)[] {
  const turns: (MutantRun | undefined)[] = [];
  let trials = leastTurns - mutants.length;
  for (const mutant of mutants) {
    for (; trials > 0 && toss(); trials -= 1) turns.push(undefined);
    turns.push(mutant);
  }
  for (; trials > 0; trials -= 1) turns.push(undefined);
  return turns;
}

/** Outcomes of the mutants that were noticed; undefined when the tests do not bear being repeated. */
export async function runTogether(
  mutants: readonly MutantRun[],
  { open, toss }: SharedRuns,
): Promise<readonly MutantOutcome[] | undefined> {
  const decided: MutantOutcome[] = [];
  let isolate: RepeatingIsolate | undefined;
  try {
    for (const [turn, mutant] of turnsOf(mutants, toss).entries()) {
      // A new isolate has nothing yet that a trial could find out.
      if (mutant === undefined && isolate === undefined && turn > 0) continue;
      isolate ??= await open();
      if (isolate === undefined) return undefined;
      const done =
        mutant === undefined
          ? await runTrial(isolate, mutants[turn % mutants.length])
          : await runWith(isolate, mutant, toss());
      if (done.kind === 'unsteady') return undefined;
      if (done.kind === 'decided') decided.push(done.outcome);
      if (done.kind === 'lost') {
        isolate.end();
        isolate = undefined;
      }
    }
    return decided;
  } finally {
    isolate?.end();
  }
}

/** Two runs without a mutant, of the tests of one. */
async function runTrial(isolate: RepeatingIsolate, mutant: MutantRun | undefined): Promise<Turn> {
  const names = mutant === undefined ? [] : namesOf(mutant);
  for (let run = 0; run < 2 && mutant !== undefined; run += 1) {
    const problem = steadiness(await isolate.repeat(0, names, mutant.limits));
    if (problem !== undefined) return problem;
  }
  return { kind: 'unnoticed' };
}

const namesOf = ({ tests }: MutantRun): readonly string[] => tests[0]?.names ?? [];

/**
 * The mutant between two runs without it, or a run without it between two with it. Either way, what an earlier mutant left
 * behind and what is gone after the next run is seen not to come from this one.
 */
async function runWith(isolate: RepeatingIsolate, mutant: MutantRun, isPlainFirst: boolean): Promise<Turn> {
  const { id, limits } = mutant;
  const names = namesOf(mutant);
  const startedAt = performance.now();
  if (isPlainFirst) {
    const problem = steadiness(await isolate.repeat(0, names, limits));
    if (problem !== undefined) return problem;
  }
  const noticed = await runOnce(isolate, mutant, names);
  if (!('failure' in noticed)) return noticed;
  const problem = steadiness(await isolate.repeat(0, noticed.again, limits));
  if (problem !== undefined) return problem;
  if (!isPlainFirst) {
    const repeated = await runOnce(isolate, mutant, noticed.again);
    if (!('failure' in repeated)) return repeated;
  }
  const { by, failure, testsRun } = noticed;
  const durationMs = Math.round((performance.now() - startedAt) * 100) / 100;
  const killedBy = { ...by, message: failure.message };
  return { kind: 'decided', outcome: { id, status: 'killed', killedBy, testsRun, durationMs } };
}

interface Noticed {
  readonly by: { readonly file: string; readonly name?: string };
  readonly failure: TestFailure;
  readonly testsRun: number;
  /** The tests that have to pass without the mutant. */
  readonly again: readonly string[];
}

/** The failure that comes with the mutant, or how else the run ended. */
async function runOnce(
  isolate: RepeatingIsolate,
  { id, limits }: MutantRun,
  names: readonly string[],
): Promise<Noticed | Turn> {
  const testTimeoutMs = Math.min(limits.testTimeoutMs, longestWaitMs);
  const report = await isolate.repeat(id, names, { ...limits, testTimeoutMs });
  if (report === undefined || report.isTimeUp) return { kind: 'lost' };
  const { tests, loadFailures } = report;
  const [load] = loadFailures;
  const failed = tests.find(isFailed);
  const failure = load?.failure ?? failed?.failure;
  if (failure === undefined || isOfUnknownOrigin(failure)) return { kind: 'unnoticed' };
  // What still runs in there would run on beside the next mutant.
  if (isOutOfTime(failure)) return { kind: 'lost' };
  const testsRun = tests.length;
  if (load !== undefined) return { by: { file: load.file }, failure, testsRun, again: names.slice(0, 1) };
  const { file = '', name = '' } = failed ?? {};
  // What fails may also be a hook or a part of a test.
  return { by: { file, name }, failure, testsRun, again: names.includes(name) ? [name] : names };
}

const isFailed = ({ status }: TestResult): boolean => status === 'failed';

/** What is wrong with a run without a mutant; undefined when it passed. */
function steadiness(report: GuestReport | undefined): Turn | undefined {
  if (report === undefined || report.isTimeUp) return { kind: 'lost' };
  const { tests, loadFailures } = report;
  const isGood = loadFailures.length === 0 && tests.length > 0 && !tests.some(isFailed);
  return isGood ? undefined : { kind: 'unsteady' };
}
