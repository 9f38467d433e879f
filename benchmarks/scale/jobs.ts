/** What the bench asks its Worker for. */

/** Numbers from `from` up to, and without, `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Objects to be asked for their state one after another. */
export interface WakeJob {
  readonly numbers: readonly number[];
}

export interface WakeTimes {
  readonly timesMs: readonly number[];
}
