/** The tables of a service registry. Append only: an entry that was released never changes. */
import type { Migration } from '../platform/index.ts';

export const serviceRegistryMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'leases',
    up: `
      CREATE TABLE service_lease (
        name TEXT NOT NULL,
        instance TEXT NOT NULL,
        token TEXT NOT NULL,
        seconds INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        load REAL NOT NULL,
        PRIMARY KEY (name, instance)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX service_lease_by_end ON service_lease (expires_at)`,
  },
  {
    id: 2,
    name: 'upgrades',
    up: `
      CREATE TABLE upgrade_sight (
        name TEXT PRIMARY KEY,
        sight TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE upgrade_reporter (
        name TEXT NOT NULL,
        reporter TEXT NOT NULL,
        batch INTEGER NOT NULL,
        PRIMARY KEY (name, reporter)
      ) STRICT, WITHOUT ROWID`,
  },
];
