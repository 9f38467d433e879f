import { describe, expect, it } from 'vitest';
import { contextTokensOf } from '../domain/model/context-window.ts';
import { largestCost } from '../domain/model/call-cost.ts';
import { cardsOf, findModelCard, isOverridden, overrideCards } from '../domain/model/registry/registry.ts';
import { parseModelCards } from './model-cards.ts';

const price = { input: 7_000_000, cachedInput: 0, output: 9_000_000 };

describe('cards of an operator', () => {
  it('hide of the table only what they say', () => {
    const before = findModelCard('openai/gpt-5');
    const cards = parseModelCards(
      JSON.stringify([
        { name: 'openai/gpt-5', price },
        { name: 'lab/a', contextTokens: 9 },
      ]),
    );
    if (!cards.ok) throw new Error(cards.error);
    overrideCards(cards.value);
    expect(findModelCard('openai/gpt-5-2099-01-01')).toEqual({ ...before, price });
    expect(largestCost({ model: 'openai/gpt-5', requestBytes: 0, maxOutputTokens: 0 }).need.costMicros).toBe(7_000);
    expect([contextTokensOf('lab/a'), cardsOf('lab').length, isOverridden('lab/a')]).toEqual([9, 1, true]);
    overrideCards([]);
    expect([findModelCard('openai/gpt-5'), findModelCard('lab/a')]).toEqual([before, undefined]);
  });

  it('may be none', () => {
    expect(parseModelCards(' ')).toEqual({ ok: true, value: [] });
    expect(parseModelCards('[]')).toEqual({ ok: true, value: [] });
  });

  it.each([
    ['{', 'must be JSON'],
    ['{}', 'must be a list of cards'],
    ['[{"price":{}}]', 'entry 1: name is missing'],
    ['[{"name":"a/b"},{"name":"c"}]', 'entry 2 (c): name must be <provider>/<model>'],
    ['[{"name":"a/b"},{"name":"a/b"}]', 'must not name a model twice'],
    ['[{"name":"a/b","price":{"input":1.5,"cachedInput":0,"output":0}}]', 'entry 1 (a/b): price input must be a whole'],
    ['[{"name":"a/b","price":{"input":1}}]', 'entry 1 (a/b): price cachedInput'],
    ['[{"name":"a/b","abilities":["fly"]}]', 'entry 1 (a/b): abilities 0 must be some of tools'],
    ['[{"name":"a/b","colour":1}]', 'entry 1 (a/b): '],
    ['[{"name":"offline/engineer","quality":100}]', 'is part of the platform'],
  ])('that are wrong are named: %s', (text, words) => {
    const parsed = parseModelCards(text);
    expect(parsed.ok ? '' : parsed.error).toContain(words);
  });
});

describe('what is set aside for a chain', () => {
  it('is what its dearest model can come to, and a model without a price is named', () => {
    const call = { model: 'openai/gpt-5-nano', requestBytes: 100, maxOutputTokens: 100 };
    const alone = largestCost(call).need.costMicros;
    const behind = largestCost({ ...call, model: 'openai/gpt-5' }).need.costMicros;
    expect(behind).toBeGreaterThan(alone);
    expect(largestCost({ ...call, standIns: ['openai/gpt-5'] }).need.costMicros).toBe(behind);
    expect(largestCost({ ...call, standIns: ['openai/unheard-of'] }).unpricedModel).toBe('openai/unheard-of');
  });
});
