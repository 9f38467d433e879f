/** The tables of Data. Append only: an entry that was released never changes. */
import type { Migration } from '../../platform/index.ts';
import { serviceHistory, serviceMigrations } from '../service-object.ts';

export const dataMigrations: readonly Migration[] = serviceMigrations([
  {
    id: 2,
    name: 'records',
    // Indexes come and go with the declaration: each is over the records of one collection.
    up: `
      CREATE TABLE record (
        collection TEXT NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        owner TEXT,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (collection, id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX record_by_owner ON record (collection, owner, id) WHERE owner IS NOT NULL;
      CREATE TABLE change (
        sequence INTEGER PRIMARY KEY,
        collection TEXT NOT NULL,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        version INTEGER NOT NULL,
        at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX change_by_time ON change (at);
      CREATE TABLE change_head (id INTEGER PRIMARY KEY CHECK (id = 1), latest INTEGER NOT NULL) STRICT;
      INSERT INTO change_head (id, latest) VALUES (1, 0)`,
  },
  serviceHistory(3, {}),
]);
