/** The tables of Auth. Append only: an entry that was released never changes. */
import type { Migration, OpenTables } from '../../platform/index.ts';
import { serviceHistory, serviceMigrations } from '../service-object.ts';

/** What is shown: who has an account since when and whether it is disabled. Never an address, a hash, a session or a provider’s name for somebody. */
export const authTables: OpenTables = { account: { key: ['id'], columns: ['is_disabled', 'created_at'] } };

export const authMigrations: readonly Migration[] = serviceMigrations([
  {
    id: 2,
    name: 'accounts_and_sessions',
    // A password hash is null for somebody who only ever came through a provider.
    up: `
      CREATE TABLE account (
        id TEXT NOT NULL PRIMARY KEY,
        email TEXT NOT NULL UNIQUE,
        password_hash TEXT,
        is_disabled INTEGER NOT NULL DEFAULT 0,
        created_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE identity (
        provider TEXT NOT NULL,
        subject TEXT NOT NULL,
        account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        PRIMARY KEY (provider, subject)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE session (
        id TEXT NOT NULL PRIMARY KEY,
        account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        token_hash TEXT NOT NULL,
        previous_hash TEXT,
        rotated_at INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        last_used_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX session_by_account ON session (account_id);
      CREATE INDEX session_by_expiry ON session (expires_at);
      CREATE TABLE attempt (
        subject TEXT NOT NULL PRIMARY KEY,
        failures INTEGER NOT NULL,
        last_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX attempt_by_time ON attempt (last_at);
      CREATE TABLE oidc_start (
        state_hash TEXT NOT NULL PRIMARY KEY,
        provider TEXT NOT NULL,
        redirect_uri TEXT NOT NULL,
        code_verifier TEXT NOT NULL,
        nonce TEXT NOT NULL,
        expires_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
  },
  serviceHistory(3, authTables),
]);
