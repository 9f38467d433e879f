/** The tables of a conversation. Append only: an entry that was released never changes. */
import type { Migration } from '../platform/index.ts';

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
];
