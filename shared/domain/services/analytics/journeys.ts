/** What people did one after another: funnels and retention, over each one's events in order of time. */
import type { FunnelStep, RetentionCohort } from '../../../rpc/services/analytics.ts';
import { intervalMs, intervalStart } from './periods.ts';

/** An event of somebody. */
export interface Doing {
  readonly actor: string;
  readonly name: string;
  readonly at: number;
}

/**
 * How many steps a person got done, each after the one before and all within the time after the first. Every start
 * counts: the best is taken.
 */
const stepsDone = (doings: readonly Doing[], steps: readonly string[], withinMs: number): number => {
  let best = 0;
  for (const [start, first] of doings.entries()) {
    if (first.name !== steps[0]) continue;
    let done = 1;
    for (let index = start + 1; index < doings.length && done < steps.length; index += 1) {
      const doing = doings[index];
      if (doing === undefined || doing.at - first.at > withinMs) break;
      if (doing.name === steps[done]) done += 1;
    }
    best = Math.max(best, done);
    if (best === steps.length) break;
  }
  return best;
};

/** @param people each one's doings, in order of time. */
export const funnel = (
  people: Iterable<readonly Doing[]>,
  steps: readonly string[],
  withinMs: number,
): readonly FunnelStep[] => {
  const actors = steps.map(() => 0);
  for (const doings of people) {
    const done = stepsDone(doings, steps, withinMs);
    for (let index = 0; index < done; index += 1) actors[index] = (actors[index] ?? 0) + 1;
  }
  return steps.map((name, index) => ({ name, actors: actors[index] ?? 0 }));
};

/** People by when they first did `first`, and in which later intervals they did `returning`. */
export const retention = (
  people: Iterable<readonly Doing[]>,
  { first, returning, interval, to }: { first: string; returning: string; interval: 'day' | 'week'; to: number },
): readonly RetentionCohort[] => {
  const cohorts = new Map<number, { size: number; returned: number[] }>();
  for (const doings of people) {
    const begun = doings.find(({ name }) => name === first);
    if (begun === undefined) continue;
    const at = intervalStart(begun.at, interval);
    const length = Math.ceil((to - at) / intervalMs[interval]);
    const cohort = cohorts.get(at) ?? { size: 0, returned: Array.from({ length }, () => 0) };
    cohort.size += 1;
    const later = doings.filter((doing) => doing.name === returning && doing.at >= begun.at && doing !== begun);
    for (const place of new Set(later.map((doing) => (intervalStart(doing.at, interval) - at) / intervalMs[interval])))
      cohort.returned[place] = (cohort.returned[place] ?? 0) + 1;
    cohorts.set(at, cohort);
  }
  return [...cohorts].sort(([one], [other]) => one - other).map(([at, cohort]) => ({ at, ...cohort }));
};
