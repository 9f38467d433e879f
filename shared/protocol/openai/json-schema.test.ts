import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findSchemaFault } from './json-schema.ts';

describe('a schema', () => {
  it.each<[object, string]>([
    [{ type: 'thing' }, 's.type'],
    [{ type: [] }, 's.type'],
    [{ required: 'a' }, 's.required'],
    [{ required: [1] }, 's.required'],
    [{ enum: 'a' }, 's.enum'],
    [{ properties: [] }, 's.properties'],
    [{ properties: { a: 5 } }, 's.properties.a'],
    [{ properties: { a: { items: { type: 'x' } } } }, 's.properties.a.items.type'],
    [{ items: [{ type: 'string' }, null] }, 's.items[1]'],
    [{ anyOf: [] }, 's.anyOf'],
    [{ oneOf: {} }, 's.oneOf'],
    [{ allOf: [{ type: 'string' }, 'x'] }, 's.allOf[1]'],
    [{ additionalProperties: 5 }, 's.additionalProperties'],
    [{ not: 'x' }, 's.not'],
    [{ $defs: { a: { minLength: -1 } } }, 's.$defs.a.minLength'],
    [{ maximum: '3' }, 's.maximum'],
    [{ multipleOf: 0 }, 's.multipleOf'],
    [{ pattern: '(' }, 's.pattern'],
    [{ $ref: 5 }, 's.$ref'],
  ])('is none, and where: %o', (schema, place) => {
    expect(findSchemaFault(schema, 's')).toBe(place);
  });

  it('is none when it has no end', () => {
    let schema: object = {};
    for (let depth = 0; depth < 40; depth += 1) schema = { items: schema };
    expect(findSchemaFault(schema, 's')).toMatch(/^s(\.items){33}$/);
  });

  it('is one, whatever a schema library makes', () => {
    const made = z.object({
      id: z.uuid(),
      when: z.iso.date().optional(),
      size: z.int().min(0).max(5).nullable(),
      tags: z.array(z.enum(['a', 'b'])).max(3),
      pair: z.tuple([z.string(), z.number()]),
      more: z.record(z.string().regex(/^x/), z.union([z.string(), z.boolean()])),
      kind: z.discriminatedUnion('type', [z.object({ type: z.literal('a') }), z.object({ type: z.literal('b') })]),
    });
    for (const target of ['draft-2020-12', 'draft-7', 'draft-4'] as const) {
      expect(findSchemaFault(z.toJSONSchema(made, { target }), 's')).toBeUndefined();
    }
  });

  it('is one or none, and never an error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect([undefined, 'string']).toContain(
          findSchemaFault(value, 's') === undefined ? undefined : typeof findSchemaFault(value, 's'),
        );
      }),
    );
  });
});
