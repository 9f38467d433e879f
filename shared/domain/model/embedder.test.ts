import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embedText, mostDimensions } from './embedder.ts';

const likeness = (left: string, right: string): number => {
  const other = embedText(right);
  return embedText(left).reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
};

describe('the offline embedder', () => {
  it('makes vectors of length 1, the same for the same text, in any number of dimensions', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.integer({ min: 1, max: mostDimensions }),
        (text, dimensions) => {
          const vector = embedText(text, dimensions);
          expect(vector).toHaveLength(dimensions);
          expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
          expect(embedText(text, dimensions)).toEqual(vector);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('puts texts with words in common near each other', () => {
    const question = 'How do I rotate the API key of a workspace?';
    const near = likeness(question, 'Rotating API keys: a workspace may have several keys at once.');
    const far = likeness(question, 'The bookshelf example sorts its books by their authors.');
    expect(near).toBeGreaterThan(far + 0.15);
    expect(likeness('parseHttpBody', 'parse the body of http')).toBeGreaterThan(0.3);
    expect(likeness('colour', 'colours')).toBeGreaterThan(0.4);
    expect(likeness(question, question)).toBeCloseTo(1, 5);
  });

  it('stays what it is, because vectors are kept', () => {
    const vector = embedText('The same in every version.', 8);
    expect([...vector].map((value) => Math.round(value * 1_000))).toMatchInlineSnapshot(`
      [
        -263,
        617,
        -395,
        592,
        -197,
        0,
        66,
        0,
      ]
    `);
  });
});
