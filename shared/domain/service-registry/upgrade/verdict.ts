/**
 * Whether a new version does worse than the old one beside it. Errors are compared by Fisher's exact test, times by the
 * rank-sum test after the old version's times were made longer by what is tolerated, so that only a slowdown by more than
 * that is found. It is looked at again and again while requests come; the n-th look may be wrong with the chance
 * level · 6 / (π² n²), so that however often is looked, a version that is no worse is stopped with at most the level.
 */
import { chanceOfAsManyMisses } from '../../model/quality/fisher.ts';
import { classesOf, faultShare, timeClasses, type Measure } from './measure.ts';
import { chanceOfHigherRanks } from './rank-sum.ts';

/** The chance, over a whole upgrade, that a version which is no worse is stopped; half each for errors and times. */
export const falseStopLevel = 0.01;
/** A rise of the share of failed requests by less is no reason, however certain it is. */
export const smallestRise = 0.01;
/** Requests of the new version before it is looked at for the first time. */
const firstLookRequests = 5;
/** So many times as many as at the last look are worth another one. */
const lookGrowth = 1.3;
/** Times of fewer answers say nothing. */
const minTimes = 20;
/** Without so many requests of the old version there is nothing to compare with. */
const minBaseline = 20;
/** Then so many faults, which are half of all, speak for themselves. */
const plainFaults = 5;
const plainShare = 0.5;

export interface Verdict {
  /** Absent: nothing is shown against the new version. */
  readonly worse?: 'errors' | 'latency';
  /** How likely as many errors were if both versions were alike. */
  readonly chanceOfErrors: number;
  /** How likely such times were if the new version were no slower than tolerated. */
  readonly chanceOfTimes: number;
}

/** Whether enough has come since the last look. @param lookedAt requests of the new version at the last look; 0: none. */
export const isLookDue = (requests: number, lookedAt: number): boolean =>
  requests >= Math.max(firstLookRequests, Math.ceil(lookedAt * lookGrowth));

/** What a look may be wrong with. @param look counts from 1. */
export const levelOfLook = (look: number): number => (falseStopLevel * 6) / (Math.PI ** 2 * look ** 2);

/** The same times, each later by some classes. */
const slowed = (times: readonly number[], classes: number): readonly number[] => {
  const later = Array.from({ length: timeClasses }, () => 0);
  for (const [at, count] of times.entries()) {
    const to = Math.min(timeClasses - 1, at + classes);
    later[to] = (later[to] ?? 0) + count;
  }
  return later;
};

/**
 * One look at both versions.
 * @param maxSlowdown times of the new version may be so many times those of the old one.
 * @param look counts from 1 over the whole upgrade.
 */
export const compareVersions = (fresh: Measure, old: Measure, maxSlowdown: number, look: number): Verdict => {
  const level = levelOfLook(look) / 2;
  const chanceOfErrors = chanceOfAsManyMisses(
    { trials: fresh.requests, misses: fresh.faults },
    { trials: old.requests, misses: old.faults },
  );
  const isTimed = fresh.requests - fresh.faults >= minTimes && old.requests - old.faults >= minTimes;
  const chanceOfTimes = isTimed ? chanceOfHigherRanks(fresh.times, slowed(old.times, classesOf(maxSlowdown))) : 1;
  const chances = { chanceOfErrors, chanceOfTimes };
  const failsPlainly = fresh.faults >= plainFaults && faultShare(fresh) >= plainShare;
  const failsMore = chanceOfErrors < level && faultShare(fresh) - faultShare(old) >= smallestRise;
  if (failsMore || (old.requests < minBaseline && failsPlainly)) return { worse: 'errors', ...chances };
  return chanceOfTimes < level ? { worse: 'latency', ...chances } : chances;
};
