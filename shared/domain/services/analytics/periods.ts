/** Intervals of time, in UTC; weeks begin on Monday. */
import type { Interval, Period } from '../../../rpc/services/analytics.ts';
import type { Issue } from '../../../errors/result.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

export const intervalMs: Readonly<Record<Interval, number>> = {
  minute: minuteMs,
  hour: 60 * minuteMs,
  day: dayMs,
  week: 7 * dayMs,
};

/** The first Monday of the epoch was its fifth day. */
const offsetMs: Readonly<Record<Interval, number>> = { minute: 0, hour: 0, day: 0, week: 4 * dayMs };

/** Start of the interval that a moment lies in. */
export const intervalStart = (at: number, interval: Interval): number => {
  const offset = offsetMs[interval];
  return Math.floor((at - offset) / intervalMs[interval]) * intervalMs[interval] + offset;
};

/** Starts of all intervals that the period touches. */
export const intervalStarts = ({ from, to }: Period, interval: Interval): readonly number[] => {
  const starts: number[] = [];
  for (let at = intervalStart(from, interval); at < to; at += intervalMs[interval]) starts.push(at);
  return starts;
};

const maxIntervals = 1_000;

/** What is wrong with a period, or with the intervals it is to be cut into. */
export const checkPeriod = (period: Period, interval?: Interval): readonly Issue[] => {
  const { from, to } = period;
  if (!Number.isSafeInteger(from) || from < 0) return [{ field: 'from', reason: 'must be a time in milliseconds' }];
  if (!Number.isSafeInteger(to) || to <= from) return [{ field: 'to', reason: 'must be a time after "from"' }];
  if (interval === undefined) return [];
  if (!Object.hasOwn(intervalMs, interval)) return [{ field: 'interval', reason: 'must be minute, hour, day or week' }];
  return (to - from) / intervalMs[interval] > maxIntervals
    ? [{ field: 'interval', reason: `would cut the period into more than ${maxIntervals}` }]
    : [];
};
