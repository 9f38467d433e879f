/** Tables of an app host. */

/** Applied in order, once each; a statement list that has been released is never changed. */
export const migrations: readonly string[] = [
  `CREATE TABLE version (
     version TEXT PRIMARY KEY,
     entry TEXT NOT NULL,
     digest TEXT NOT NULL,
     created_at INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE version_chunk (
     version TEXT NOT NULL REFERENCES version (version) ON DELETE CASCADE,
     position INTEGER NOT NULL,
     text TEXT NOT NULL,
     PRIMARY KEY (version, position)
   ) STRICT;
   CREATE TABLE slot (
     slot TEXT PRIMARY KEY,
     version TEXT NOT NULL REFERENCES version (version),
     previous_version TEXT REFERENCES version (version),
     deployed_at INTEGER NOT NULL,
     requests INTEGER NOT NULL DEFAULT 0,
     errors INTEGER NOT NULL DEFAULT 0
   ) STRICT;`,
  // What a version declares of services, as JSON.
  `ALTER TABLE version ADD COLUMN services TEXT`,
];

/** Brings the database to the newest form, or to that of an earlier list; runs in the constructor, before anything can call. */
export function migrate(storage: DurableObjectStorage, list: readonly string[] = migrations): void {
  const { sql } = storage;
  sql.exec('CREATE TABLE IF NOT EXISTS schema_migration (id INTEGER PRIMARY KEY) STRICT');
  const [row] = sql.exec('SELECT count(*) AS applied FROM schema_migration').toArray();
  const applied = Number(row?.['applied'] ?? 0);
  for (const [id, statements] of list.entries()) {
    if (id < applied) continue;
    storage.transactionSync(() => {
      sql.exec(statements);
      sql.exec('INSERT INTO schema_migration (id) VALUES (?)', id);
    });
  }
}
