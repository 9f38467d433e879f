import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerCollector } from '../model/collect.ts';
import { tellLinked } from './linked-text.ts';

describe('a text with links', () => {
  it('says the same with and without them, and links the words that speak of each', () => {
    const word = fc.string({ minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(word), fc.array(word), (parts, words) => {
        const text = parts.join(' ');
        const links = words.map((said, index) => ({ words: said, title: said, url: `https://a.test/${index}` }));
        const collector = new AnswerCollector();
        for (const event of tellLinked(text, links)) collector.add(event);
        const answer = collector.add({ type: 'finished', stopReason: 'end' });
        if (answer?.ok !== true) throw new Error('It did not finish.');
        expect(answer.text).toBe(text);
        for (const { title, start, end } of answer.links ?? []) expect(text.slice(start, end)).toBe(title);
      }),
    );
  });

  it('links words once, the outer ones', () => {
    const link = (words: string) => ({ words, title: words, url: 'https://a.test/' });
    const told = tellLinked('see a/b and a', [link('a'), link('a/b'), link('c')]);
    expect(told.flatMap((event) => (event.type === 'text_linked' ? [event.link.title] : []))).toEqual(['a/b']);
  });
});
