/** The tables of a group. Append only: an entry that was released never changes. */
import { rowHistoryMigration, type Migration, type OpenTables } from '../../platform/index.ts';

/** What is shown: which services there are, since which revision, and what they may reach. What is declared, they show. */
export const groupTables: OpenTables = {
  declaration: {
    key: ['id'],
    columns: ['known_kinds', 'origins', 'revision', 'configured_at'],
    json: ['known_kinds', 'origins'],
  },
};

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
  { id: 2, name: 'row history', up: rowHistoryMigration(groupTables) },
];
