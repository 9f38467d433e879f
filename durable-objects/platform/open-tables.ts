/**
 * The rows of an object's own tables, for people. Tables and columns are shown only where they are declared as open, so
 * that a column which is added later and holds a secret is not shown by oversight.
 */
import type { SqlRow, Storage } from './storage.ts';

/** Columns that are shown, by table. The names are the code's own, never a caller's. */
export type OpenTables = Readonly<Record<string, readonly [string, ...string[]]>>;

export interface OpenTable {
  /** All there are. */
  readonly rows: number;
  /** The first of them, by their first open column. */
  readonly first: readonly SqlRow[];
}

const shownRows = 100;

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Each open table. */
export const readOpenTables = (storage: Storage, tables: OpenTables): Readonly<Record<string, OpenTable>> =>
  Object.fromEntries(
    Object.entries(tables).map(([table, columns]) => {
      const [{ rows = 0 } = {}] = storage.sql.exec<{ rows: number }>(`SELECT COUNT(*) AS rows FROM ${quote(table)}`);
      const chosen = columns.map(quote).join(', ');
      const query = `SELECT ${chosen} FROM ${quote(table)} ORDER BY ${quote(columns[0])} LIMIT ?`;
      return [table, { rows, first: storage.sql.exec<SqlRow>(query, shownRows).toArray() }];
    }),
  );
