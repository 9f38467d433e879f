import fc from 'fast-check';
import { expect, it } from 'vitest';
import { endOfText } from './json-text.ts';

const texts = fc.string({ unit: fc.constantFrom('"', '\\', 'a', '\n', 'é', '{', '😀'), maxLength: 20 });

it('the end of a text is found whatever is in it and around it', () => {
  fc.assert(
    fc.property(texts, texts, texts, (before, text, after) => {
      const head = `[${JSON.stringify(before)},`;
      const json = `${head}${JSON.stringify(text)},${JSON.stringify(after)}]`;
      const end = endOfText(json, head.length);
      expect(JSON.parse(json.slice(head.length, end))).toBe(text);
    }),
  );
});

it('a text that is not closed goes to the end', () => {
  for (const json of ['"', '"abc', String.raw`"abc\"`]) expect(endOfText(json, 0)).toBe(json.length);
});
