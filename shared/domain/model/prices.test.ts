import { describe, expect, it } from 'vitest';
import { largestUsage, likelyUsage, utf8Length } from './estimate.ts';
import { costMicrosOf, findPrice, listPrices } from './prices.ts';

describe('prices', () => {
  it('are found by the full name, with or without a date at its end', () => {
    expect(findPrice('anthropic/claude-sonnet-4-5')).toEqual({
      input: 3_000_000,
      cachedInput: 300_000,
      output: 15_000_000,
    });
    expect(findPrice('anthropic/claude-sonnet-4-5-20250929')).toEqual(findPrice('anthropic/claude-sonnet-4-5'));
    expect(findPrice('openai/gpt-5-2025-08-07')).toEqual(findPrice('openai/gpt-5'));
  });

  it('are not guessed for models that nobody listed', () => {
    expect(findPrice('openai/mystery')).toBeUndefined();
    expect(findPrice('openai/constructor')).toBeUndefined();
    expect(costMicrosOf({ inputTokens: 1, outputTokens: 1, cachedInputTokens: 0 }, undefined)).toBeUndefined();
  });

  it('are nothing for the offline engineer, and what a list of one’s own says', () => {
    expect(
      costMicrosOf({ inputTokens: 9, outputTokens: 9, cachedInputTokens: 0 }, findPrice('offline/engineer?seed=4')),
    ).toBe(0);
    const own = { 'openai/mystery': { input: 1, cachedInput: 1, output: 1 } };
    expect(findPrice('openai/mystery', own)).toBe(own['openai/mystery']);
  });

  it('count cached input at its own price and round up to a whole micro-dollar', () => {
    const price = findPrice('anthropic/claude-sonnet-4-5');
    expect(costMicrosOf({ inputTokens: 1_000, outputTokens: 100, cachedInputTokens: 900 }, price)).toBe(
      300 + 270 + 1_500,
    );
    expect(costMicrosOf({ inputTokens: 1, outputTokens: 0, cachedInputTokens: 1 }, price)).toBe(1);
  });

  it('are whole numbers, and output never costs less than input', () => {
    for (const [model, { input, cachedInput, output }] of Object.entries(listPrices)) {
      expect([input, cachedInput, output].every(Number.isInteger), model).toBe(true);
      expect(cachedInput < input && input < output, model).toBe(true);
    }
  });
});

describe('estimates', () => {
  it('know the length of a text in UTF-8', () => {
    for (const text of ['', 'plain', 'Grüße', '日本語', '🌍🌍', 'a\u0000b']) {
      expect(utf8Length(text)).toBe(Buffer.byteLength(text));
    }
  });

  it('reserve what no call of this size can exceed, and book what it probably was', () => {
    expect(largestUsage(400, 50)).toEqual({ inputTokens: 1_400, outputTokens: 50, cachedInputTokens: 0 });
    expect(likelyUsage(400, 9).inputTokens).toBe(100);
    expect(likelyUsage(0, 9).outputTokens).toBe(3);
  });
});
