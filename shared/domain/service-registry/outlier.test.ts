import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultOutlierPolicy as policy, ejectedOf, noteAnswer, soundInstance, type Outlier } from './outlier.ts';

const failTimes = (times: number, now = 0, before: Outlier = soundInstance): Outlier =>
  Array.from({ length: times }).reduce<Outlier>((outlier) => noteAnswer(outlier, true, now, policy), before);

describe('an outlier', () => {
  it('is left out after failures in a row, for longer each time, and comes back', () => {
    const almost = failTimes(policy.failuresInRow - 1);
    expect(noteAnswer(almost, false, 0, policy)).toEqual(soundInstance);
    const first = failTimes(policy.failuresInRow);
    expect(first.ejectedUntil).toBe(policy.ejectionMs);
    const second = failTimes(policy.failuresInRow, 20_000, first);
    expect(second.ejectedUntil - 20_000).toBe(2 * policy.ejectionMs);
    const all = [
      ['a', first],
      ['b', soundInstance],
    ] as const;
    expect([...ejectedOf(all, policy.ejectionMs - 1, policy)]).toEqual(['a']);
    expect([...ejectedOf(all, policy.ejectionMs, policy)]).toEqual([]);
    expect([...ejectedOf([['a', first]], 0, policy)]).toEqual([]);
  });

  it('is never among more than half, and never out for longer than the policy has it', () => {
    const answers = fc.array(
      fc.record({ of: fc.nat(5), failed: fc.boolean(), afterMs: fc.integer({ min: -5_000, max: 20_000 }) }),
      { maxLength: 300, size: 'max' },
    );
    fc.assert(
      fc.property(answers, (all) => {
        const outliers = new Map(Array.from({ length: 6 }, (_entry, index) => [String(index), soundInstance]));
        let now = 1_000_000;
        for (const { of, failed, afterMs } of all) {
          now += afterMs;
          const next = noteAnswer(outliers.get(String(of)) ?? soundInstance, failed, now, policy);
          outliers.set(String(of), next);
          expect(next.ejectedUntil - now).toBeLessThanOrEqual(policy.maxEjectionMs + 5_000 * all.length);
          const out = ejectedOf([...outliers], now, policy);
          expect(out.size).toBeLessThanOrEqual(3);
          for (const key of out) expect(outliers.get(key)?.ejectedUntil).toBeGreaterThan(now);
          expect(ejectedOf([...outliers], now + policy.maxEjectionMs + 5_000 * all.length, policy).size).toBe(0);
        }
      }),
      { numRuns: 60 },
    );
  });
});
