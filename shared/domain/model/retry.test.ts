import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFailure } from './failure.ts';
import { decideRetry, type RetryPolicy } from './retry.ts';

const policy: RetryPolicy = { maxAttempts: 4, baseDelayMs: 100, maxDelayMs: 1_000, maxRetryAfterMs: 60_000 };
const overloaded = createFailure('overloaded', 'x');
const fresh = { attempt: 1, delivered: false };

describe('decideRetry', () => {
  it('draws the delay from a window that doubles and is bounded', () => {
    const delays = [1, 2, 3].map((attempt) => decideRetry(overloaded, { ...fresh, attempt }, 0.5, policy));
    expect(delays).toEqual([50, 100, 200].map((delayMs) => ({ retry: true, delayMs })));
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 99 }),
        (random, attempt) => {
          const decision = decideRetry(overloaded, { ...fresh, attempt }, random, { ...policy, maxAttempts: 100 });
          expect(decision.retry && decision.delayMs <= policy.maxDelayMs && decision.delayMs >= 0).toBe(true);
        },
      ),
    );
  });

  it('never comes back before Retry-After is over, and not at all when that is too far', () => {
    const limited = createFailure('rate_limited', 'x', 5_000);
    expect(decideRetry(limited, fresh, 0, policy)).toEqual({ retry: true, delayMs: 5_000 });
    expect(decideRetry(limited, fresh, 0.5, policy)).toEqual({ retry: true, delayMs: 5_050 });
    expect(decideRetry(createFailure('rate_limited', 'x', 60_001), fresh, 0, policy)).toEqual({ retry: false });
  });

  it('gives up after the last attempt, after a delivery, and where it cannot help', () => {
    expect(decideRetry(overloaded, { ...fresh, attempt: 4 }, 0, policy)).toEqual({ retry: false });
    expect(decideRetry(overloaded, { ...fresh, delivered: true }, 0, policy)).toEqual({ retry: false });
    for (const kind of ['authentication', 'invalid_request', 'context_too_long', 'cancelled'] as const) {
      expect(decideRetry(createFailure(kind, 'x'), fresh, 0, policy)).toEqual({ retry: false });
    }
  });
});
