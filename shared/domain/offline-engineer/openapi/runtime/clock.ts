/** Stands in for `src/clock.ts` of the shared templates, which the generated application gets. It is not embedded. */

export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}
