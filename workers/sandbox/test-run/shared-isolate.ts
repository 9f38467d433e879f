/**
 * Several mutants in one isolate, one after another, which saves the start of an isolate for each. What one leaves behind
 * could reach the next; so nothing is believed but a difference: the same tests in the same isolate fail with the mutant
 * and pass without it. Which of the two runs comes first is decided anew for each mutant, and tests cannot know it: tests
 * that fail only when they are repeated, by accident or to be counted as good ones, soon fail without a mutant, and then
 * nothing that was seen in this way counts. Mutants that nothing noticed are not decided here.
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

/** Outcomes of the mutants that were noticed; undefined when the tests do not bear being repeated. */
export async function runTogether(
  mutants: readonly MutantRun[],
  { open, toss }: SharedRuns,
): Promise<readonly MutantOutcome[] | undefined> {
  const decided: MutantOutcome[] = [];
  let isolate: RepeatingIsolate | undefined;
  try {
    for (const mutant of mutants) {
      isolate ??= await open();
      if (isolate === undefined) return undefined;
      const pair = await runPair(isolate, mutant, toss());
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
