import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChange, offsetAt } from './text-document.ts';
import { DocumentUris } from './uris.ts';

const text = fc
  .array(fc.constantFrom('a', 'é', '😀', '\n', '\r\n', '\r', ' '), { maxLength: 40 })
  .map((parts) => parts.join(''));

/** The position of an offset, by a count of line ends of its own. */
const positionOf = (content: string, offset: number) => {
  const lines = content.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
};

describe('edits', () => {
  it('replace what stands between two places, whatever the line ends', () => {
    fc.assert(
      fc.property(text, fc.nat(60), fc.nat(60), text, (content, one, other, inserted) => {
        const places = [one, other].map((offset) => Math.min(offset, content.length));
        // Between CR and LF there is no place.
        fc.pre(places.every((offset) => !(content[offset - 1] === '\r' && content[offset] === '\n')));
        const [start = 0, end = 0] = places.toSorted((left, right) => left - right);
        const range = { start: positionOf(content, start), end: positionOf(content, end) };
        expect(applyChange(content, { range, text: inserted })).toBe(
          content.slice(0, start) + inserted + content.slice(end),
        );
      }),
    );
  });

  it('end at the end of the line and of the text', () => {
    expect(offsetAt('ab\ncd', { line: 0, character: 99 })).toBe(2);
    expect(offsetAt('ab\ncd', { line: 9, character: 0 })).toBe(5);
  });
});

describe('addresses', () => {
  it('lead to paths below the root and back', () => {
    const uris = new DocumentUris('file:///home/a%20b/x');
    expect(uris.path('file:///home/a b/x/src/%C3%A4.ts')).toBe('src/ä.ts');
    expect(uris.uri('src/ä.ts')).toBe('file:///home/a%20b/x/src/%C3%A4.ts');
  });

  it.each(['file:///etc/passwd', 'file:///home/x', 'file:///home/x/../y', 'file:///home/x/%', 'http://home/x/a'])(
    'do not lead outside: %s',
    (uri) => {
      expect(new DocumentUris('file:///home/x').path(uri)).toBeUndefined();
    },
  );
});
