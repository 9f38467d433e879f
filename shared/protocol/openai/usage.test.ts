import { describe, expect, it } from 'vitest';
import { readUsage } from './usage.ts';

describe('the usage of an answer', () => {
  it('is read with all its parts', () => {
    const usage = {
      prompt_tokens: 12,
      completion_tokens: 10,
      total_tokens: 22,
      prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 3 },
      completion_tokens_details: { reasoning_tokens: 2 },
    };
    expect(readUsage({ usage })).toEqual({
      inputTokens: 12,
      outputTokens: 10,
      cachedInputTokens: 4,
      cacheWriteTokens: 3,
      reasoningTokens: 2,
    });
    expect(readUsage({ usage: { prompt_tokens: 5, total_tokens: 5 } })).toMatchObject({
      inputTokens: 5,
      outputTokens: 0,
    });
  });

  it.each([
    null,
    7,
    {},
    { usage: null },
    { usage: [] },
    { usage: { prompt_tokens: -1 } },
    { usage: { prompt_tokens: 1.5 } },
  ])('is not there: %j', (answer) => {
    expect(readUsage(answer)).toBeUndefined();
  });
});
