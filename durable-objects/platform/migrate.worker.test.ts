import { describe, expect, it } from 'vitest';
import { migrate, type Migration, SchemaMismatch, Storage } from './index.ts';
import { freshName, kill, onBareStorage } from './testing/stubs.ts';

const list: readonly Migration[] = [
  { id: 1, name: 'create', up: 'CREATE TABLE item (id INTEGER PRIMARY KEY, price TEXT NOT NULL) STRICT' },
  { id: 2, name: 'seed', up: (sql) => void sql.exec("INSERT INTO item (price) VALUES ('1.50'), ('2.00')") },
  { id: 3, name: 'cents', up: 'ALTER TABLE item ADD COLUMN price_cents INTEGER NOT NULL DEFAULT 0' },
  {
    id: 4,
    name: 'convert',
    up: (sql) => void sql.exec('UPDATE item SET price_cents = CAST(ROUND(CAST(price AS REAL) * 100) AS INTEGER)'),
  },
];
const at = (): number => 1_000;

const applied = (durable: DurableObjectStorage): unknown[] => [
  ...durable.sql.exec('SELECT namespace, id, name, applied_at FROM schema_migration ORDER BY namespace, id').raw(),
];

describe('migrate', () => {
  it('applies in order, records each, and does nothing the second time', () =>
    onBareStorage((durable) => {
      const storage = new Storage(durable);
      migrate(storage, 'object', list, at);
      migrate(storage, 'object', list, () => 2_000);
      expect(applied(durable)).toEqual(list.map(({ id, name }) => ['object', id, name, 1_000]));
      expect([...durable.sql.exec('SELECT price_cents FROM item ORDER BY id').raw()]).toEqual([[150], [200]]);
    }));

  it.each(list.map((_entry, index) => index))('goes on where a kill after migration %i left it', async (index) => {
    const name = freshName('killed');
    await onBareStorage((durable) => {
      migrate(new Storage(durable), 'object', list.slice(0, index), at);
    }, name);
    await kill();
    await onBareStorage((durable) => {
      migrate(new Storage(durable), 'object', list, at);
      expect([...durable.sql.exec('SELECT price_cents FROM item ORDER BY id').raw()]).toEqual([[150], [200]]);
      expect(applied(durable)).toHaveLength(list.length);
    }, name);
  });

  it('undoes a migration that fails half-way, keeps those before it, and repeats it later', () =>
    onBareStorage((durable) => {
      const storage = new Storage(durable);
      const broken: Migration = { id: 3, name: 'cents', up: 'CREATE TABLE half (id INTEGER); SELECT * FROM nowhere' };
      expect(() => migrate(storage, 'object', [...list.slice(0, 2), broken], at)).toThrow('nowhere');
      expect(applied(durable)).toHaveLength(2);
      expect(durable.sql.exec("SELECT name FROM sqlite_master WHERE name = 'half'").toArray()).toEqual([]);
      migrate(storage, 'object', list, at);
      expect(applied(durable)).toHaveLength(4);
    }));

  it('undoes a migration that could not be recorded', () =>
    onBareStorage((durable) => {
      const storage = new Storage(durable);
      const noTime = (): never => {
        throw new Error('no time');
      };
      expect(() => migrate(storage, 'object', list, noTime)).toThrow('no time');
      expect(durable.sql.exec("SELECT name FROM sqlite_master WHERE name = 'item'").toArray()).toEqual([]);
    }));

  it('refuses an object that newer or other code has written, and changes nothing', () =>
    onBareStorage((durable) => {
      const storage = new Storage(durable);
      migrate(storage, 'object', list, at);
      expect(() => migrate(storage, 'object', list.slice(0, 3), at)).toThrow(SchemaMismatch);
      const other = list.map((entry) => (entry.id === 2 ? { ...entry, name: 'renamed' } : entry));
      expect(() => migrate(storage, 'object', other, at)).toThrow(
        'The object has migration "seed" (2) of "object" where this code has "renamed" (2).',
      );
      expect(applied(durable)).toHaveLength(4);
    }));

  it('refuses a list with a gap and an asynchronous migration', () =>
    onBareStorage((durable) => {
      const storage = new Storage(durable);
      expect(() => migrate(storage, 'object', list.slice(1), at)).toThrow('has id 2; its place in the list is 1');
      // A function that returns a promise fits `void`; only running it shows.
      const late: Migration = {
        id: 1,
        name: 'late',
        // oxlint-disable-next-line typescript/no-misused-promises -- this is the mistake that is tested.
        up: async (sql) => void sql.exec('CREATE TABLE late (id INTEGER)'),
      };
      expect(() => migrate(storage, 'object', [late], at)).toThrow('must be synchronous');
      expect(applied(durable)).toEqual([]);
    }));

  it('keeps the lists of two namespaces apart', () =>
    onBareStorage((durable) => {
      const storage = new Storage(durable);
      migrate(storage, 'platform', [{ id: 1, name: 'one', up: 'CREATE TABLE one (id INTEGER) STRICT' }], at);
      migrate(storage, 'object', [{ id: 1, name: 'two', up: 'CREATE TABLE two (id INTEGER) STRICT' }], at);
      expect(applied(durable)).toEqual([
        ['object', 1, 'two', 1_000],
        ['platform', 1, 'one', 1_000],
      ]);
    }));
});
