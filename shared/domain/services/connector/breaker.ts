/** When a service outside that keeps failing is left alone, and for how long. */

export interface Breaker {
  /** In a row. */
  readonly failures: number;
  readonly openUntil: number;
}

const failuresToOpen = 5;
const firstPauseMs = 5_000;
const longestPauseMs = 5 * 60_000;

export const isOpen = (breaker: Breaker | undefined, now: number): boolean =>
  breaker !== undefined && now < breaker.openUntil && breaker.openUntil - now <= longestPauseMs;

/** A success forgets all; each failure from the fifth on doubles the pause. */
export const countOutcome = (breaker: Breaker | undefined, failed: boolean, now: number): Breaker => {
  if (!failed) return { failures: 0, openUntil: 0 };
  const failures = (breaker?.failures ?? 0) + 1;
  const beyond = failures - failuresToOpen;
  const pauseMs = beyond < 0 ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(beyond, 20));
  return { failures, openUntil: pauseMs === 0 ? 0 : now + pauseMs };
};
