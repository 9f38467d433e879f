import { describe, expect, it } from 'vitest';
import { contextTokensOf } from '../context-window.ts';
import { cardsOf, findModelCard, isAble } from './registry.ts';
import { modelTable, tableDate } from './table.gen.ts';

describe('the table', () => {
  it('has each model once, with prices that are whole numbers and not mixed up', () => {
    expect(new Set(modelTable.map(({ name }) => name)).size).toBe(modelTable.length);
    expect(tableDate).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    for (const { name, kind, price, contextTokens, outputTokens, quality } of modelTable) {
      expect(name).toMatch(/^[a-z-]+\/\S+$/);
      for (const rates of [price, price?.long]) {
        if (rates === undefined) continue;
        const { input, cachedInput, output, cacheWrite = input } = rates;
        expect(
          [input, cachedInput, output, cacheWrite].every((rate) => Number.isInteger(rate) && rate >= 0),
          name,
        ).toBe(true);
        expect(cachedInput <= input && input <= cacheWrite, name).toBe(true);
      }
      if (price?.long !== undefined) expect(price.long.input > price.input, name).toBe(true);
      expect(outputTokens ?? 1, name).toBeGreaterThan(0);
      if (kind === 'chat' && contextTokens !== undefined) expect(contextTokens, name).toBeGreaterThan(1_000);
      expect(quality === undefined || (quality >= 0 && quality <= 100), name).toBe(true);
    }
  });

  it('has chat models of every provider, and those that embed', () => {
    for (const provider of ['openai', 'anthropic', 'openrouter', 'workers-ai']) {
      expect(cardsOf(provider).filter(({ kind }) => kind === 'chat').length, provider).toBeGreaterThan(10);
    }
    expect(findModelCard('openai/text-embedding-3-small')).toMatchObject({ kind: 'embedding' });
  });
});

describe('findModelCard', () => {
  it('takes a name with or without its date', () => {
    expect(findModelCard('anthropic/claude-sonnet-4-6-20990101')).toBe(findModelCard('anthropic/claude-sonnet-4-6'));
    expect(findModelCard('offline/engineer?seed=4')?.name).toBe('offline/engineer');
    expect(findModelCard('openai/constructor')).toBeUndefined();
  });

  it('knows how much a model reads', () => {
    expect(contextTokensOf('openai/gpt-5')).toBe(400_000);
    expect(contextTokensOf('anthropic/claude-sonnet-4-5')).toBe(200_000);
    expect(contextTokensOf('openai/mystery')).toBeUndefined();
  });
});

describe('isAble', () => {
  it('needs the ability to be known', () => {
    const card = { name: 'x/y', title: 'y', kind: 'chat' } as const;
    expect(isAble({ ...card, abilities: ['tools', 'images'] }, ['tools'])).toBe(true);
    expect(isAble({ ...card, abilities: ['tools'] }, ['tools', 'images'])).toBe(false);
    expect(isAble(card, ['tools'])).toBe(false);
    expect(isAble(card, [])).toBe(true);
  });
});
