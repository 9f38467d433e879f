import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JsonSchema } from '../../../ports/model-client.ts';
import { minimalValue } from './minimal-value.ts';

const scalars: fc.Arbitrary<JsonSchema> = fc.oneof(
  fc.record({ type: fc.constant('string'), minLength: fc.nat(20) }),
  fc.constantFrom('date', 'date-time', 'email', 'uuid', 'uri', 'ipv4').map((format) => ({ type: 'string', format })),
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
  fc.constantFrom({ type: 'boolean' }, { type: 'null' }, { type: ['string', 'null'] }, { const: 4 }),
  fc.array(fc.string(), { minLength: 1 }).map((choices) => ({ enum: choices })),
);

const { schema: schemas } = fc.letrec<{ schema: JsonSchema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalars,
    fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: fc.nat(3) }),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie('schema'), { maxKeys: 4 }).map((properties) => ({
      type: 'object',
      properties,
      required: Object.keys(properties).slice(1),
      additionalProperties: false,
    })),
  ),
}));

describe('the minimal value', () => {
  it('keeps to its schema', () => {
    fc.assert(
      fc.property(schemas, (schema) => {
        const made = minimalValue(schema, 'value');
        if (!made.ok) throw new Error(made.error);
        // SAFETY: zod's own type of a schema is narrower than what was made above.
        const judged = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(made.value);
        expect(judged.error?.issues, JSON.stringify([schema, made.value])).toBeUndefined();
      }),
    );
  });

  it('follows references, also into a tree', () => {
    const node = { type: 'object', properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } } };
    const schema = { $ref: '#/$defs/node', $defs: { node } };
    expect(minimalValue(schema, 'value')).toEqual({ ok: true, value: {} });
    const endless = { $defs: { node: { ...node, required: ['next'] } }, $ref: '#/$defs/node' };
    expect(minimalValue(endless, 'value').ok).toBe(true);
    expect(minimalValue({ $ref: '#' }, 'value').ok).toBe(false);
  });

  it('has every part of allOf', () => {
    const part = (name: string) => ({ properties: { [name]: { type: 'boolean' } }, required: [name] });
    expect(minimalValue({ allOf: [part('a'), part('b')] }, 'value')).toEqual({
      ok: true,
      value: { a: false, b: false },
    });
  });

  it.each<[string, JsonSchema]>([
    ['value.a has a pattern', { type: 'object', properties: { a: { type: 'string', pattern: 'x' } }, required: ['a'] }],
    ['value allows no value', { enum: [] }],
    ['value refers to #/nowhere, which is not there', { $ref: '#/nowhere' }],
    ['value needs items that differ', { type: 'array', minItems: 2, uniqueItems: true }],
  ])('says why there is none: %s', (error, schema) => {
    expect(minimalValue(schema, 'value')).toEqual({ ok: false, error });
  });
});
