/** Runs ranges of seeds for `npm run simulate` in a thread of its own. */
import { parentPort } from 'node:worker_threads';
import type { Mutation } from './mutations.ts';
import { runSchedule } from './schedule.ts';
import { addTotals, noTotals, totalsOf } from './totals.ts';

export interface SeedRange {
  readonly first: number;
  readonly count: number;
  readonly mutation: Mutation | undefined;
}

/** The totals of all seeds of the range. */
const runRange = ({ first, count, mutation }: SeedRange) => {
  let totals = noTotals;
  for (let seed = first; seed < first + count; seed += 1) {
    totals = addTotals(totals, totalsOf(runSchedule({ seed, mutation })));
  }
  return totals;
};

parentPort?.on('message', (range: SeedRange) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread of Node, not a window.
  parentPort?.postMessage(runRange(range));
});
