/** What the bench asks its Worker for. */

/** Numbers from `from` up to, and without, `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Agents, topics or services that are measured one after another. */
export interface SampleJob {
  readonly numbers: readonly number[];
}

/** So many events, over so many topics in turns. */
export interface PublishJob extends Range {
  readonly topics: number;
  readonly events: number;
}

export interface Times {
  readonly timesMs: readonly number[];
}
