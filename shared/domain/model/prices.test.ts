import { describe, expect, it } from 'vitest';
import { largestUsage, likelyUsage, utf8Length } from './estimate.ts';
import { costMicrosOf, findPrice } from './prices.ts';

describe('prices', () => {
  it('are found by the full name, with or without a date at its end', () => {
    expect(findPrice('anthropic/claude-sonnet-4-5')).toEqual({
      input: 3_000_000,
      cachedInput: 300_000,
      output: 15_000_000,
      cacheWrite: 3_750_000,
    });
    expect(findPrice('anthropic/claude-sonnet-4-5-20250929')).toEqual(findPrice('anthropic/claude-sonnet-4-5'));
    expect(findPrice('openai/gpt-5-2025-08-07')).toEqual(findPrice('openai/gpt-5'));
  });

  it('are not guessed for models that nobody listed', () => {
    expect(findPrice('openai/mystery')).toBeUndefined();
    expect(findPrice('openai/constructor')).toBeUndefined();
    expect(costMicrosOf({ inputTokens: 1, outputTokens: 1, cachedInputTokens: 0 }, undefined)).toBeUndefined();
  });

  it('are nothing for the offline engineer and for a server of one’s own', () => {
    for (const name of ['offline/engineer?seed=4', 'ollama/qwen3']) {
      expect(costMicrosOf({ inputTokens: 9, outputTokens: 9, cachedInputTokens: 0 }, findPrice(name))).toBe(0);
    }
  });

  it('count cached input at its own price and round up to a whole micro-dollar', () => {
    const price = findPrice('anthropic/claude-sonnet-4-5');
    expect(costMicrosOf({ inputTokens: 1_000, outputTokens: 100, cachedInputTokens: 900 }, price)).toBe(
      300 + 270 + 1_500,
    );
    expect(costMicrosOf({ inputTokens: 1, outputTokens: 0, cachedInputTokens: 1 }, price)).toBe(1);
  });

  it('count input that was written to a cache at its surcharge', () => {
    const usage = { inputTokens: 1_000, outputTokens: 0, cachedInputTokens: 100, cacheWriteTokens: 400 };
    expect(costMicrosOf(usage, findPrice('anthropic/claude-sonnet-4-5'))).toBe(1_500 + 30 + 1_500);
    expect(costMicrosOf(usage, findPrice('openai/gpt-5'))).toBe(1_125 + 13);
  });

  it('bill a whole call at the rates for long prompts, from the first token over the limit', () => {
    const price = findPrice('openai/gpt-5.5');
    const above = price?.long?.aboveTokens ?? 0;
    expect(above).toBeGreaterThan(200_000);
    const cost = (inputTokens: number) => costMicrosOf({ inputTokens, outputTokens: 0, cachedInputTokens: 0 }, price);
    expect(cost(above)).toBe(above * 5);
    expect(cost(above + 1)).toBe((above + 1) * 10);
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
