/** Measuring the head of main when somebody asks for it, and what became of it. */
import type { Result } from '../errors/result.ts';

/** What can be asked for; each is a kind of measurement that gates look at. */
export const measurableKinds = [
  'tests',
  'types',
  'security',
  'size',
  'documentation',
  'api',
  'quality',
  'resources',
  'coverage',
  'mutation',
] as const;
export type MeasurableKind = (typeof measurableKinds)[number];

export interface MeasuringResult {
  readonly kind: MeasurableKind;
  /** What it was measured on. */
  readonly commit: string;
  /** `not_measured`: the summary says why; a gate on it fails. */
  readonly outcome: 'measured' | 'not_measured';
  readonly summary: string;
}

export interface MeasuringView {
  readonly runId: string;
  readonly status: 'running' | 'done' | 'cancelled';
  readonly kinds: readonly MeasurableKind[];
  /** In the order in which they were measured. */
  readonly results: readonly MeasuringResult[];
  readonly requestedAt: number;
  readonly finishedAt?: number;
}

/** Coverage of a commit as an lcov tracefile; without it when it was too long to be kept. */
export interface CoverageFile {
  readonly commit: string;
  readonly lcov?: string;
}

export interface ProjectFiguresRpc {
  /** The tracefile of the last time that coverage was measured. */
  lcov(): Promise<Result<CoverageFile>>;
  /** Starts measuring the head of main, kind after kind. Refused while another run goes on. */
  startMeasuring(command: {
    readonly commandId: string;
    readonly kinds: readonly MeasurableKind[];
  }): Promise<Result<MeasuringView>>;
  /** The last run; `resource.not_found` before the first. */
  measuring(): Promise<Result<MeasuringView>>;
  /** Ends the run after the kind that is being measured. A run that has ended stays as it is. */
  cancelMeasuring(command: { readonly commandId: string }): Promise<Result<MeasuringView>>;
}
