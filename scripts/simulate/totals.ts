/** What many schedules add up to. */
import type { ScheduleResult } from './schedule.ts';

export interface Failure {
  readonly seed: number;
  readonly violations: readonly string[];
}

export interface Totals {
  readonly schedules: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Schedules that broke a promise, the first hundred. */
  readonly failures: readonly Failure[];
  readonly violations: number;
}

export const noTotals: Totals = { schedules: 0, counts: {}, outcomes: {}, failures: [], violations: 0 };

const failuresKept = 100;

const addUp = (left: Readonly<Record<string, number>>, right: Readonly<Record<string, number>>) => {
  const sum: Record<string, number> = { ...left };
  for (const [name, count] of Object.entries(right)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
};

export const addTotals = (left: Totals, right: Totals): Totals => ({
  schedules: left.schedules + right.schedules,
  counts: addUp(left.counts, right.counts),
  outcomes: addUp(left.outcomes, right.outcomes),
  failures: [...left.failures, ...right.failures].slice(0, failuresKept),
  violations: left.violations + right.violations,
});

/** The totals of one schedule. */
export const totalsOf = ({ seed, violations, status, ...counts }: ScheduleResult): Totals => ({
  schedules: 1,
  counts: { ...counts },
  outcomes: { [status]: 1 },
  failures: violations.length === 0 ? [] : [{ seed, violations }],
  violations: violations.length === 0 ? 0 : 1,
});
