/**
 * How fast calls may start: a token bucket written as the time at which it is full again, so that it is one number.
 * In any time of w seconds at most `burst + w × perSecond` calls start.
 */
export interface StartRatePolicy {
  readonly perSecond: number;
  /** How many may start at the same instant after a quiet time, at least 1. */
  readonly burst: number;
}

export interface StartRate {
  /** When the bucket is full again, in milliseconds. */
  readonly fullAt: number;
}

export const quietStartRate: StartRate = { fullAt: 0 };

export type StartDecision =
  | { readonly starts: true; readonly rate: StartRate }
  | { readonly starts: false; readonly waitMs: number };

/** Takes one start, or says how long to wait for it. The clock must not run backwards. */
export const takeStart = (rate: StartRate, now: number, policy: StartRatePolicy): StartDecision => {
  const intervalMs = 1_000 / policy.perSecond;
  const fullAt = Math.max(rate.fullAt, now);
  const waitMs = fullAt - (policy.burst - 1) * intervalMs - now;
  return waitMs > 0 ? { starts: false, waitMs } : { starts: true, rate: { fullAt: fullAt + intervalMs } };
};
