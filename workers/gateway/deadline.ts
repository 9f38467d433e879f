/** How long the gateway waits for each part of the platform, in milliseconds. */
export const deadlines = {
  directoryMs: 5_000,
  objectMs: 15_000,
  healthMs: 1_500,
  appMs: 30_000,
  gitMs: 120_000,
} as const;

export { withDeadline } from '../../shared/adapters/deadline.ts';
