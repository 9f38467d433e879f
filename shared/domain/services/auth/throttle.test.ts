import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countAttempt, quietMs, throttleLimits, waitMs, type Attempts } from './throttle.ts';

const limit = throttleLimits.pair;

const failTimes = (times: number, at: number): Attempts | undefined => {
  let attempts: Attempts | undefined;
  for (let index = 0; index < times; index += 1) attempts = countAttempt(attempts, at);
  return attempts;
};

describe('throttling', () => {
  it('lets the first attempts pass, then doubles the wait up to a quarter of an hour', () => {
    const waits = Array.from({ length: 20 }, (_, failures) => waitMs(failTimes(failures, 0), limit, 0));
    expect(waits.slice(0, 9)).toEqual([0, 0, 0, 0, 0, 1_000, 2_000, 4_000, 8_000]);
    expect(waits.at(-1)).toBe(900_000);
  });

  it('forgets after a quiet hour', () => {
    const attempts = failTimes(50, 0);
    expect(waitMs(attempts, limit, quietMs)).toBe(0);
    expect(countAttempt(attempts, quietMs).failures).toBe(1);
  });

  it('never lets a guesser have more than a hundred tries a day, whenever they come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 600_000 }), { maxLength: 2_000 }), (gaps) => {
        const day = 24 * 60 * 60_000;
        let now = 0;
        let tries = 0;
        let attempts: Attempts | undefined;
        for (const gap of gaps) {
          now += gap;
          if (now > day) break;
          if (waitMs(attempts, limit, now) > 0) continue;
          attempts = countAttempt(attempts, now);
          tries += 1;
        }
        expect(tries).toBeLessThanOrEqual(120);
      }),
    );
  });
});
