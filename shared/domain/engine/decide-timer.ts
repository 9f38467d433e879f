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
/** Over how long a crowd is spread. */
const spreadMs = 800;

/**
 * How long an object that was just loaded lets its overdue work wait, so that all the objects of a restart do not
 * begin in one instant. At most `spreadMs`, always the same for one object. 0 for work that is on time.
 */
export const resumeDelayMs = (object: string, earliestDueAt: number | undefined, now: number): number =>
  earliestDueAt === undefined || now - earliestDueAt < crowdAfterMs ? 0 : Math.floor(fractionOf(object) * spreadMs);

/** The longest that late work waits for its turn; the runtime itself takes most of a second to come back. */
export const longestResumeMs = 1_000;
const turnMs = 20;
const turnsAtOnce = 8;

/** How many begin in each span of `turnMs`, by the span's number. */
export type TakenTurns = ReadonlyMap<number, number>;

/**
 * The turn of one more late object: the first span from `wantedAt` on that has room, or the last one within
 * `longestResumeMs` when all are full.
 */
export const chooseTurn = (
  taken: TakenTurns,
  wantedAt: number,
  now: number,
): { readonly at: number; readonly taken: TakenTurns } => {
  const first = Math.floor(now / turnMs);
  const last = Math.floor((now + longestResumeMs) / turnMs);
  let span = Math.floor(wantedAt / turnMs);
  while (span < last && (taken.get(span) ?? 0) >= turnsAtOnce) span += 1;
  const present = [...taken].filter(([number]) => number >= first && number <= last);
  return {
    at: Math.max(wantedAt, span * turnMs),
    taken: new Map(present).set(span, (taken.get(span) ?? 0) + 1),
  };
};
