import { describe, expect, it } from 'vitest';
import { SchemaJudge } from './schema-judge.ts';

/** References that each lead to the one before twice: 2^depth schemas on one value. */
const doubling = (depth: number): Readonly<Record<string, unknown>> => {
  const definitions: Record<string, unknown> = { d0: { type: 'string' } };
  for (let level = 1; level <= depth; level += 1) {
    const reference = { $ref: `#/$defs/d${level - 1}` };
    definitions[`d${level}`] = { allOf: [reference, reference] };
  }
  return { $ref: `#/$defs/d${depth}`, $defs: definitions };
};

describe('a judge of values by a schema', () => {
  it('accepts nothing by a schema that asks for too much, and does not hang on it', () => {
    expect(new SchemaJudge(doubling(5)).accepts('x')).toBe(true);
    expect(new SchemaJudge(doubling(5)).accepts(7)).toBe(false);
    expect(new SchemaJudge(doubling(60)).accepts('x')).toBe(false);
    const inMembers = { anyOf: [true, { additionalProperties: doubling(60), ...doubling(60) }] };
    expect(new SchemaJudge({ ...inMembers, $defs: doubling(60)['$defs'] }).accepts({ a: 1 })).toBe(false);
  });

  it('follows references that lead back as far as the value goes', () => {
    const tree = {
      type: 'object',
      properties: { children: { type: 'array', items: { $ref: '#' } }, name: { type: 'string', pattern: '^[a-z]+$' } },
      required: ['name'],
    };
    const judge = new SchemaJudge(tree);
    expect(judge.accepts({ name: 'a', children: [{ name: 'b' }, { name: 'c', children: [] }] })).toBe(true);
    expect(judge.accepts({ name: 'a', children: [{ name: 'B' }] })).toBe(false);
    expect(new SchemaJudge({ $ref: '#' }).accepts('x')).toBe(false);
  });

  it('accepts a list of some thousand entries', () => {
    const judge = new SchemaJudge({ type: 'array', items: { type: 'integer', minimum: 0 } });
    const entries = Array.from({ length: 5_000 }, (_, index) => index);
    expect(judge.accepts(entries)).toBe(true);
    expect(judge.accepts([...entries, -1])).toBe(false);
  });
});
