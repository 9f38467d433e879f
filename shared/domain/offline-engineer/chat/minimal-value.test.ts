import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../../ports/model-client.ts';
import { minimalValue } from './minimal-value.ts';

/** Formats as `ajv` knows them without a plugin: none are checked there, ours are by the judge. */
const ajv = new Ajv2020({ strict: false, validateFormats: false });

const scalars: fc.Arbitrary<JsonSchema> = fc.oneof(
  fc
    .tuple(fc.nat(20), fc.nat(20))
    .map(([minLength, more]) => ({ type: 'string', minLength, maxLength: minLength + more })),
  fc
    .constantFrom('date', 'date-time', 'email', 'uuid', 'uri', 'ipv4', 'ipv6', 'time', 'duration', 'hostname')
    .map((format) => ({
      type: 'string',
      format,
    })),
  fc
    .constantFrom(
      '^[A-Z]{3}-\\d{4}$',
      '^\\d{5}(-\\d{4})?$',
      '^#[0-9a-f]{6}$',
      '^(red|green)$',
      '^\\S+@\\S+\\.\\w+$',
      '^a.c+$',
    )
    .map((pattern) => ({ type: 'string', pattern })),
  fc.tuple(fc.integer({ min: -50, max: 50 }), fc.nat(20)).map(([minimum, range]) => ({
    type: 'integer',
    minimum,
    maximum: minimum + range,
  })),
  fc.record({ type: fc.constant('number'), exclusiveMinimum: fc.integer({ min: -5, max: 5 }) }),
  fc.record({
    type: fc.constant('integer'),
    minimum: fc.integer({ min: 1, max: 40 }),
    multipleOf: fc.integer({ min: 1, max: 9 }),
  }),
  fc.constantFrom({ type: 'boolean' }, { type: 'null' }, { type: ['string', 'null'] }, { const: 4 }, {}),
  fc.array(fc.string(), { minLength: 1 }).map((choices) => ({ enum: choices })),
  fc.constantFrom({ type: 'string', not: { const: '' } }, { type: 'integer', not: { enum: [0, 1] } }),
);

const names = fc.stringMatching(/^[a-z]{1,8}$/);

const { schema: schemas } = fc.letrec<{ schema: JsonSchema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalars,
    fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: fc.nat(3) }),
    fc.record({
      type: fc.constant('array'),
      prefixItems: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
      minItems: fc.nat(3),
    }),
    fc.record({
      type: fc.constant('array'),
      items: fc.constant({ type: ['integer', 'string'] }),
      minItems: fc.nat(6),
      uniqueItems: fc.constant(true),
    }),
    fc.record({ type: fc.constant('array'), contains: scalars }),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    fc.dictionary(names, tie('schema'), { maxKeys: 4 }).map((properties) => ({
      type: 'object',
      properties,
      required: Object.keys(properties).slice(1),
      additionalProperties: false,
    })),
    fc.tuple(fc.dictionary(names, tie('schema'), { maxKeys: 3 }), fc.nat(4)).map(([properties, minProperties]) => ({
      type: 'object',
      properties,
      minProperties,
      additionalProperties: { type: 'integer' },
    })),
    fc.tuple(names, scalars, names, scalars).map(([left, first, right, second]) => ({
      allOf: [
        { type: 'object', properties: { [left]: first }, required: [left] },
        { type: 'object', properties: { [`${right}2`]: second }, required: [`${right}2`] },
      ],
    })),
    fc.tuple(names, scalars).map(([name, schema]) => ({
      oneOf: [
        { type: 'object', properties: { kind: { const: 'a' }, [`${name}2`]: schema }, required: ['kind', `${name}2`] },
        { type: 'object', properties: { kind: { const: 'b' } }, required: ['kind'] },
      ],
    })),
  ),
}));

const expectKept = (schema: JsonSchema): void => {
  const made = minimalValue(schema, 'value');
  if (!made.ok) throw new Error(`${made.error}: ${JSON.stringify(schema)}`);
  expect(ajv.validate(schema, made.value), JSON.stringify([schema, made.value, ajv.errors])).toBe(true);
};

describe('the minimal value', () => {
  it('keeps to its schema', () => {
    fc.assert(fc.property(schemas, expectKept), { numRuns: 200 });
  });

  it('keeps to schemas whose parts depend on each other', () => {
    const text = { type: 'string' };
    const cases: readonly JsonSchema[] = [
      { type: 'object', properties: { a: text, b: text }, required: ['a'], dependentRequired: { a: ['b'] } },
      { type: 'object', minProperties: 2, patternProperties: { '^x-[a-z]+$': text }, additionalProperties: false },
      { type: 'object', propertyNames: { pattern: '^[A-Z]{2}\\d+$' }, minProperties: 3 },
      { type: 'array', items: { enum: ['a', 'b', 'c'] }, uniqueItems: true, minItems: 3 },
      { type: 'array', items: { type: 'integer' }, contains: { minimum: 5 }, minContains: 2 },
      {
        type: 'object',
        properties: { kind: { enum: ['a', 'b'] }, size: { type: 'integer', minimum: 1 } },
        required: ['kind'],
        if: { properties: { kind: { const: 'b' } } },
        else: { required: ['size'] },
      },
      { anyOf: [{ type: 'string', minLength: 3 }, { type: 'null' }], not: { type: 'null' } },
      { oneOf: [{ type: 'number' }, { type: 'integer' }] },
      { type: 'string', pattern: '^[a-z]+$', minLength: 10, maxLength: 12 },
      { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
      { allOf: [{ type: 'integer', minimum: 3 }, { minimum: 7 }, { enum: [1, 8] }] },
      { $defs: { a: { type: 'string', minLength: 1 } }, type: 'array', items: { $ref: '#/$defs/a' }, minItems: 2 },
      {
        type: 'object',
        properties: { 'a/b': { $ref: '#/$defs/x~1y' } },
        required: ['a/b'],
        $defs: { 'x/y': { const: 1 } },
      },
    ];
    for (const schema of cases) expectKept(schema);
  });

  it('holds what is suggested where it is allowed, also in what is not required', () => {
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer', maximum: 5 }, note: { type: 'string' } },
      required: ['city', 'days'],
      additionalProperties: false,
    };
    const known: Readonly<Record<string, unknown>> = { city: 'Oslo', days: 9, note: 'x' };
    expect(minimalValue(schema, 'value', (name) => known[name])).toEqual({
      ok: true,
      value: { city: 'Oslo', days: 0, note: 'x' },
    });
  });

  it('follows references, also into a tree', () => {
    const node = { type: 'object', properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } } };
    const schema = { $ref: '#/$defs/node', $defs: { node } };
    expect(minimalValue(schema, 'value')).toEqual({ ok: true, value: {} });
    expectKept({ $defs: { node: { ...node, required: ['next'] } }, $ref: '#/$defs/node' });
    expectKept({
      type: 'object',
      properties: { children: { type: 'array', items: { $ref: '#' } } },
      required: ['children'],
    });
    expect(minimalValue({ $ref: '#' }, 'value').ok).toBe(false);
  });

  it.each<[string, JsonSchema]>([
    ['value has a pattern that is too complex', { type: 'string', pattern: '^(a+)+$' }],
    ['value has a pattern that is too complex', { const: 'a'.repeat(300), pattern: '^a*a*$' }],
    ['value has a pattern that is not easily kept to', { type: 'string', pattern: '^(?!a)a$' }],
    ['value allows no value', { enum: [] }],
    ['value allows no value', { type: 'string', minLength: 3, maxLength: 2 }],
    ['value allows no value that is easily found', { type: 'string', enum: [1] }],
    ['value refers to #/nowhere, which is not there', { $ref: '#/nowhere' }],
    [
      'value.a must be longer than 100000 characters',
      { type: 'object', properties: { a: { type: 'string', minLength: 1e6 } }, required: ['a'] },
    ],
    ['value[2] needs items that differ', { type: 'array', minItems: 3, uniqueItems: true, items: { type: 'boolean' } }],
  ])('says why there is none: %s', (error, schema) => {
    expect(minimalValue(schema, 'value')).toEqual({ ok: false, error });
  });
});
