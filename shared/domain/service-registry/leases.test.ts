import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideExpiry, isSameToken, leaseEnd, type Expiry, type Lease } from './leases.ts';

const lease = (instance: string, expiresAt: number, seconds = 10): Lease => ({
  name: 'a',
  instance,
  seconds,
  expiresAt,
});

describe('leases', () => {
  it('end on time, and not when the registry was the one who was away', () => {
    const all = [lease('past', 100), lease('now', 200), lease('later', 201)];
    expect(decideExpiry(all, 200, 200)).toEqual({ expired: [lease('past', 100), lease('now', 200)], extended: [] });
    const late = 200 + 60_000;
    expect(decideExpiry(all, late, 200)).toEqual({
      expired: [],
      extended: all.map((one) => ({ ...one, expiresAt: leaseEnd(10, late) })),
    });
  });

  it('are equal to nothing but themselves', () => {
    expect(isSameToken('abc', 'abc')).toBe(true);
    for (const other of ['', 'ab', 'abcd', 'abd', 'ABC']) expect(isSameToken(other, 'abc')).toBe(false);
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => isSameToken(a, b) === (a === b)));
  });

  it('of an instance that is heard of in time never end, and of one that falls silent end within one lease', () => {
    const seconds = fc.integer({ min: 5, max: 60 });
    // Gaps between looks of the registry, some of them outages.
    const gaps = fc.array(fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 20_000, max: 90_000 })), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(seconds, gaps, fc.nat(40), (length, pauses, silentFrom) => {
        let now = 0;
        let held: Lease | undefined = lease('x', leaseEnd(length, now), length);
        let heardAt = now;
        for (const [step, gap] of pauses.entries()) {
          const planned: number = held?.expiresAt ?? now;
          const wasAway = gap > 10_000;
          now += gap;
          // While the registry is there it hears each heartbeat, which come every third of a lease.
          if (!wasAway && step < silentFrom && held !== undefined && now < held.expiresAt) {
            held = { ...held, expiresAt: leaseEnd(length, now) };
            heardAt = now;
          }
          if (held === undefined || held.expiresAt > now) continue;
          const decided: Expiry<Lease> = decideExpiry([held], now, Math.min(planned, now));
          if (decided.expired.length > 0) {
            // Nobody is taken out whose lease still ran when the registry looked in time.
            expect(now - planned).toBeLessThanOrEqual(10_000);
            expect(now).toBeGreaterThanOrEqual(heardAt + length * 1_000);
            held = undefined;
          } else held = decided.extended[0];
        }
      }),
    );
  });
});
