import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { understand } from '../../offline-engineer/understand.ts';
import { apiTests } from './api-tests.ts';
import { arbitraryOf, propertyTests, writeTests } from './function-tests.ts';
import { readProbe, stableObservations } from './probe.ts';
import { schemaCases } from './schema-cases.ts';
import type { FunctionSignature, Shape } from './signature.ts';
import { makeCalls } from './source-values.ts';

const shape: fc.Arbitrary<Shape> = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Shape>(
      { kind: 'string' },
      { kind: 'number' },
      { kind: 'boolean' },
      { kind: 'null' },
      { kind: 'date' },
    ),
    fc.record({ kind: fc.constant('array' as const), item: tie('shape') }),
    fc.record({
      kind: fc.constant('object' as const),
      fields: fc.array(
        fc.record({ name: fc.constantFrom('a', 'b-c', 'd'), shape: tie('shape'), isOptional: fc.boolean() }),
        { maxLength: 3 },
      ),
    }),
    fc.record({ kind: fc.constant('union' as const), members: fc.array(tie('shape'), { minLength: 1, maxLength: 3 }) }),
  ),
})).shape;

const signatureOf = (more: Partial<FunctionSignature> = {}): FunctionSignature => ({
  file: 'src/a.ts',
  name: 'work',
  line: 1,
  parameters: [{ name: 'value', shape: { kind: 'number' }, isOptional: false, isRest: false }],
  returns: { kind: 'number' },
  isAsync: false,
  constants: [17, 'word'],
  ...more,
});

describe('inputs', () => {
  it('are the same for the same seed, different from each other, and JavaScript', () => {
    fc.assert(
      fc.property(shape, fc.nat(), (made, seed) => {
        const signature = signatureOf({ parameters: [{ name: 'x', shape: made, isOptional: false, isRest: false }] });
        const calls = makeCalls(signature, 12, seed);
        expect(calls).toEqual(makeCalls(signature, 12, seed));
        expect(new Set(calls).size).toBe(calls.length);
        // oxlint-disable-next-line typescript/no-implied-eval -- the text is of this test's own making
        for (const call of calls) expect(() => new Function(`return [${call}]`)()).not.toThrow();
      }),
    );
  });

  it('try the constants of the code and what lies on both sides of them', () => {
    const calls = makeCalls(signatureOf(), 60, 1);
    expect(calls).toEqual(expect.arrayContaining(['16', '17', '18']));
  });

  it('are not made for what cannot be made', () => {
    const parameters = [
      { name: 'x', shape: { kind: 'opaque', text: 'Request' }, isOptional: false, isRest: false },
    ] as const;
    expect(makeCalls(signatureOf({ parameters }), 10, 1)).toEqual([]);
    expect(arbitraryOf({ kind: 'array', item: { kind: 'opaque', text: 'Request' } })).toBeUndefined();
  });
});

describe('observations', () => {
  const probed = { signature: signatureOf(), calls: ['1', '2'] };
  it('are read from the lines of their own probe, and forged ones lead nowhere', () => {
    const lines = [
      { text: '@probe 3 {"at":0,"kind":"value","source":"2"}' },
      { text: '@probe 4 {"at":1,"kind":"value","source":"3"}' },
      { text: '@probe 3 {"at":9,"kind":"value","source":"3"}' },
      { text: '@probe 3 {"at":1}' },
      { text: '@probe 3 nonsense' },
    ];
    expect(readProbe('3', probed, lines)).toEqual([
      { file: 'src/a.ts', name: 'work', call: '1', outcome: { kind: 'value', source: '2' } },
    ]);
  });

  it('count only when two runs agree', () => {
    const seen = (source: string) =>
      readProbe('3', probed, [{ text: `@probe 3 {"at":0,"kind":"value","source":"${source}"}` }]);
    expect(stableObservations(seen('1'), seen('1'))).toHaveLength(1);
    expect(stableObservations(seen('1'), seen('2'))).toEqual([]);
  });
});

describe('properties', () => {
  it('are found by types and names', () => {
    const text: Shape = { kind: 'string' };
    const parse = signatureOf({
      name: 'parsePrice',
      parameters: [{ name: 't', shape: text, isOptional: false, isRest: false }],
    });
    const format = signatureOf({ name: 'formatPrice', returns: text });
    const names = propertyTests([parse, format]).map(({ name }) => name);
    expect(names).toEqual([
      'parsePrice answers whatever it is given',
      'formatPrice answers whatever it is given',
      'parsePrice gives back what formatPrice was given',
    ]);
    expect(writeTests('test/generated', 'src/a.ts', propertyTests([signatureOf()]))).toContain(
      `import { work } from '../../src/a.ts';`,
    );
  });
});

describe('cases of a schema', () => {
  const schema = {
    type: 'object',
    required: ['title'],
    additionalProperties: false,
    properties: {
      title: { type: 'string', minLength: 1, maxLength: 5 },
      copies: { type: 'integer', minimum: 1, maximum: 9 },
      genre: { $ref: '#/components/schemas/Genre' },
    },
  };
  const root = { components: { schemas: { Genre: { enum: ['a', 'b'] } } } };
  const cases = schemaCases(schema, root);
  const verdict = (label: string): boolean | undefined => cases.find((each) => each.label === label)?.isValid;

  it('lie on both sides of each bound, and the validator says which is which', () => {
    expect(verdict('usual')).toBe(true);
    expect(verdict('title of 5 characters')).toBe(true);
    expect(verdict('title of 6 characters')).toBe(false);
    expect(verdict('no title')).toBe(false);
    expect(verdict('copies of 0')).toBe(false);
    expect(verdict('copies of 9')).toBe(true);
    expect(verdict('copies of 10')).toBe(false);
    expect(verdict('genre of "b"')).toBe(true);
    expect(verdict('genre outside of its values')).toBe(false);
    expect(verdict('a field that is not described')).toBe(false);
  });
});

describe('tests of an API', () => {
  it('are made for an application of the offline engineer, with what a record refers to created first', () => {
    const understood = understand(
      '# Notes\n\n## Books\n\n- title (string, required)\n\n## Notes\n\nA note belongs to a book.\n\n- body (string, required, at most 20 characters)\n',
    );
    const files = understood.ok
      ? Object.fromEntries(understood.value.files.map(({ path, content }) => [path, content]))
      : {};
    const [layout] = apiTests(files);
    const names = layout?.tests.map(({ name }) => name) ?? [];
    expect(names).toEqual(
      expect.arrayContaining([
        'a record of /notes lives from its creation to its end',
        'POST /notes refuses: body of 21 characters',
        'GET /books does not know a record that is not there',
      ]),
    );
    expect(layout?.write(layout.tests)).toContain('const book = await create(app, "/books"');
    expect(apiTests({})).toEqual([]);
    expect(apiTests({ ...files, 'openapi.json': '{' })).toEqual([]);
  });
});
