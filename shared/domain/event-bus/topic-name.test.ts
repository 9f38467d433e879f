import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesTopic, parseTopicName, parseTopicPattern, type TopicName } from './topic-name.ts';

const topic = (text: string): TopicName => {
  const parsed = parseTopicName(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

const matches = (pattern: string, name: string): boolean => {
  const parsed = parseTopicPattern(pattern);
  if (!parsed.ok) throw new Error(parsed.error);
  return matchesTopic(parsed.value, topic(name));
};

const words = fc.array(fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/), { minLength: 1, maxLength: 6 });

describe('names of topics', () => {
  it('are refused with the reason when they are too long or of another form', () => {
    expect(parseTopicName('a'.repeat(10_000))).toMatchObject({ error: expect.stringContaining('10000 characters') });
    expect(parseTopicName(Array(17).fill('a').join('.'))).toMatchObject({ error: expect.stringContaining('17 words') });
    for (const text of ['', '.', 'a.', '.a', 'a..b', 'a b', 'a/b', 'orders.*', 'orders.>', 'ä', 'a\n', '../x']) {
      expect(parseTopicName(text).ok).toBe(false);
    }
    for (const text of ['orders', 'orders.created', 'project.prj_01hf7yat00'])
      expect(parseTopicName(text).ok).toBe(true);
  });

  it('have wildcards only in patterns', () => {
    for (const text of ['>.a', 'a.>.b', 'a*', '**', 'a.', '']) expect(parseTopicPattern(text).ok).toBe(false);
    expect(parseTopicPattern('orders.created').ok).toBe(true);
  });

  it('are met by patterns word by word', () => {
    expect(matches('orders.*', 'orders.created')).toBe(true);
    expect(matches('orders.*', 'orders')).toBe(false);
    expect(matches('orders.*', 'orders.created.eu')).toBe(false);
    expect(matches('orders.>', 'orders.created.eu')).toBe(true);
    expect(matches('orders.>', 'orders')).toBe(false);
    expect(matches('*.created', 'orders.created')).toBe(true);
    expect(matches('>', 'orders')).toBe(true);
  });

  it('are met by what comes of them by replacing words with wildcards, and by no pattern of another length', () => {
    fc.assert(
      fc.property(words, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), fc.nat(5), (list, stars, cut) => {
        const name = list.join('.');
        const starred = list.map((word, index) => (stars[index] === true ? '*' : word));
        expect(matches(starred.join('.'), name)).toBe(true);
        expect(matches([...starred, '*'].join('.'), name)).toBe(false);
        const kept = starred.slice(0, Math.min(cut, list.length - 1));
        expect(matches([...kept, '>'].join('.'), name)).toBe(true);
      }),
    );
  });
});
