import { propertyRuns } from './property-runs.ts';

/**
 * The part of a Vitest configuration that all tests in workerd share. The files of a ring run one after the other in one
 * isolate, because to load the platform's code takes longer than most files run; so a file names objects and workspaces
 * of its own, and puts back what it replaces.
 *
 * @param name of the ring, for `--project`
 * @param root folder whose `*.worker.test.ts` belong to it, absolute
 * @param testTimeout in milliseconds, on a machine that is busy
 */
export const workerdRing = (name: string, root: string, testTimeout = 30_000) => ({
  ...propertyRuns(),
  name,
  root,
  include: ['**/*.worker.test.ts'],
  isolate: false,
  maxWorkers: 1,
  // Vitest runs rings with other numbers of workers before or after these: the pure ones before.
  sequence: { groupOrder: 1 },
  testTimeout,
});
