import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askForUsage, dropField, swapModel } from './swap-model.ts';

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

describe('asking for the usage', () => {
  it('adds it and changes nothing else', () => {
    const options = fc.constantFrom(undefined, null, {}, { include_usage: false }, { include_obfuscation: true });
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        options,
        fc.constantFrom(undefined, 1, '\t'),
        (fields, stream_options, space) => {
          const request = { ...fields, ...(stream_options === undefined ? {} : { stream_options }), model: 'a' };
          const expected: unknown = JSON.parse(
            JSON.stringify({ ...request, stream_options: { ...stream_options, include_usage: true } }),
          );
          expect(JSON.parse(askForUsage(JSON.stringify(request, undefined, space)))).toEqual(expected);
        },
      ),
    );
  });

  it('keeps the rest of the text to the letter', () => {
    expect(askForUsage('{"seed":9223372036854775807, "stream_options" : null , "x":1.0}')).toBe(
      '{"seed":9223372036854775807, "stream_options" : {"include_usage":true}, "x":1.0}',
    );
    expect(askForUsage('{"seed":9223372036854775807 }\n')).toBe(
      '{"seed":9223372036854775807 ,"stream_options":{"include_usage":true}}\n',
    );
    expect(askForUsage('{"stream_options":7,"n":1}')).toBe('{"stream_options":7,"n":1}');
  });
});

describe('leaving a field out', () => {
  it('changes nothing else, and nothing at all where it is not there', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (fields, value) => {
        const { models: _models, ...expected } = fields;
        const text = JSON.stringify({ ...fields, models: value });
        expect(JSON.parse(dropField(text, 'models'))).toEqual(JSON.parse(JSON.stringify(expected)));
        const without = JSON.stringify(expected);
        expect(dropField(without, 'models')).toBe(without);
      }),
    );
    expect(dropField('{"a":9007199254740993,"models":["x"]}', 'models')).toBe('{"a":9007199254740993}');
  });
});
