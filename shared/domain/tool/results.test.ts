import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capResult, laterPage, maxToolResultLength, readCursor } from './results.ts';

const note = /\n\[characters \d+ to \d+ of \d+; read on: read_more with cursor (.*)\]$/;

/** All pages of a text, as somebody reads them who follows the cursors. */
const readAll = (text: string): string => {
  const first = capResult({ content: text }, 'tool/1/call');
  let page: string | undefined = first.content;
  let all = '';
  while (page !== undefined) {
    const cursor: string | undefined = note.exec(page)?.[1];
    all += page.replace(note, '');
    const place: ReturnType<typeof readCursor> = cursor === undefined ? undefined : readCursor(cursor);
    page = place === undefined ? undefined : laterPage(first.whole ?? '', place.from, place.call);
  }
  return all;
};

describe('pages of a result', () => {
  it('give the whole text, whatever stands at their borders', () => {
    assert(
      property(string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), (part) => {
        const text = part.repeat(Math.ceil((2.5 * maxToolResultLength) / part.length));
        expect(readAll(text)).toBe(text);
        expect(capResult({ content: text }, 'x').content.isWellFormed()).toBe(text.isWellFormed());
      }),
      { numRuns: 20 },
    );
  });

  it('leave short results as they are', () => {
    const result = { content: 'short' };
    expect(capResult(result, 'x')).toBe(result);
  });

  it('read no cursor out of other texts', () => {
    for (const text of ['', 'tool/1/call', '@5', 'tool/1/call@', 'tool/1/call@-1', 'tool/1/call@1e3']) {
      expect(readCursor(text)).toBeUndefined();
    }
    expect(readCursor('tool/1/a@b@7')).toEqual({ call: 'tool/1/a@b', from: 7 });
  });
});
