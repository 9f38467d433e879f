import type { Range } from '../jobs.ts';

/** Does the work for every number of the range, so many at once. The first failure ends it. */
export const inParallel = async (
  { from, to }: Range,
  atOnce: number,
  work: (number: number) => Promise<void>,
): Promise<void> => {
  let next = from;
  const lane = async (): Promise<void> => {
    while (next < to) {
      const number = next;
      next += 1;
      await work(number);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
};
