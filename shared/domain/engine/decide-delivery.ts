/** The outbox's decisions: how a delivery is tried again, and what a jump of the clock means for a lane. */
import { type BackoffLimits, longestBackoffMs } from './backoff.ts';

export const deliveryBackoff: BackoffLimits = { baseMs: 500, capMs: 60_000 };

/** Failures before an entry becomes a dead letter. */
export const deliveryAttempts = 10;

/**
 * The latest moment at which a lane can have to wait, given the clock of now: the longest delay that a failure or an
 * interruption gives. A lane that would wait longer was written before the clock went back, and is due then.
 */
export const latestLaneDueAt = (now: number): number => now + longestBackoffMs(deliveryBackoff);
