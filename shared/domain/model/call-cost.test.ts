import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coversAmounts } from '../budget/amounts.ts';
import { amountsOfCall, costOfCall, largestCost } from './call-cost.ts';
import { createFailure } from './failure.ts';
import { outputLimitOf } from './output-limit.ts';

const sizes = fc.record({
  model: fc.constantFrom('openai/gpt-4o', 'anthropic/claude-sonnet-4-6', 'openai/unheard-of', 'offline/engineer'),
  requestBytes: fc.nat(1_000_000),
  maxOutputTokens: fc.integer({ min: 1, max: 200_000 }),
});

describe('the cost of a call', () => {
  it('is never more than was set aside, told or estimated, while the answer keeps to its limit', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(),
        fc.boolean(),
        (size, part, cached, told) => {
          const outputTokens = Math.floor(size.maxOutputTokens * part);
          const inputTokens = Math.floor(size.requestBytes * part);
          const usage = told
            ? { inputTokens, outputTokens, cachedInputTokens: Math.min(cached, inputTokens) }
            : undefined;
          const cost = costOfCall(size, { usage, outputTokens });
          const { need, unpricedModel } = largestCost(size);
          expect(coversAmounts(need, amountsOfCall(cost), ['tokens', 'costMicros', 'steps'])).toBe(true);
          expect(cost.costMicros === undefined).toBe(unpricedModel !== undefined);
        },
      ),
    );
  });

  it('is the provider’s word, nothing for a refusal, and an estimate for the rest', () => {
    const size = { model: 'openai/gpt-4o', requestBytes: 400, maxOutputTokens: 50 };
    const usage = { inputTokens: 12, outputTokens: 10, cachedInputTokens: 4 };
    expect(costOfCall(size, { usage, outputTokens: 99 })).toEqual({ usage, estimated: false, costMicros: 125 });
    const refused = { ...createFailure('provider_error', 'x'), status: 500 };
    expect(costOfCall(size, { usage: undefined, outputTokens: 0, failure: refused })).toMatchObject({
      estimated: false,
      costMicros: 0,
    });
    for (const end of [{ outputTokens: 7 }, { outputTokens: 7, failure: refused }]) {
      expect(costOfCall(size, { usage: undefined, ...end })).toMatchObject({
        usage: { inputTokens: 100, outputTokens: 7 },
        estimated: true,
      });
    }
    const lost = createFailure('connection_lost', 'x');
    expect(costOfCall(size, { usage: undefined, outputTokens: 0, failure: lost }).estimated).toBe(true);
  });

  it('sets aside what a model can say where the request does not limit it', () => {
    expect(
      ['openai/gpt-4o-mini', 'openai/gpt-4.1', 'openai/o3', 'openai/gpt-5', 'openai/x'].map(outputLimitOf),
    ).toEqual([16_384, 32_768, 100_000, 128_000, 128_000]);
  });
});
