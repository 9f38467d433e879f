/** The tables of Api. Append only: an entry that was released never changes. */
import type { Migration, OpenTables } from '../../platform/index.ts';
import { serviceHistory, serviceMigrations } from '../service-object.ts';

/** What is shown: which keys there are and what they may. Never a hash, nor each use. */
export const apiTables: OpenTables = {
  api_key: { key: ['id'], columns: ['name', 'scopes', 'created_at', 'expires_at'], json: ['scopes'] },
};

export const apiMigrations: readonly Migration[] = serviceMigrations([
  {
    id: 2,
    name: 'keys',
    up: `
      CREATE TABLE api_key (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        scopes TEXT NOT NULL,
        secret_hash TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        last_used_at INTEGER,
        expires_at INTEGER
      ) STRICT, WITHOUT ROWID`,
  },
  serviceHistory(3, apiTables),
]);
