import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitSchema } from './schema-fit.ts';

const scalar = fc.oneof(
  fc.integer({ min: -3, max: 12 }),
  fc.constantFrom(0.5, 1.5),
  fc.constantFrom('', 'a', 'ab', 'äöü', '😀'),
  fc.boolean(),
  fc.constant(null),
);
const names = fc.constantFrom('a', 'b', 'c');
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(names, tie('any'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).any;

const count = fc.nat(3);
const some = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
const type = fc.constantFrom('object', 'array', 'string', 'number', 'integer', 'boolean', 'null');

const schema = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.boolean(),
    fc
      .record({
        type: some(fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 }))),
        enum: some(fc.uniqueArray(scalar, { minLength: 1, maxLength: 3 })),
        const: some(scalar),
        minimum: some(fc.integer({ min: -2, max: 5 })),
        exclusiveMaximum: some(fc.integer({ min: 0, max: 9 })),
        multipleOf: some(fc.constantFrom(2, 0.5)),
        minLength: some(count),
        maxLength: some(count),
        minItems: some(count),
        maxItems: some(count),
        uniqueItems: some(fc.boolean()),
        required: some(fc.uniqueArray(names, { maxLength: 2 })),
        maxProperties: some(count),
        properties: some(fc.dictionary(names, tie('any'), { maxKeys: 2, noNullPrototype: true })),
        additionalProperties: some(tie('any')),
        propertyNames: some(fc.constantFrom(true, { maxLength: 1 }, { enum: ['a', 'b'] })),
        prefixItems: some(fc.array(tie('any'), { minLength: 1, maxLength: 2 })),
        items: some(tie('any')),
        contains: some(tie('any')),
        anyOf: some(fc.array(tie('any'), { minLength: 1, maxLength: 2 })),
        oneOf: some(fc.array(tie('any'), { minLength: 1, maxLength: 3 })),
        allOf: some(fc.array(tie('any'), { minLength: 1, maxLength: 2 })),
        not: some(tie('any')),
        if: some(tie('any')),
        // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema; nobody awaits a schema.
        then: some(tie('any')),
        else: some(tie('any')),
        dependentRequired: some(
          fc.dictionary(names, fc.uniqueArray(names, { maxLength: 2 }), { noNullPrototype: true }),
        ),
      })
      .map((record) => Object.fromEntries(Object.entries(record).filter(([, part]) => part !== undefined))),
  ),
})).any;

describe('the fit of a value to a schema', () => {
  it('is what another implementation says, for all keywords that are looked at', () => {
    const others = new Ajv2020({ strict: false, validateSchema: false, logger: false });
    fc.assert(
      fc.property(schema, value, (described, given) => {
        const fit = fitSchema(described, given);
        // SAFETY: made above of nothing but keywords of the standard.
        expect(fit).toBe(others.validate(described as object, given) ? 'fits' : 'misses');
      }),
      { numRuns: 120 },
    );
  });

  it('follows references, also those that lead back', () => {
    const tree = {
      $ref: '#/$defs/node',
      $defs: {
        node: {
          type: 'object',
          properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/node' } } },
          required: ['name'],
          additionalProperties: false,
        },
      },
    };
    expect(fitSchema(tree, { name: 'a', children: [{ name: 'b', children: [] }] })).toBe('fits');
    expect(fitSchema(tree, { name: 'a', children: [{ name: 7 }] })).toBe('misses');
  });

  it('gives up on what would take too long, and never hangs', () => {
    const doubling: Record<string, unknown> = { d0: { type: 'string' } };
    for (let depth = 1; depth < 60; depth += 1) {
      const reference = { $ref: `#/$defs/d${depth - 1}` };
      doubling[`d${depth}`] = { allOf: [reference, reference] };
    }
    expect(fitSchema({ $ref: '#/$defs/d59', $defs: doubling }, 'x')).toBe('unknown');
    expect(fitSchema({ $ref: '#' }, 'x')).toBe('unknown');
    let deep: unknown = 1;
    for (let depth = 0; depth < 5_000; depth += 1) deep = [deep];
    expect(fitSchema({ type: 'array', items: { $ref: '#' } }, deep)).toBe('unknown');
  });

  it('takes patterns as met, and decides nothing by them', () => {
    expect(fitSchema({ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(50)}!`)).toBe('fits');
    expect(fitSchema({ not: { pattern: '^b' } }, 'abc')).toBe('fits');
    expect(fitSchema({ type: 'object', patternProperties: { '^x': {} }, additionalProperties: false }, { x: 1 })).toBe(
      'fits',
    );
    expect(fitSchema({ type: 'number', pattern: '^b' }, 'abc')).toBe('misses');
  });
});
