/** The tables of User. Append only: an entry that was released never changes. */
import type { Migration, OpenTables } from '../../platform/index.ts';
import { serviceHistory, serviceMigrations } from '../service-object.ts';

/** What is shown: who has a profile and which roles. Never a name, a field or a preference of somebody. */
export const userTables: OpenTables = {
  profile: { key: ['account_id'], columns: ['created_at'] },
  role: { key: ['account_id', 'role'], columns: ['account_id', 'role'] },
};

export const userMigrations: readonly Migration[] = serviceMigrations([
  {
    id: 2,
    name: 'profiles',
    // Preferences need no profile: somebody may set them before they have a name.
    up: `
      CREATE TABLE profile (
        account_id TEXT NOT NULL PRIMARY KEY,
        version INTEGER NOT NULL,
        display_name TEXT NOT NULL,
        fields TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE role (
        account_id TEXT NOT NULL REFERENCES profile (account_id) ON DELETE CASCADE,
        role TEXT NOT NULL,
        PRIMARY KEY (account_id, role)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX role_by_name ON role (role, account_id);
      CREATE TABLE preference (
        account_id TEXT NOT NULL,
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (account_id, name)
      ) STRICT, WITHOUT ROWID`,
  },
  serviceHistory(3, userTables),
]);
