/** The time, as a dependency, so that decisions can be replayed. Milliseconds since the epoch. */
export interface Clock {
  readonly now: () => number;
}

/** A clock for tests that stands still until it is moved. */
export interface TestClock extends Clock {
  readonly advance: (byMs: number) => void;
}

/** Makes a clock that starts at `startMs` and moves only by `advance`. */
export const testCreateClock = (startMs = 1_700_000_000_000): TestClock => {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance: (byMs) => {
      nowMs += byMs;
    },
  };
};
