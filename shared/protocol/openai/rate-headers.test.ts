import { describe, expect, it } from 'vitest';
import { durationText, rateHeaders } from './rate-headers.ts';

describe('the headers of rates', () => {
  it('are there for the units that are limited', () => {
    expect(rateHeaders({})).toEqual({});
    expect(rateHeaders({ tokens: { limit: 10, remaining: 3, resetMs: 42_000 } })).toEqual({
      'x-ratelimit-limit-tokens': '10',
      'x-ratelimit-remaining-tokens': '3',
      'x-ratelimit-reset-tokens': '42s',
    });
  });

  it.each([
    [0, '0ms'],
    [19.2, '20ms'],
    [999.5, '1s'],
    [1_500, '1.5s'],
    [360_000, '6m0s'],
    [61_001, '1m1.001s'],
  ])('say %d ms as %s', (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text);
  });
});
