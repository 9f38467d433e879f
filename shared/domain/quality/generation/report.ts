/** What a generation of tests came to. */
import type { Candidate } from './function-tests.ts';

/** A candidate that does not hold: for a property this is a counterexample, which somebody should look at. */
export interface RefutedTest {
  readonly file: string;
  readonly name: string;
  readonly message: string;
}

export interface KeptFile {
  readonly path: string;
  readonly content: string;
  readonly tests: readonly Pick<Candidate, 'name' | 'kind'>[];
  /** Mutants that it notices and that nothing noticed before. */
  readonly kills: number;
}

export interface GenerationReport {
  /** Exported functions that were looked at. */
  readonly functions: number;
  readonly skipped: readonly { readonly file: string; readonly name: string; readonly reason: string }[];
  readonly candidates: number;
  readonly refuted: readonly RefutedTest[];
  /** Mutants that were tried, how many of them the tests of before missed, and how many of those are noticed now. */
  readonly mutants: number;
  readonly survivedBefore: number;
  readonly noticedNow: number;
  readonly files: readonly KeptFile[];
  /** Files that the rule did not let pass. */
  readonly dropped: readonly { readonly path: string; readonly reason: string }[];
}
