import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  defaultRetryBudgetPolicy as policy,
  fullRetryBudget,
  takeFromRetryBudget,
  type RetryBudget,
} from './retry-budget.ts';

describe('a retry budget', () => {
  it('lets a quiet provider be tried again, a few times', () => {
    let budget = fullRetryBudget(policy);
    for (let retry = 0; retry < policy.floor; retry += 1) {
      const decision = takeFromRetryBudget(budget, { isRetry: true }, 0, policy);
      expect(decision.allowed).toBe(true);
      ({ budget } = decision);
    }
    const refused = takeFromRetryBudget(budget, { isRetry: true }, 0, policy);
    expect(refused).toMatchObject({ allowed: false, retryAfterMs: policy.floorIntervalMs });
    expect(takeFromRetryBudget(refused.budget, { isRetry: true }, policy.floorIntervalMs, policy).allowed).toBe(true);
  });

  it('earns one retry by ten first calls', () => {
    let budget = { ...fullRetryBudget(policy), retries: 0 };
    for (let call = 0; call < 10; call += 1) {
      expect(takeFromRetryBudget(budget, { isRetry: true }, 0, policy).allowed).toBe(false);
      ({ budget } = takeFromRetryBudget(budget, { isRetry: false }, 0, policy));
    }
    expect(takeFromRetryBudget(budget, { isRetry: true }, 0, policy).allowed).toBe(true);
  });

  it('saves nothing up by time alone beyond its floor, and never more than its capacity', () => {
    const hour = 3_600_000;
    const retriesAtOnce = (start: RetryBudget): number => {
      let budget = start;
      for (let retries = 0; ; retries += 1) {
        const decision = takeFromRetryBudget(budget, { isRetry: true }, hour, policy);
        if (!decision.allowed) return retries;
        ({ budget } = decision);
      }
    };
    expect(retriesAtOnce(fullRetryBudget(policy))).toBe(policy.floor);
    let busy = fullRetryBudget(policy);
    for (let call = 0; call < 10_000; call += 1) {
      busy = takeFromRetryBudget(busy, { isRetry: false }, 0, policy).budget;
    }
    expect(retriesAtOnce(busy)).toBe(policy.capacity);
  });

  it('tells refused callers different times', () => {
    let budget = { ...fullRetryBudget(policy), retries: 0 };
    const times: number[] = [];
    for (let caller = 0; caller < 50; caller += 1) {
      const decision = takeFromRetryBudget(budget, { isRetry: true }, 0, policy);
      if (decision.allowed) throw new Error('there was nothing left');
      ({ budget } = decision);
      times.push(decision.retryAfterMs);
    }
    expect(new Set(times).size).toBe(50);
    expect(Math.max(...times)).toBeLessThanOrEqual(policy.maxWaitMs);
  });

  it('never allows more than it earned, over any time, whatever the clock does', () => {
    const call = fc.record({
      isRetry: fc.boolean(),
      afterMs: fc.oneof(
        { weight: 60, arbitrary: fc.constant(0) },
        { weight: 5, arbitrary: fc.nat(3_000) },
        { weight: 1, arbitrary: fc.constantFrom(-3_600_000, 600_000) },
      ),
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 400, size: 'max' }), fc.nat(400), (calls, from) => {
        let budget = fullRetryBudget(policy);
        let now = 0;
        let passedMs = 0;
        let retries = 0;
        let firsts = 0;
        for (const [index, { isRetry, afterMs }] of calls.entries()) {
          now += afterMs;
          const decision = takeFromRetryBudget(budget, { isRetry }, now, policy);
          ({ budget } = decision);
          if (!decision.allowed) {
            expect(decision.retryAfterMs).toBeGreaterThan(0);
            expect(decision.retryAfterMs).toBeLessThanOrEqual(policy.maxWaitMs);
          }
          if (index < from) continue;
          passedMs += Math.max(0, afterMs);
          if (!isRetry) firsts += 1;
          else if (decision.allowed) retries += 1;
        }
        const earned = policy.capacity + policy.share * firsts + passedMs / policy.floorIntervalMs;
        expect(retries).toBeLessThanOrEqual(earned + 1e-6);
      }),
    );
  });
});
