/** The tables of a workspace's catalogue of topics. Append only: an entry that was released never changes. */
import { rowHistoryMigration, type Migration, type OpenTables } from '../platform/index.ts';

/** What of them is shown as the catalogue's state. Part of a migration: see `rowHistoryMigration`. */
export const topicCatalogTables: OpenTables = {
  known_topic: { key: ['name'], columns: ['max_bytes', 'created_at'] },
  subscription: { key: ['name'], columns: ['pattern', 'settings', 'created_at'], json: ['settings'] },
};

export const topicCatalogMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'catalog',
    up: `
      CREATE TABLE known_topic (
        name TEXT PRIMARY KEY,
        max_bytes INTEGER NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE subscription (
        name TEXT PRIMARY KEY,
        pattern TEXT NOT NULL,
        settings TEXT NOT NULL,
        revision INTEGER NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
  },
  { id: 2, name: 'row history', up: rowHistoryMigration(topicCatalogTables) },
];
