import { beforeAll, describe, expect, it } from 'vitest';
import { bindings, newData, newGroup, valueOf } from '../testing/services.ts';

const databases = [
  { name: 'd1', kind: 'd1' as const, binding: 'APP_DATABASE_D1' },
  { name: 'd1-writable', kind: 'd1' as const, binding: 'APP_DATABASE_D1', isReadOnly: false },
  { name: 'postgres', kind: 'postgres' as const, binding: 'APP_DATABASE_POSTGRES' },
  { name: 'postgres-writable', kind: 'postgres' as const, binding: 'APP_DATABASE_POSTGRES', isReadOnly: false },
  { name: 'missing', kind: 'd1' as const, binding: 'APP_DATABASE_MISSING' },
];

describe('a D1 database', () => {
  beforeAll(async () => {
    await bindings.APP_DATABASE_D1.exec('CREATE TABLE product (id INTEGER PRIMARY KEY, title TEXT, picture BLOB)');
    await bindings.APP_DATABASE_D1.exec("INSERT INTO product VALUES (1, 'Tea', x'00'), (2, 'Cake', NULL)");
  });

  it('is asked with bound values, and changed only where that was declared', async () => {
    const data = await newData({ databases });
    const statement = 'SELECT id, title FROM product WHERE title = ?1';
    const hostile = "' OR 1=1 --";
    expect(valueOf(await data.sql({ database: 'd1', statement, parameters: ['Tea'] })).rows).toEqual([
      { id: 1, title: 'Tea' },
    ]);
    expect(valueOf(await data.sql({ database: 'd1', statement, parameters: [hostile] })).rows).toEqual([]);
    const change = "UPDATE product SET title = 'x'";
    expect(await data.sql({ database: 'd1', statement: change })).toMatchObject({ error: { type: 'auth.forbidden' } });
    valueOf(await data.sql({ database: 'd1-writable', statement: "INSERT INTO product VALUES (3, 'Jam', NULL)" }));
    expect(valueOf(await data.sql({ database: 'd1', statement: 'SELECT COUNT(*) AS n FROM product' })).rows).toEqual([
      { n: 3 },
    ]);
  });

  it.each([
    [{ statement: 'SELECT none FROM product' }, 'request.invalid'],
    [{ statement: 'x'.repeat(30_000) }, 'request.invalid'],
    [{ statement: 'SELECT 1', parameters: [{}] }, 'request.invalid'],
    [{ statement: 'SELECT 1', database: 'other' }, 'resource.not_found'],
    [{ statement: 'SELECT 1', database: 'missing' }, 'auth.forbidden'],
  ])('refuses %j', async (question, type) => {
    const data = await newData({ databases });
    const asked = { database: 'd1', ...question } as unknown as Parameters<typeof data.sql>[0];
    expect(await data.sql(asked)).toMatchObject({ ok: false, error: { type } });
  });

  it('is not there for a group that its operator did not name', async () => {
    const data = await newData({ databases }, `other-${newGroup()}`);
    expect(await data.sql({ database: 'd1', statement: 'SELECT 1' })).toMatchObject({
      error: { type: 'auth.forbidden' },
    });
  });
});

describe.skipIf(bindings.POSTGRES_URL === '')('Postgres through Hyperdrive', () => {
  it('is asked with bound values, and itself refuses changes in a read-only question', async () => {
    const data = await newData({ databases });
    const write = async (statement: string) => valueOf(await data.sql({ database: 'postgres-writable', statement }));
    await write('DROP TABLE IF EXISTS product');
    await write(
      'CREATE TABLE product (id bigint PRIMARY KEY, title text, made timestamptz, tags jsonb, picture bytea)',
    );
    await write(`INSERT INTO product VALUES (1, 'Tea', '2026-01-02T03:04:05Z', '{"a": [1]}', '\\x00')`);
    const statement = 'SELECT id, title, made, tags FROM product WHERE title = $1';
    const asked = await data.sql({ database: 'postgres', statement, parameters: ['Tea'] });
    expect(valueOf(asked).rows).toEqual([
      { id: '1', title: 'Tea', made: '2026-01-02T03:04:05.000Z', tags: '{"a":[1]}' },
    ]);
    expect(valueOf(await data.sql({ database: 'postgres', statement, parameters: ["' OR 1=1 --"] })).rows).toEqual([]);
    // A function that writes looks like a read; the database sees through it.
    await write(
      "CREATE OR REPLACE FUNCTION sneak() RETURNS int LANGUAGE sql AS 'INSERT INTO product (id) VALUES (9) RETURNING 1'",
    );
    expect(await data.sql({ database: 'postgres', statement: 'SELECT sneak()' })).toMatchObject({
      error: { type: 'request.invalid', detail: expect.stringContaining('read-only') },
    });
    expect(await data.sql({ database: 'postgres', statement: 'SELECT picture FROM product' })).toMatchObject({
      error: { issues: [{ reason: expect.stringContaining('picture') }] },
    });
    const many = await data.sql({ database: 'postgres', statement: 'SELECT n FROM generate_series(1, 5000) AS n' });
    expect([valueOf(many).rows.length, valueOf(many).truncated]).toEqual([1_000, true]);
  });

  it('is not asked for more than is answered: large rows are fetched in small parts', async () => {
    const data = await newData({ databases });
    const write = async (statement: string) => valueOf(await data.sql({ database: 'postgres-writable', statement }));
    await write('DROP SEQUENCE IF EXISTS fetched');
    await write('CREATE SEQUENCE fetched');
    const { rows, truncated } = await write(
      "SELECT nextval('fetched'), repeat('x', 1000000) AS text FROM generate_series(1, 1000)",
    );
    expect([rows.length, truncated]).toEqual([4, true]);
    const { rows: counted } = await write('SELECT last_value::int AS n FROM fetched');
    expect(counted[0]?.['n']).toBeLessThanOrEqual(50);
  });

  it('says that the connection was lost, and what is not known then', async () => {
    const data = await newData({ databases });
    const statement = 'SELECT pg_terminate_backend(pg_backend_pid())';
    const read = await data.sql({ database: 'postgres', statement });
    expect(read).toMatchObject({ error: { type: 'service.unavailable', detail: expect.stringMatching(/lost[^;]*$/) } });
    expect(await data.sql({ database: 'postgres-writable', statement })).toMatchObject({
      error: { type: 'service.unavailable', detail: expect.stringContaining('whether it took effect is not known') },
    });
    expect(await data.sql({ database: 'postgres', statement: 'SELECT 1 AS one' })).toMatchObject({ ok: true });
  });
});
