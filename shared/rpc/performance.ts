/** Performance tests of a project: benchmarks in isolates, and HTTP load, each on a version and the one before. */
import type { Comparison } from '../domain/quality/performance/compare-pairs.ts';
import type { Result } from '../errors/result.ts';
import type { LoadExchange } from './bench.ts';

export const performanceKinds = ['bench', 'load'] as const;
export type PerformanceKind = (typeof performanceKinds)[number];

/** Absent parts of a load take what is usual. */
export interface LoadSettings {
  /** Absent: `GET` of the health route and of every endpoint without a parameter. */
  readonly exchanges?: readonly LoadExchange[];
  /** Made once on each version before anything is measured. */
  readonly prepare?: readonly LoadExchange[];
  readonly ratePerSecond?: number;
}

export interface StartPerformance {
  readonly commandId: string;
  readonly kind: PerformanceKind;
  /** Whose head is measured. */
  readonly branch: string;
  /**
   * A branch or commit to compare with. Absent: for a branch other than main what main holds; for main the version
   * that was released before, or else the commit of the last run that came to its end.
   */
  readonly base?: string;
  /** Pairs to take. */
  readonly pairs: number;
  readonly load?: LoadSettings;
}

export interface PerformanceResult {
  /** `file > suite > benchmark`, or what the load asked for. */
  readonly name: string;
  /** Absent without a version to compare with, or when it failed. */
  readonly comparison?: Comparison;
  /** Middle time of one call or answer in the version that is measured. */
  readonly microseconds?: number;
  /** Steps of one call as a share of those before: does not depend on the machine. */
  readonly stepsRatio?: number;
  /** The 95th of a hundred answers under load. */
  readonly p95Ms?: number;
  /** Answers under load that failed, in percent. */
  readonly failedPercent?: number;
  readonly failure?: string;
}

export interface PerformanceView {
  readonly runId: string;
  readonly kind: PerformanceKind;
  readonly branch: string;
  readonly status: 'running' | 'done' | 'refused' | 'cancelled';
  /** What is measured, and what it is compared with; known once the run has begun. */
  readonly commit?: string;
  readonly base?: string;
  readonly pairs: number;
  /** Pairs taken so far. */
  readonly progress: number;
  readonly requestedAt: number;
  readonly finishedAt?: number;
  /** Why it was refused, and what to do. */
  readonly reason?: string;
  readonly results: readonly PerformanceResult[];
}

export interface ProjectPerformanceRpc {
  /** Starts a run. Refused while another one goes on. */
  startPerformance(command: StartPerformance): Promise<Result<PerformanceView>>;
  /** Runs, the newest first, at most 100. */
  performanceRuns(query: {
    readonly kind?: PerformanceKind;
    readonly branch?: string;
    readonly limit: number;
  }): Promise<Result<readonly PerformanceView[]>>;
  /** Ends the run that goes on, if any; its results so far stay. */
  cancelPerformance(command: { readonly commandId: string }): Promise<Result<PerformanceView>>;
}
