/**
 * The rows of an object whose truth is tables and no log of events. Rows and columns are shown only where they are declared
 * as open, so that a column which is added later and holds a secret is not shown by oversight. Triggers write down each
 * change of an open row in the transaction that makes it, so such an object has versions too: it can be read as it was, but
 * never be set back by writing old rows.
 */

/** What is shown of one table. All names are the code's own, never a caller's. */
export interface OpenTable {
  /** What tells its rows apart, in the order of their names in a path. */
  readonly key: readonly [string, ...string[]];
  readonly columns: readonly [string, ...string[]];
  /** Those of the columns that hold JSON text; it is shown as what it says. */
  readonly json?: readonly string[];
}

export type OpenTables = Readonly<Record<string, OpenTable>>;

/** How the names of the triggers begin. */
export const rowHistoryPrefix = 'row_history_';

/** Changes that are kept; older versions are gone. */
const changesKept = 10_000;

const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** SQL for the name of a row: its key's columns, joined by `@`. @param row `NEW`, `OLD`, or the table. */
export const rowKey = (row: string, { key }: OpenTable): string =>
  key.map((column) => `${row}.${quoteName(column)}`).join(` || '@' || `);

/** SQL for the open columns of a row as JSON text. */
export const rowJson = (row: string, { columns }: OpenTable): string =>
  `json_object(${columns.map((column) => `${quoteText(column)}, ${row}.${quoteName(column)}`).join(', ')})`;

const trigger = (name: string, table: OpenTable, event: 'added' | 'changed' | 'removed'): string => {
  const columns = [...new Set([...table.key, ...table.columns])].map(quoteName).join(', ');
  const when = { added: 'INSERT', changed: `UPDATE OF ${columns}`, removed: 'DELETE' }[event];
  const before = event === 'added' ? 'NULL' : rowJson('OLD', table);
  const after = event === 'removed' ? 'NULL' : rowJson('NEW', table);
  // Most updates of a row change none of its open columns.
  const condition = event === 'changed' ? ` WHEN ${before} IS NOT ${after}` : '';
  return `
    CREATE TRIGGER ${quoteName(`${rowHistoryPrefix}${name}_${event}`)} AFTER ${when} ON ${quoteName(name)}${condition} BEGIN
      INSERT INTO row_change (name, row_key, before, after, recorded_at)
      VALUES (${quoteText(name)}, ${rowKey(event === 'removed' ? 'OLD' : 'NEW', table)}, ${before}, ${after},
        CAST(unixepoch('subsec') * 1000 AS INTEGER));
      DELETE FROM row_change WHERE version <= (SELECT MAX(version) FROM row_change) - ${changesKept};
    END;`;
};

/** The text of a later migration that has the changes of more tables written down as well. */
export const moreRowHistory = (tables: OpenTables): string =>
  Object.entries(tables)
    .flatMap(([name, table]) => (['added', 'changed', 'removed'] as const).map((event) => trigger(name, table, event)))
    .join('');

/**
 * The text of a migration that has the changes of these tables written down from then on. It is pinned like any other: what
 * is open later is a migration of its own, which drops the triggers of its table first. Rows of a table are never replaced
 * (`INSERT OR REPLACE`), since SQLite fires no trigger for what that removes.
 */
export const rowHistoryMigration = (tables: OpenTables): string =>
  `
    CREATE TABLE row_change (
      version INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      row_key TEXT NOT NULL,
      before TEXT,
      after TEXT,
      recorded_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX row_change_time ON row_change (recorded_at);
  ` + moreRowHistory(tables);
