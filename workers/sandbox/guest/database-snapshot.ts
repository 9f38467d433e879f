/**
 * Copies of a whole (small) database, for two things the runtime does not offer to synchronous code:
 * emptying it, and going back to where it was when a transaction began.
 */

interface SchemaEntry {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

interface TableCopy {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlStorageValue[])[];
}

export interface Snapshot {
  readonly schema: readonly SchemaEntry[];
  readonly tables: readonly TableCopy[];
  readonly sequences: readonly (readonly SqlStorageValue[])[];
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function readSchema(sql: SqlStorage): readonly SchemaEntry[] {
  const rows = sql
    .exec(
      `SELECT type, name, sql FROM sqlite_master
       WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'
       ORDER BY rowid`,
    )
    .toArray();
  const entries = rows.map((row) => ({
    type: String(row['type']),
    name: String(row['name']),
    sql: String(row['sql']),
  }));
  const virtual = entries.filter(isVirtual).map(({ name }) => `${name}_`);
  return entries.filter(({ name }) => !virtual.some((prefix) => name.startsWith(prefix)));
}

const isVirtual = (entry: SchemaEntry): boolean => /^create\s+virtual/i.test(entry.sql);

/** Removes every table, view, index and trigger, and forgets the counters of AUTOINCREMENT. */
export function wipe(storage: DurableObjectStorage): void {
  const { sql } = storage;
  if (hasSequences(sql)) {
    // The table of the counters cannot be dropped; a reset of the whole storage is slower and always right.
    void storage.deleteAll();
    return;
  }
  let left = readSchema(sql).filter(({ type }) => type === 'table' || type === 'view');
  while (left.length > 0) {
    // Newest first, so that most references are gone before the table they point to.
    const remaining = left.toReversed().filter((entry) => !drops(sql, entry));
    if (remaining.length === left.length) {
      // Tables that refer to one another in a ring: only a reset of the whole storage removes them.
      void storage.deleteAll();
      return;
    }
    left = remaining.toReversed();
  }
}

function drops(sql: SqlStorage, entry: SchemaEntry): boolean {
  try {
    sql.exec(`DROP ${entry.type.toUpperCase()} IF EXISTS ${quoted(entry.name)}`);
    return true;
  } catch {
    // Still referred to by rows of another table: its turn comes after that one.
    return false;
  }
}

export function takeSnapshot(storage: DurableObjectStorage): Snapshot {
  const { sql } = storage;
  const schema = readSchema(sql);
  const tables = schema.filter(({ type }) => type === 'table').map((entry) => copyTable(sql, entry.name));
  return {
    schema,
    tables,
    sequences: hasSequences(sql) ? [...sql.exec('SELECT name, seq FROM sqlite_sequence').raw()] : [],
  };
}

function hasSequences(sql: SqlStorage): boolean {
  return sql.exec(`SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'`).toArray().length > 0;
}

function copyTable(sql: SqlStorage, name: string): TableCopy {
  const info = sql.exec(`PRAGMA table_xinfo(${quoted(name)})`).toArray();
  const columns = info.filter((column) => column['hidden'] === 0).map((column) => quoted(String(column['name'])));
  const isKeyed = info.some((column) => column['pk'] !== 0);
  // Without a key the hidden row number is all that tells rows apart; with one, it follows from the key.
  const all = isKeyed ? columns : ['_rowid_', ...columns];
  const rows = [...sql.exec(`SELECT ${all.join(', ')} FROM ${quoted(name)}`).raw<SqlStorageValue[]>()];
  return { name, columns: all, rows };
}

/** Puts the database back to the snapshot, all or nothing. */
export function restoreSnapshot(storage: DurableObjectStorage, snapshot: Snapshot): void {
  const { sql } = storage;
  wipe(storage);
  storage.transactionSync(() => {
    sql.exec('PRAGMA defer_foreign_keys = on');
    for (const entry of snapshot.schema) if (entry.type === 'table') sql.exec(entry.sql);
    for (const table of snapshot.tables) {
      const marks = table.columns.map(() => '?').join(', ');
      const insert = `INSERT INTO ${quoted(table.name)} (${table.columns.join(', ')}) VALUES (${marks})`;
      for (const row of table.rows) sql.exec(insert, ...row);
    }
    for (const entry of snapshot.schema) if (entry.type !== 'table') sql.exec(entry.sql);
    for (const [name, sequence] of snapshot.sequences) {
      sql.exec('UPDATE sqlite_sequence SET seq = ? WHERE name = ?', sequence, name);
    }
    // Deferring would last until the runtime's own commit, and hide violations by the statements that follow.
    sql.exec('PRAGMA defer_foreign_keys = off');
  });
}
