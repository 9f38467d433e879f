import { createId } from '../../domain/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';

/** The runtime's clock. In Workers it stands still between I/O. */
export const systemClock: Clock = { now: () => Date.now() };

/** Ids from the runtime's random source, sorted by the clock. */
export const createRandomIds = (clock: Clock): Ids => ({
  create: (prefix) => createId(prefix, clock.now(), crypto.getRandomValues(new Uint8Array(16))),
});
