/**
 * Several mutants in one isolate, one after another, which saves the start of an isolate for each. What one leaves behind
 * could reach the next; so nothing is believed but a difference: the same tests in the same isolate fail with the mutant
 * and pass without it. Which of the two runs comes first is decided anew for each mutant, and among few mutants there are
 * trials, two runs without any; tests cannot know it: tests that fail only when they are repeated, by accident or to be
 * counted as good ones, soon fail without a mutant, and then nothing that was seen in this way counts. Mutants that
 * nothing noticed are not decided here.
 */
import type { MutantOutcome, MutantRunsRequest, TestResult } from '../../../shared/rpc/sandbox.ts';
import type { GuestReport } from '../guard/guest-report.ts';
import { isOutOfTime } from './mutant-outcome.ts';

export type MutantRun = MutantRunsRequest['mutants'][number];

/** An isolate that holds one loaded test file. */
export interface RepeatingIsolate {
  /** Runs tests of the file until one fails; undefined when the isolate was lost. */
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

/** `unsteady`: without a mutant a test failed. `lost`: the isolate did not answer. */
type Pair =
  | { readonly kind: 'decided'; readonly outcome: MutantOutcome; readonly isSpent: boolean }
  | { readonly kind: 'unnoticed' | 'unsteady' | 'lost' };

/** Mutants and trials of a group together. Tests that fail every other time fail in any trial. */
const leastTurns = 12;

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
      const pair =
        mutant === undefined
          ? await runTrial(isolate, mutants[turn % mutants.length])
          : await runPair(isolate, mutant, toss());
      if (pair === undefined) continue;
      if (pair.kind === 'unsteady') return undefined;
      if (pair.kind === 'decided') decided.push(pair.outcome);
      if (pair.kind === 'lost' || (pair.kind === 'decided' && pair.isSpent)) {
        isolate.end();
        isolate = undefined;
      }
    }
    return decided;
  } finally {
    isolate?.end();
  }
}

/** Two runs without a mutant, of the tests of one; undefined when they passed. */
async function runTrial(isolate: RepeatingIsolate, mutant: MutantRun | undefined): Promise<Pair | undefined> {
  if (mutant === undefined) return undefined;
  const names = mutant.tests[0]?.names ?? [];
  for (let run = 0; run < 2; run += 1) {
    const problem = steadiness(await isolate.repeat(0, names, mutant.limits));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

async function runPair(isolate: RepeatingIsolate, mutant: MutantRun, isPlainFirst: boolean): Promise<Pair> {
  const { id, limits } = mutant;
  const names = mutant.tests[0]?.names ?? [];
  const startedAt = performance.now();
  if (isPlainFirst) {
    const problem = steadiness(await isolate.repeat(0, names, limits));
    if (problem !== undefined) return problem;
  }
  const report = await isolate.repeat(id, names, limits);
  if (report === undefined || report.isTimeUp) return { kind: 'lost' };
  const failed = report.tests.find(({ status }) => status === 'failed');
  if (failed?.failure === undefined) return { kind: 'unnoticed' };
  if (!isPlainFirst) {
    const problem = steadiness(await isolate.repeat(0, [failed.name], limits));
    if (problem !== undefined) return problem;
  }
  const durationMs = Math.round((performance.now() - startedAt) * 100) / 100;
  const isTimeout = isOutOfTime(failed.failure);
  const { file, name } = failed;
  return {
    kind: 'decided',
    outcome: {
      id,
      status: isTimeout ? 'timeout' : 'killed',
      killedBy: { file, name, message: failed.failure.message },
      testsRun: report.tests.length,
      durationMs,
    },
    // What still runs in there would run on beside the next mutant.
    isSpent: isTimeout,
  };
}

const isFailed = ({ status }: TestResult): boolean => status === 'failed';

/** What is wrong with a run without a mutant; undefined when it passed. */
function steadiness(report: GuestReport | undefined): Pair | undefined {
  if (report === undefined || report.isTimeUp) return { kind: 'lost' };
  return report.tests.length === 0 || report.tests.some(isFailed) ? { kind: 'unsteady' } : undefined;
}
