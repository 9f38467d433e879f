/** The tables of a group. Append only: an entry that was released never changes. */
import type { Migration } from '../../platform/index.ts';

export const groupMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'declaration',
    // `known_kinds` are those that were ever set up and not erased since.
    up: `
      CREATE TABLE declaration (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        text TEXT NOT NULL,
        origins TEXT NOT NULL,
        known_kinds TEXT NOT NULL,
        revision INTEGER NOT NULL,
        configured_at INTEGER NOT NULL
      ) STRICT`,
  },
];
