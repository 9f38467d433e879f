import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { swapModel } from './swap-model.ts';

describe('swapping the model', () => {
  it('changes the outermost model and nothing else', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.string(),
        fc.string(),
        fc.constantFrom(undefined, 1, '\t'),
        (fields, before, after, space) => {
          const text = JSON.stringify({ ...fields, inner: { model: before }, model: before }, undefined, space);
          const expected: unknown = JSON.parse(JSON.stringify({ ...fields, inner: { model: before }, model: after }));
          expect(JSON.parse(swapModel(text, after))).toEqual(expected);
        },
      ),
    );
  });

  it('keeps numbers that JavaScript cannot, and finds the key however it is written', () => {
    expect(swapModel('{"seed":9223372036854775807,"mod\\u0065l" : "a"}', 'b')).toBe(
      '{"seed":9223372036854775807,"mod\\u0065l" : "b"}',
    );
    expect(swapModel('{"model":"a","model":"c"}', 'b')).toBe('{"model":"b","model":"b"}');
    expect(swapModel('{"x":"model","y":["model"],"model":"a"}', 'b')).toBe('{"x":"model","y":["model"],"model":"b"}');
  });
});
