/** What became of mutants, and the score that follows from it. Pure: a run that was cut off goes on from its verdicts. */
import type { SourceFiles } from '../../../rpc/toolchain.ts';
import { unifiedDiff } from '../../repository/unified-diff.ts';
import type { Mutant } from './mutant.ts';
import { applyMutant, mutantKey } from './mutant.ts';
import type { MutantPlan, TestName } from './select-tests.ts';

export const mutantStatuses = ['killed', 'timeout', 'survived', 'no_coverage', 'error'] as const;

/** `error`: the tests could not be run with it, which proves nothing; it does not count. */
export type MutantStatus = (typeof mutantStatuses)[number];

export interface Verdict {
  readonly status: MutantStatus;
  readonly killedBy?: { readonly file: string; readonly name?: string; readonly message: string };
}

/** Verdicts by `mutantKey`. */
export type Verdicts = ReadonlyMap<string, Verdict>;

/** Mutants that no test comes by need no run. */
export const verdictsWithoutRun = (plans: readonly MutantPlan[]): Verdicts =>
  new Map(
    plans
      .filter(({ tests }) => tests.length === 0)
      .map(({ mutant }) => [mutantKey(mutant), { status: 'no_coverage' } as const]),
  );

/** The next mutants to run, at most `size`, in the order of the build; empty when all have a verdict. */
export const nextBatch = (plans: readonly MutantPlan[], verdicts: Verdicts, size: number): readonly MutantPlan[] =>
  plans.filter(({ mutant, tests }) => tests.length > 0 && !verdicts.has(mutantKey(mutant))).slice(0, size);

export interface MutationScore {
  readonly killed: number;
  readonly timeout: number;
  readonly survived: number;
  readonly noCoverage: number;
  readonly errors: number;
  /** Killed and timed out of all that count, in percent with two decimals, cut; undefined without a mutant. */
  readonly percent: number | undefined;
}

/** The score of the mutants that have a verdict. */
export const mutationScore = (mutants: readonly Mutant[], verdicts: Verdicts): MutationScore => {
  const count = { killed: 0, timeout: 0, survived: 0, no_coverage: 0, error: 0 };
  for (const mutant of mutants) {
    const verdict = verdicts.get(mutantKey(mutant));
    if (verdict !== undefined) count[verdict.status] += 1;
  }
  const detected = count.killed + count.timeout;
  const valid = detected + count.survived + count.no_coverage;
  return {
    killed: count.killed,
    timeout: count.timeout,
    survived: count.survived,
    noCoverage: count.no_coverage,
    errors: count.error,
    percent: valid === 0 ? undefined : Math.floor((detected / valid) * 10_000) / 100,
  };
};

/** The score of each file that has mutants, ordered by path. */
export const scoreByFile = (
  mutants: readonly Mutant[],
  verdicts: Verdicts,
): readonly { readonly file: string; readonly score: MutationScore }[] =>
  [...new Set(mutants.map(({ file }) => file))].sort().map((file) => ({
    file,
    score: mutationScore(
      mutants.filter((mutant) => mutant.file === file),
      verdicts,
    ),
  }));

export interface Survivor {
  readonly file: string;
  readonly line: number;
  readonly mutator: string;
  readonly status: 'survived' | 'no_coverage';
  /** The change of the source that nothing noticed, as a unified diff. */
  readonly diff: string;
  /** The tests that ought to have noticed: those that come by, or that load the source when none does. */
  readonly nearestTests: readonly TestName[];
}

/** What the tests did not notice, at most `limit`, in the order of the build; covered places first. */
export const survivors = (
  plans: readonly MutantPlan[],
  verdicts: Verdicts,
  files: SourceFiles,
  limit: number,
): readonly Survivor[] => {
  const missed = plans.flatMap(({ mutant, nearest }) => {
    const status = verdicts.get(mutantKey(mutant))?.status;
    return status === 'survived' || status === 'no_coverage' ? [{ mutant, nearest, status }] : [];
  });
  const ordered = [
    ...missed.filter(({ status }) => status === 'survived'),
    ...missed.filter(({ status }) => status !== 'survived'),
  ];
  return ordered.slice(0, limit).map(({ mutant, nearest, status }) => {
    const source = files[mutant.file] ?? '';
    return {
      file: mutant.file,
      line: mutant.start.line,
      mutator: mutant.mutator,
      status,
      diff: unifiedDiff(mutant.file, source, applyMutant(source, mutant)),
      nearestTests: nearest,
    };
  });
};
