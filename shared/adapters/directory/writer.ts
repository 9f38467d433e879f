/**
 * Writes to the D1 directory. Only objects write here, through their outboxes, so a write may come twice or late:
 * each is an upsert that changes nothing when the row already carries a higher `source_sequence`.
 */
import { eq, getTableColumns, sql, type SQL } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { DirectoryWriter } from './contract.ts';
import { tables, type DirectoryRecord } from './schema.ts';

const rowsInBatch = 50;

type Statement = BatchItem<'sqlite'>;

const excludedColumns = (table: SQLiteTable): Record<string, SQL> =>
  Object.fromEntries(
    Object.entries(getTableColumns(table)).map(([property, column]) => [property, sql.raw(`excluded.${column.name}`)]),
  );

const unlessStale = (sourceSequence: SQLiteColumn): SQL => sql`excluded.source_sequence >= ${sourceSequence}`;

const upsert = (database: DrizzleD1Database, record: DirectoryRecord): Statement => {
  if (record.table === 'deployment') {
    const table = tables.deployment;
    return database
      .insert(table)
      .values(record.row)
      .onConflictDoUpdate({
        target: [table.projectId, table.slot],
        set: excludedColumns(table),
        setWhere: sql`${unlessStale(table.sourceSequence)} AND ${sameWorkspace(table)}`,
      });
  }
  const table = tables[record.table];
  return database
    .insert(table)
    .values(record.row)
    .onConflictDoUpdate({
      target: table.id,
      set: excludedColumns(table),
      setWhere: sql`${unlessStale(table.sourceSequence)} AND ${sameWorkspace(table)}`,
    });
};

/** A row never moves to another workspace, whatever an object says. */
const sameWorkspace = (table: SQLiteTable): SQL => {
  const column = getTableColumns(table)['workspaceId'];
  return column === undefined ? sql`1` : sql`excluded.workspace_id = ${column}`;
};

const runBatch = async (database: DrizzleD1Database, statements: readonly Statement[]): Promise<void> => {
  const [first, ...rest] = statements;
  if (first !== undefined) await database.batch([first, ...rest]);
};

/** A writer over a D1 database. */
export const createDirectoryWriter = (binding: D1Database): DirectoryWriter => {
  const database = drizzle(binding);
  return {
    write: async (records) => {
      for (let start = 0; start < records.length; start += rowsInBatch) {
        const part = records.slice(start, start + rowsInBatch);
        await runBatch(
          database,
          part.map((record) => upsert(database, record)),
        );
      }
    },
    dropProjects: async (workspaceId) => {
      const owned = [tables.project, tables.agent, tables.task, tables.message, tables.deployment];
      await runBatch(
        database,
        owned.map((table) => database.delete(table).where(eq(table.workspaceId, workspaceId))),
      );
    },
    replaceWorkspace: async (workspaceId, records) => {
      await runBatch(database, [
        database.delete(tables.workspace).where(eq(tables.workspace.id, workspaceId)),
        database.delete(tables.apiKey).where(eq(tables.apiKey.workspaceId, workspaceId)),
        ...records.map((record) => upsert(database, record)),
      ]);
    },
  };
};
