/** The tables of Api. Append only: an entry that was released never changes. */
import type { Migration } from '../../platform/index.ts';
import { serviceMigrations } from '../service-object.ts';

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
]);
