/** Mutation testing of a project as its object offers it: one run at a time, the last one is kept. */
import type { CoverageTotals } from '../domain/quality/coverage/summarize.ts';
import type { MutationScore, Survivor } from '../domain/quality/mutation/verdicts.ts';
import type { Result } from '../errors/result.ts';

export interface StartMutation {
  readonly commandId: string;
  /** Mutants to test at most; when there are more a sample is taken, always the same one for the same commit. */
  readonly limit: number;
  /** A branch or commit: only mutants on lines that main has changed since. Absent: all. */
  readonly since?: string;
}

export interface FileQuality extends CoverageTotals {
  readonly file: string;
  readonly score?: MutationScore;
}

export interface ChangedFileCoverage {
  readonly file: string;
  readonly covered: number;
  readonly total: number;
  readonly uncoveredLines: readonly number[];
}

/** What was measured, on exactly one commit of main. */
export interface MutationReport {
  readonly commit: string;
  /** All mutants that there are, and those that were tested. */
  readonly found: number;
  readonly tested: number;
  readonly score: MutationScore;
  readonly coverage: CoverageTotals;
  /** With `since`: the coverage of the lines that were added or changed. */
  readonly change?: readonly ChangedFileCoverage[];
  readonly files: readonly FileQuality[];
  /** At most 50. */
  readonly survivors: readonly Survivor[];
  /** Mutants that a comment takes out. */
  readonly ignored: number;
  readonly unmeasured: readonly { readonly file: string; readonly reason: string }[];
}

export interface MutationView {
  readonly runId: string;
  readonly status: 'running' | 'done' | 'refused';
  readonly limit: number;
  readonly since?: string;
  readonly requestedAt: number;
  readonly finishedAt?: number;
  /** Mutants with a verdict so far. */
  readonly progress: number;
  /** Why it was refused, and what to do. */
  readonly reason?: string;
  readonly report?: MutationReport;
}

export interface ProjectMutationRpc {
  /** Starts a run on the head of main. Refused while one is running. */
  startMutation(command: StartMutation): Promise<Result<MutationView>>;
  /** The last run; `resource.not_found` before the first. */
  mutation(): Promise<Result<MutationView>>;
}
