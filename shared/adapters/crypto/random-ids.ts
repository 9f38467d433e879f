import { createId } from '../../domain/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';

/** The runtime's clock. In Workers it stands still between I/O. */
export const systemClock: Clock = { now: () => Date.now() };

const idBytes = 16;

/** Ids from the runtime's random source, which is asked for many at a time, sorted by the clock. */
export const createRandomIds = (clock: Clock): Ids => {
  const pool = new Uint8Array(idBytes * 64);
  let used = pool.length;
  return {
    create: (prefix) => {
      if (used === pool.length) {
        crypto.getRandomValues(pool);
        used = 0;
      }
      used += idBytes;
      return createId(prefix, clock.now(), pool.subarray(used - idBytes, used));
    },
  };
};
