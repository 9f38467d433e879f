import { describe, expect, it } from 'vitest';
import { hasLimits, withLimits } from './budget-options.ts';

describe('withLimits', () => {
  it('takes tokens, dollars, steps and minutes', () => {
    const options = { maxTokens: '500000', maxCost: '2.50', maxSteps: '40', maxMinutes: '0.5' };
    expect(withLimits({}, options)).toEqual({
      maxTokens: 500_000,
      maxCostMicros: 2_500_000,
      maxSteps: 40,
      maxWallMs: 30_000,
    });
    expect(withLimits({}, { maxCost: '$0.000001' })).toEqual({ maxCostMicros: 1 });
  });

  it('leaves the other limits as they are and takes one away with "none"', () => {
    const limits = { maxTokens: 10, maxSteps: 5 };
    expect(withLimits(limits, { maxTokens: 'none' })).toEqual({ maxSteps: 5 });
    expect(withLimits(limits, { maxSteps: '6' })).toEqual({ maxTokens: 10, maxSteps: 6 });
    expect(withLimits(limits, { maxCost: 'none' })).toEqual(limits);
  });

  it.each(['0', '-1', '1e9', '0x10', '', ' 5', '1.5', 'five', 'NaN'])('refuses %j tokens', (maxTokens) => {
    expect(() => withLimits({}, { maxTokens })).toThrow('--max-tokens');
  });

  it.each(['0', '0.0000001', '-2', '2,50', '2.50 EUR'])('refuses %j dollars', (maxCost) => {
    expect(() => withLimits({}, { maxCost })).toThrow('--max-cost');
  });

  it('knows whether anything was given', () => {
    expect(hasLimits({})).toBe(false);
    expect(hasLimits({ maxMinutes: 'none' })).toBe(true);
  });
});
