/**
 * How failed attempts slow down whoever makes them. An attempt is counted before it is tried, so that many at once are
 * no way round it, and a success clears the count. Guessing online is held to the rate that NIST SP 800-63B asks for
 * (at most 100 failures in a row for one account), without ever locking an account for longer than `longestWaitMs`.
 */

export interface Attempts {
  /** Since the last success, or since the quiet time. */
  readonly failures: number;
  readonly lastAt: number;
}

export interface ThrottleLimit {
  /** Attempts that cost nothing. */
  readonly free: number;
}

/** For one client at one account, for one client at all accounts, and for one account from everywhere. */
export const throttleLimits = {
  pair: { free: 5 },
  client: { free: 40 },
  account: { free: 40 },
} as const satisfies Record<string, ThrottleLimit>;

const firstWaitMs = 1_000;
const longestWaitMs = 15 * 60_000;
/** After this long without an attempt the count begins anew. */
export const quietMs = 60 * 60_000;

const isQuiet = (attempts: Attempts, now: number): boolean => now - attempts.lastAt >= quietMs;

/** Milliseconds until the next attempt may be made; 0 when it may be made now. */
export const waitMs = (attempts: Attempts | undefined, limit: ThrottleLimit, now: number): number => {
  if (attempts === undefined || isQuiet(attempts, now) || attempts.failures < limit.free) return 0;
  const pause = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(30, attempts.failures - limit.free));
  return Math.max(0, attempts.lastAt + pause - now);
};

/** The count with one more attempt. */
export const countAttempt = (attempts: Attempts | undefined, now: number): Attempts => ({
  failures: attempts === undefined || isQuiet(attempts, now) ? 1 : attempts.failures + 1,
  // A clock that went back must not make anybody wait longer.
  lastAt: now,
});
