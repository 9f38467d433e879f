/** The timers' decisions: when one has to be written, what a jump of the clock means, and how a crowd of late objects resumes. */
import { type BackoffLimits, fractionOf } from './backoff.ts';

export const timerBackoff: BackoffLimits = { baseMs: 1_000, capMs: 5 * 60_000 };

/** Failures before a timer becomes a dead letter, unless its handler says otherwise. */
export const timerAttempts = 8;

export interface TimerTimes {
  readonly dueAt: number;
  /** When it was set, by the clock of then; 0 when not known. */
  readonly setAt: number;
}

/** True when `ensure` has to write: there is no such timer, or it comes too late, or its handler runs and would use it up. */
export const mustSet = (
  existing: { readonly dueAt: number; readonly isRunning: boolean } | undefined,
  dueAt: number,
): boolean => existing === undefined || existing.isRunning || existing.dueAt > dueAt;

/** A clock that stands this far behind the time a row was written was set back, not merely corrected. */
const jumpMs = 1_000;

/**
 * The times of a timer after the clock went back behind the moment it was set: it waits as long as it would have
 * waited then, no longer. Undefined when nothing is to be changed.
 */
export const rebaseTimer = ({ dueAt, setAt }: TimerTimes, now: number): TimerTimes | undefined =>
  setAt - now > jumpMs ? { dueAt: now + Math.max(0, dueAt - setAt), setAt: now } : undefined;

/** Work this late at the object's start was held up by more than the object itself: others are late as well. */
const crowdAfterMs = 500;

/** Whether the overdue work of an object that was just loaded waits for its turn in the crowd of a restart. */
export const isInCrowd = (earliestDueAt: number | undefined, now: number): boolean =>
  earliestDueAt !== undefined && now - earliestDueAt >= crowdAfterMs;

/** The longest that late work waits for its turn; the runtime itself takes most of a second to come back. */
export const longestResumeMs = 1_000;
const turnMs = 20;
const turnsAtOnce = 8;

/** How many begin in each span of `turnMs`, by the span's number. */
export type TakenTurns = ReadonlyMap<number, number>;

/**
 * The turn of one more late object: the first span with room from now on. When all within `longestResumeMs` are full,
 * one of them by the object's lasting name. So a few objects go on at once, and a crowd does not begin in one instant.
 */
export const chooseTurn = (
  taken: TakenTurns,
  object: string,
  now: number,
): { readonly at: number; readonly taken: TakenTurns } => {
  const first = Math.floor(now / turnMs);
  const last = Math.floor((now + longestResumeMs) / turnMs);
  const isFull = (span: number): boolean => (taken.get(span) ?? 0) >= turnsAtOnce;
  let span = first;
  while (span <= last && isFull(span)) span += 1;
  if (span > last) span = first + Math.floor(fractionOf(object) * (last - first + 1));
  const present = [...taken].filter(([number]) => number >= first && number <= last);
  return {
    at: Math.max(now, span * turnMs),
    taken: new Map(present).set(span, (taken.get(span) ?? 0) + 1),
  };
};
