import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Buckets } from './token-bucket.ts';

it('never gives more than a minute’s worth beyond the rate, and says when to come back', () => {
  const gaps = fc.array(fc.nat(5_000), { maxLength: 300 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 100 }), (waits, perMinute) => {
      const buckets = new Buckets();
      let now = 0;
      let taken = 0;
      for (const wait of waits) {
        now += wait;
        const { retryAfterSeconds } = buckets.take('a', perMinute, now);
        if (retryAfterSeconds === undefined) taken += 1;
      }
      expect(taken).toBeLessThanOrEqual(perMinute + Math.floor((now * perMinute) / 60_000) + 1);
    }),
  );
});

it('gives again when it said it would', () => {
  const buckets = new Buckets(2);
  expect(buckets.take('a', 1, 0)).toEqual({ remaining: 0 });
  const { retryAfterSeconds = 0 } = buckets.take('a', 1, 0);
  expect(buckets.take('a', 1, retryAfterSeconds * 1_000)).toEqual({ remaining: 0 });
  for (const name of ['b', 'c']) buckets.take(name, 1, 0);
  expect(buckets.take('a', 1, 0)).toEqual({ remaining: 0 });
});
