import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Filter } from '../../../rpc/services/data.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { compileAfter, compileFilter, compileOrder } from './filter.ts';

interface Row {
  readonly id: string;
  readonly body: { readonly a?: number | null; readonly b?: string; readonly c?: { readonly d?: boolean } };
}

const open = (rows: readonly Row[]): DatabaseSync => {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE record (id TEXT PRIMARY KEY, created_at INTEGER, updated_at INTEGER, body TEXT)');
  const insert = database.prepare('INSERT INTO record VALUES (?, 1, 1, ?)');
  for (const { id, body } of rows) insert.run(id, JSON.stringify(body));
  return database;
};

const idsWhere = (rows: readonly Row[], filter: Filter): readonly string[] => {
  const compiled = compileFilter(filter);
  if (!compiled.ok) throw new Error(compiled.error.detail);
  const { text, bindings } = compiled.value;
  const found = open(rows)
    .prepare(`SELECT id FROM record WHERE ${text} ORDER BY id`)
    .all(...bindings);
  return found.map((row) => String(row['id']));
};

const rows: readonly Row[] = [
  { id: '1', body: { a: 1, b: 'Apple', c: { d: true } } },
  { id: '2', body: { a: 2, b: 'banana', c: { d: false } } },
  { id: '3', body: { a: null, b: "o'brien" } },
  { id: '4', body: {} },
];

describe('filters', () => {
  it.each<[Filter, readonly string[]]>([
    [{ field: 'a', is: 1 }, ['1']],
    [{ field: 'a', is: null }, ['3', '4']],
    [{ field: 'a', isNot: 1 }, ['2', '3', '4']],
    [{ field: 'a', above: 1 }, ['2']],
    [{ field: 'a', atMost: 2 }, ['1', '2']],
    [{ field: 'c.d', is: true }, ['1']],
    [{ field: 'b', oneOf: ['banana', "o'brien"] }, ['2', '3']],
    [{ field: 'b', contains: 'APP' }, ['1']],
    [{ not: { field: 'a', above: 1 } }, ['1', '3', '4']],
    [
      {
        any: [
          { field: 'a', is: 1 },
          { field: 'id', is: '4' },
        ],
      },
      ['1', '4'],
    ],
    [
      {
        all: [
          { field: 'a', atLeast: 1 },
          { field: 'b', contains: 'ban' },
        ],
      },
      ['2'],
    ],
  ])('%j', (filter, expected) => {
    expect(idsWhere(rows, filter)).toEqual(expected);
  });

  it.each([
    [{ field: "a') OR 1=1 --", is: 1 }, 'where.field'],
    [{ field: 'a', is: { $gt: 1 } }, 'where.is'],
    [{ field: 'a' }, 'where'],
    [{ all: [] }, 'where.all'],
    [{ any: [{ field: 'a', oneOf: Array.from({ length: 51 }, () => 1) }] }, 'where.any[0].oneOf'],
    [{ all: Array.from({ length: 81 }, () => ({ field: 'a', is: 1 })) }, 'where'],
    [{ not: { not: { not: { not: { not: { not: { field: 'a', is: 1 } } } } } } }, 'where.not.not.not.not.not.not'],
    ['x', 'where'],
  ])('refuse %j', (filter, field) => {
    expect(compileFilter(filter as unknown as Filter)).toMatchObject({
      ok: false,
      error: { type: 'request.invalid', issues: [{ field }] },
    });
  });
});

describe('pages', () => {
  it('meet every record once, in order, whatever the fields hold', () => {
    const value = fc.record(
      { a: fc.constantFrom(null, 1, 2, 3), b: fc.constantFrom('x', 'y', 'z') },
      { requiredKeys: [] },
    );
    const order = fc.array(fc.record({ field: fc.constantFrom('a', 'b'), descending: fc.boolean() }), { maxLength: 2 });
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 25 }),
        order,
        fc.integer({ min: 1, max: 5 }),
        (bodies, orderBy, size) => {
          const database = open(bodies.map((body, index) => ({ id: String(index).padStart(2, '0'), body })));
          const orders = compileOrder(orderBy);
          if (!orders.ok) throw new Error(orders.error.detail);
          const by = orders.value.map(({ expression, descending }) => `${expression} ${descending ? 'DESC' : 'ASC'}`);
          const keys = orders.value.map(({ expression }, index) => `${expression} AS k${index}`).join(', ');
          const all = database.prepare(`SELECT id FROM record ORDER BY ${by.join(', ')}`).all();
          const seen: unknown[] = [];
          let after = { text: '1', bindings: [] as readonly (string | number | null)[] };
          for (;;) {
            const page = database
              .prepare(`SELECT id, ${keys} FROM record WHERE ${after.text} ORDER BY ${by.join(', ')} LIMIT ${size}`)
              .all(...after.bindings);
            seen.push(...page.map((row) => row['id']));
            const last = page.at(-1);
            if (last === undefined || seen.length > 100) break;
            const values = orders.value.map((_, index) => last[`k${index}`] as string | number | null);
            after = compileAfter(orders.value, decodeCursor(encodeCursor(values), values.length) ?? []);
          }
          expect(seen).toEqual(all.map((row) => row['id']));
        },
      ),
    );
  });

  it('take no cursor that was made up', () => {
    for (const cursor of ['', '[]', 'x', '~', '%', encodeCursor(['a']), 'x'.repeat(10_000), 7, null])
      expect(decodeCursor(cursor, 2)).toBeUndefined();
    expect(decodeCursor(encodeCursor(['ä~%', null, 1.5]), 3)).toEqual(['ä~%', null, 1.5]);
  });
});
