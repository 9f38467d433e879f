import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correct, take, type Rate } from './gcra.ts';

const rates = fc.record({
  limit: fc.integer({ min: 1, max: 1_000 }),
  periodMs: fc.integer({ min: 1_000, max: 60_000 }),
});
const steps = fc.array(fc.record({ afterMs: fc.nat(5_000), cost: fc.integer({ min: 1, max: 30 }) }), {
  maxLength: 200,
});

const run = (rate: Rate, course: readonly { readonly afterMs: number; readonly cost: number }[]) => {
  let paidAt: number | undefined;
  let now = 1_000_000;
  return course.map(({ afterMs, cost }) => {
    now += afterMs;
    const before = paidAt;
    const verdict = take(paidAt, now, rate, cost);
    ({ paidAt } = verdict);
    return { now, cost: Math.min(cost, rate.limit), before, ...verdict };
  });
};

describe('a rate', () => {
  it('admits in every stretch of time at most the limit and what grows back in it', () => {
    fc.assert(
      fc.property(rates, steps, (rate, course) => {
        const admitted = run(rate, course).filter((step) => step.admitted);
        for (const [index, first] of admitted.entries()) {
          let sum = 0;
          for (const step of admitted.slice(index)) {
            sum += step.cost;
            const grownMs = step.now - first.now;
            expect(sum).toBeLessThanOrEqual(rate.limit + (rate.limit * grownMs) / rate.periodMs + 1e-3);
          }
        }
      }),
    );
  });

  it('says truly when to come again and what is left', () => {
    fc.assert(
      fc.property(rates, steps, (rate, course) => {
        for (const step of run(rate, course)) {
          if (!step.admitted) {
            expect(step.paidAt).toBe(step.before);
            expect(step.retryAfterMs).toBeGreaterThan(0);
            expect(take(step.before, step.now + Math.ceil(step.retryAfterMs), rate, step.cost).admitted).toBe(true);
          }
          if (step.remaining > 0) expect(take(step.paidAt, step.now, rate, step.remaining).admitted).toBe(true);
          if (step.remaining < rate.limit) {
            expect(take(step.paidAt, step.now, rate, step.remaining + 1).admitted).toBe(false);
          }
          const full = take(step.paidAt, step.now + Math.ceil(step.resetMs), rate, rate.limit);
          expect(full.admitted).toBe(true);
        }
      }),
    );
  });

  it('admits the whole limit at once, more than it only in an idle time, and then nothing', () => {
    const rate = { limit: 3, periodMs: 60_000 };
    expect(take(undefined, 0, rate, 3)).toMatchObject({ admitted: true, remaining: 0, resetMs: 60_000 });
    const large = take(undefined, 0, rate, 50);
    expect(large).toMatchObject({ admitted: true, remaining: 0 });
    expect(take(large.paidAt, 1, rate, 1)).toMatchObject({ admitted: false, retryAfterMs: 19_999 });
  });

  it('is corrected both ways, and what went beyond it is waited for', () => {
    const rate = { limit: 60, periodMs: 60_000 };
    const { paidAt } = take(undefined, 0, rate, 10);
    expect(take(correct(paidAt, 0, rate, -10), 0, rate, 60).admitted).toBe(true);
    expect(correct(paidAt, 0, rate, -50)).toBe(0);
    expect(take(correct(paidAt, 0, rate, 110), 0, rate, 1).retryAfterMs).toBeCloseTo(61_000);
  });
});
