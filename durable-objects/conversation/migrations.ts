/** The tables of a conversation. Append only: an entry that was released never changes. */
import { moreRowHistory, rowHistoryMigration, type Migration, type OpenTables } from '../platform/index.ts';

/** What of them is shown: never what was said. Part of a migration: see `rowHistoryMigration`. */
const responseTables: OpenTables = {
  response: { key: ['id'], columns: ['id', 'previous_id', 'characters', 'expires_at', 'deleted'] },
};

/** The same of a conversation with a name of its own. Part of a later migration. */
const namedTables: OpenTables = {
  conversation: { key: ['id'], columns: ['id', 'created_at'] },
  item: { key: ['id'], columns: ['id', 'sequence', 'characters'] },
};

/** All of the object's state that is shown. */
export const conversationTables: OpenTables = { ...responseTables, ...namedTables };

export const conversationMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'responses',
    // A text may be larger than a row may be, so it is kept in parts.
    up: `
      CREATE TABLE response (
        id TEXT NOT NULL PRIMARY KEY,
        previous_id TEXT,
        characters INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        deleted INTEGER NOT NULL DEFAULT 0
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE response_part (
        response_id TEXT NOT NULL,
        side TEXT NOT NULL,
        part INTEGER NOT NULL,
        content TEXT NOT NULL,
        PRIMARY KEY (response_id, side, part)
      ) STRICT`,
  },
  { id: 2, name: 'row history', up: rowHistoryMigration(responseTables) },
  {
    id: 3,
    name: 'items',
    // There is one conversation or none. Sequences are never given again, so that `given_through`, the last item that was
    // there before a response, stays true when items are deleted.
    up: `
      CREATE TABLE conversation (
        id TEXT NOT NULL PRIMARY KEY,
        metadata TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE item (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        characters INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE item_part (
        sequence INTEGER NOT NULL,
        part INTEGER NOT NULL,
        content TEXT NOT NULL,
        PRIMARY KEY (sequence, part)
      ) STRICT;
      ALTER TABLE response ADD COLUMN given_through INTEGER;
      ${moreRowHistory(namedTables)}`,
  },
];
