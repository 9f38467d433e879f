/**
 * Brings an object's tables to the present shape, synchronously in its constructor: one transaction per migration,
 * so that a kill between any two leaves an object that starts and goes on. A constructor that throws fails each call
 * and is tried again with the next one, so a refused object serves nothing and breaks nothing.
 */

import { statement, type Storage } from './storage.ts';

/** Append-only; applied synchronously in the constructor, one transaction each, recorded in `schema_migration`. */
export interface Migration {
  /** 1, 2, 3, … without gaps. */
  readonly id: number;
  readonly name: string;
  readonly up: string | ((sql: SqlStorage) => void);
}

/** The recorded migrations are not the beginning of the code's: the object was written by other code. */
export class SchemaMismatch extends Error {
  override readonly name = 'SchemaMismatch';
}

const createTable = statement`
  CREATE TABLE IF NOT EXISTS schema_migration (
    namespace TEXT NOT NULL,
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    applied_at INTEGER NOT NULL,
    PRIMARY KEY (namespace, id)
  ) STRICT, WITHOUT ROWID`;
const selectApplied = statement<[namespace: string], { id: number; name: string }>`
  SELECT id, name FROM schema_migration WHERE namespace = ? ORDER BY id`;
const recordApplied = statement<[namespace: string, id: number, name: string, appliedAt: number]>`
  INSERT INTO schema_migration (namespace, id, name, applied_at) VALUES (?, ?, ?, ?)`;

const checkList = (namespace: string, migrations: readonly Migration[]): void => {
  for (const [index, { id, name }] of migrations.entries()) {
    if (id !== index + 1) {
      throw new SchemaMismatch(
        `Migration "${name}" of "${namespace}" has id ${id}; its place in the list is ${index + 1}.`,
      );
    }
  }
};

/**
 * Applies what is missing of one list.
 * @param namespace whose list it is, `platform` or `object`: the two grow independently.
 * @throws SchemaMismatch when the recorded list is not a prefix of this one; nothing is changed then.
 */
export const migrate = (
  storage: Storage,
  namespace: string,
  migrations: readonly Migration[],
  now: () => number,
): void => {
  checkList(namespace, migrations);
  storage.run(createTable);
  const applied = storage.all(selectApplied, namespace);
  for (const [index, row] of applied.entries()) {
    const known = migrations[index];
    if (known === undefined || known.id !== row.id || known.name !== row.name) {
      const expected = known === undefined ? 'no migration' : `"${known.name}" (${known.id})`;
      throw new SchemaMismatch(
        `The object has migration "${row.name}" (${row.id}) of "${namespace}" where this code has ${expected}.`,
      );
    }
  }
  for (const migration of migrations.slice(applied.length)) {
    storage.transaction(() => {
      const { up } = migration;
      // Nested, because the transaction refuses a promise and a function that returns one fits the type of `up`.
      storage.transaction<unknown>(() => (typeof up === 'string' ? void storage.sql.exec(up) : up(storage.sql)));
      storage.run(recordApplied, namespace, migration.id, migration.name, now());
    });
  }
};
