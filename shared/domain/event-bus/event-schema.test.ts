import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitSchema } from '../model/quality/schema-fit.ts';
import { findIncompatibilities, findSchemaFaults } from './event-schema.ts';

const order = {
  type: 'object',
  properties: { total: { type: 'integer', minimum: 0 }, note: { type: 'string', maxLength: 10 } },
  required: ['total'],
  additionalProperties: false,
};

const leaf = fc.oneof(
  fc.record({ type: fc.constantFrom('integer', 'number'), minimum: fc.integer({ min: -3, max: 3 }) }),
  fc.record({ type: fc.constant('string'), maxLength: fc.nat(3) }),
  fc.record({ enum: fc.uniqueArray(fc.constantFrom('a', 1, true, null), { minLength: 1 }) }),
  fc.record({ type: fc.uniqueArray(fc.constantFrom('string', 'null', 'integer', 'boolean'), { minLength: 1 }) }),
  fc.boolean(),
);
const schemas: fc.Arbitrary<unknown> = fc.letrec<{ schema: unknown }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.record({ type: fc.constant('array'), items: tie('schema') }),
    fc.record(
      {
        type: fc.constant('object'),
        properties: fc.dictionary(fc.constantFrom('a', 'b'), tie('schema')),
        required: fc.uniqueArray(fc.constantFrom('a', 'b')),
        additionalProperties: fc.oneof(fc.boolean(), tie('schema')),
      },
      { requiredKeys: ['type'] },
    ),
  ),
})).schema;

const small = fc.oneof(fc.constantFrom('a', 'abc', 1, -2, 0.5, true, null), fc.string({ maxLength: 4 }));
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    small,
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value')),
  ),
})).value;

/** A schema and one that was made of it by changing something, so that many pairs are nearly the same. */
const changed = (schema: unknown): fc.Arbitrary<unknown> => {
  if (typeof schema !== 'object' || schema === null) return schemas;
  const entries = Object.entries(schema);
  return fc.oneof(
    fc.constant(schema),
    fc.constantFrom(...entries).map(([left]) => Object.fromEntries(entries.filter(([name]) => name !== left))),
    schemas.map((other) => (typeof other === 'object' ? { ...schema, ...other } : other)),
    fc.integer({ min: -3, max: 3 }).map((minimum) => ({ ...schema, minimum })),
  );
};

describe('compatibility of schemas', () => {
  it('is never claimed where a value fits the old one and misses the new one', () => {
    let compatible = 0;
    fc.assert(
      fc.property(
        schemas.chain((before) => fc.tuple(fc.constant(before), changed(before))),
        fc.array(values, { minLength: 20, maxLength: 20 }),
        ([before, after], data) => {
          if (findIncompatibilities(before, after).length > 0) return;
          compatible += 1;
          for (const value of data) {
            if (fitSchema(before, value) === 'fits') expect(fitSchema(after, value)).toBe('fits');
          }
        },
      ),
      { numRuns: 1_000 },
    );
    expect(compatible).toBeGreaterThan(50);
  });

  it('lets a closed object grow and lets bounds loosen, and names what does not fit', () => {
    const grown = {
      ...order,
      title: 'An order',
      properties: { ...order.properties, total: { type: 'number' }, gift: { type: 'boolean' } },
    };
    expect(findIncompatibilities(order, grown)).toEqual([]);
    expect(findIncompatibilities(order, { ...order, required: ['total', 'note'] })).toEqual([
      { at: '/required', reason: 'asks for "note", as it did not before' },
    ]);
    const open = { ...order, additionalProperties: true };
    expect(findIncompatibilities(open, { ...open, properties: grown.properties })).toMatchObject([
      { at: '/properties/gift/type' },
    ]);
    expect(findIncompatibilities(order, { ...order, properties: { total: order.properties.total } })).toMatchObject([
      { at: '/properties/note', reason: 'is no longer allowed' },
    ]);
    expect(findIncompatibilities({ anyOf: [true] }, { anyOf: [false] })).toMatchObject([{ at: '/anyOf' }]);
  });
});

describe('a schema', () => {
  it('is refused where it says what is not checked', () => {
    expect(findSchemaFaults(order)).toEqual([]);
    expect(findSchemaFaults({ properties: { a: { pattern: '(a+)+$' } } })).toEqual([
      { at: '/properties/a/pattern', reason: 'is a keyword that is not checked here' },
    ]);
    expect(findSchemaFaults({ $ref: 'https://example.com/schema' })).toMatchObject([{ at: '/$ref' }]);
    expect(findSchemaFaults('string')).toMatchObject([{ at: '' }]);
    let deep: unknown = {};
    for (let level = 0; level < 100; level += 1) deep = { not: deep };
    expect(findSchemaFaults(deep)).toMatchObject([{ reason: expect.stringContaining('deeper than 32') }]);
  });
});
