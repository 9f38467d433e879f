/** The tables of a workspace's catalogue of topics. Append only: an entry that was released never changes. */
import type { Migration } from '../platform/index.ts';

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
];
