import { describe, expect, it } from 'vitest';
import { parseRateLimits } from './parse-rate-limits.ts';
import { RateLimiter, type RateLimits } from './rate-limiter.ts';

const limitsOf = (text: string): RateLimits => {
  const parsed = parseRateLimits(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

const call = { workspaceId: 'w', keyId: 'k', model: 'openai/a' };

describe('rate limits as text', () => {
  it('are read by scope, unit and model', () => {
    expect(limitsOf(' key.requests=600,workspace.tokens = 5, openai/gpt-5.4.requests=60,model.tokens=7')).toEqual({
      key: { requests: 600 },
      workspace: { tokens: 5 },
      model: { tokens: 7 },
      models: { 'openai/gpt-5.4': { requests: 60 } },
    });
    expect(limitsOf('')).toEqual({ models: {} });
  });

  it.each([
    'key=5',
    'key.requests=-1',
    'key.requests=0',
    'team.requests=5',
    'key.seconds=5',
    'key.requests=1,key.requests=2',
  ])('are refused with the entry: %s', (text) => {
    const parsed = parseRateLimits(text);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.error).toContain('"');
  });
});

describe('the limiter', () => {
  it('lets nothing through all limits that one of them refuses, and takes nothing of the others then', () => {
    const limiter = new RateLimiter(limitsOf('key.requests=2,workspace.requests=3,model.tokens=100'));
    expect(limiter.admit(call, 60, 0)).toEqual({
      admitted: true,
      standings: {
        requests: { limit: 2, remaining: 1, resetMs: 30_000 },
        tokens: { limit: 100, remaining: 40, resetMs: 36_000 },
      },
    });
    const refused = limiter.admit(call, 60, 0);
    expect(refused).toMatchObject({
      admitted: false,
      scope: 'model',
      unit: 'tokens',
      limit: 100,
      retryAfterMs: 12_000,
    });
    expect(refused.standings.requests?.remaining).toBe(1);
    limiter.correct(call, -50, 0);
    expect(limiter.admit(call, 60, 0).admitted).toBe(true);
    expect(limiter.admit(call, 1, 0)).toMatchObject({ admitted: false, scope: 'key', retryAfterMs: 30_000 });
    expect(limiter.admit({ ...call, keyId: 'other' }, 1, 0).admitted).toBe(true);
    expect(limiter.admit({ ...call, keyId: 'third' }, 1, 0)).toMatchObject({ scope: 'workspace' });
    expect(limiter.admit({ ...call, workspaceId: 'v', keyId: 'fourth' }, 1, 0).admitted).toBe(true);
  });

  it('takes the limit of a named model in place of the general one', () => {
    const limiter = new RateLimiter(limitsOf('model.requests=1,openai/a.requests=2'));
    expect([1, 2, 3].map(() => limiter.admit(call, 1, 0).admitted)).toEqual([true, true, false]);
    const other = { ...call, model: 'openai/constructor' };
    expect([1, 2].map(() => limiter.admit(other, 1, 0).admitted)).toEqual([true, false]);
  });
});
