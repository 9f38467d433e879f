/** The tables of a conversation. Append only: an entry that was released never changes. */
import { rowHistoryMigration, type Migration, type OpenTables } from '../platform/index.ts';

/** What of them is shown as the conversation's state: never what was said. Part of a migration: see `rowHistoryMigration`. */
export const conversationTables: OpenTables = {
  response: { key: ['id'], columns: ['id', 'previous_id', 'characters', 'expires_at', 'deleted'] },
};

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
  { id: 2, name: 'row history', up: rowHistoryMigration(conversationTables) },
];
