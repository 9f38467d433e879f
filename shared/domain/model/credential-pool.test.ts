import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  defaultCredentialPolicy,
  freshPool,
  isFaultOfKey,
  pickCredential,
  settleCredential,
  type CredentialPool,
} from './credential-pool.ts';
import { createFailure, withhold } from './failure.ts';

const ids = ['a', 'b', 'c'];

describe('a pool of keys', () => {
  it('gives each its turn', () => {
    let pool = freshPool;
    const picked = Array.from({ length: 6 }, () => {
      const next = pickCredential(pool, ids, 0);
      ({ pool } = next);
      return next.id;
    });
    expect(picked).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
    expect(pickCredential(freshPool, [], 0).id).toBeUndefined();
  });

  it.each([
    ['a refusal', createFailure('authentication', ''), defaultCredentialPolicy.refusedMs],
    ['a limit', createFailure('rate_limited', ''), defaultCredentialPolicy.limitedMs],
    ['a limit that says how long', createFailure('rate_limited', '', 7_000), 7_000],
    ['a limit that says too much', createFailure('rate_limited', '', 1e9), defaultCredentialPolicy.maxLimitedMs],
    ['a used-up quota', { ...createFailure('rate_limited', ''), retryable: false }, defaultCredentialPolicy.refusedMs],
    ['a broken provider', createFailure('provider_error', ''), 0],
    ['a call that never went out', withhold('', 5_000), 0],
  ])('after %s a key rests', (_name, failure, restMs) => {
    expect(isFaultOfKey(failure)).toBe(restMs > 0);
    const pool = settleCredential(freshPool, 'a', failure, 1_000);
    expect(pickCredential(pool, ['a', 'b'], 1_000 + restMs - 1).id).toBe(restMs === 0 ? 'a' : 'b');
    expect(pickCredential(pool, ['a', 'b'], 1_000 + restMs).id).toBe('a');
  });

  it('never picks a resting key while another may be used, and always picks one', () => {
    const step = fc.record({
      passMs: fc.integer({ min: 0, max: 400_000 }),
      failure: fc.constantFrom(
        undefined,
        createFailure('authentication', ''),
        createFailure('rate_limited', '', 5_000),
        createFailure('timeout', ''),
      ),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let pool: CredentialPool = freshPool;
        let now = 0;
        for (const { passMs, failure } of steps) {
          now += passMs;
          const before = pool.restingUntil;
          const picked = pickCredential(pool, ids, now);
          const id = picked.id ?? 'none';
          expect(ids).toContain(id);
          const isFree = (key: string) => (before[key] ?? 0) <= now;
          if (ids.some(isFree)) expect(isFree(id)).toBe(true);
          pool = settleCredential(picked.pool, id, failure, now);
        }
      }),
    );
  });
});
