/** How a build puts counters or mutants into its sources. */
import type { MeasureNames } from './instrument.ts';

/** A source with counters or mutants put in, before its types are stripped. */
interface MeasuredCode {
  readonly code: string;
  readonly names: MeasureNames;
}

/** What a measured build does with each source: undefined leaves the source as it is. */
export interface Measurer {
  /** One isolate holds several copies of the modules: they name each other by their places, so each names its own. */
  readonly isCopied?: boolean;
  readonly measure: (path: string, text: string) => MeasuredCode | undefined;
  /** Told when the measured code cannot be built although the source can; the source is then built as it is. */
  readonly giveUp: (path: string) => void;
}
