/** The tables of a workspace. Append only: an entry that was released never changes. */
import { budgetAccountTable } from '../budget-accounts.ts';
import { rowHistoryMigration, type Migration, type OpenTables } from '../platform/index.ts';
import { alarmTable } from './alarm-table.ts';
import { apiCallTable } from './call-table.ts';
import { feedbackTables } from './feedback-table.ts';
import { quotaTables } from './quota-table.ts';
import { qualityTables } from './quality-table.ts';
import { vaultTables } from './vault-table.ts';

/** What of them is shown as the workspace's state. Part of a migration: see `rowHistoryMigration`. */
export const workspaceTables: OpenTables = {
  workspace: { key: ['id'], columns: ['id', 'name', 'created_at'] },
  project: { key: ['id'], columns: ['id', 'name', 'created_at'] },
  quality_alarm: { key: ['id'], columns: ['id', 'model', 'measure', 'raised_at', 'updated_at'] },
};

export const workspaceMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'workspace',
    up: `
      CREATE TABLE workspace (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        sequence INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE api_key (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        role TEXT NOT NULL,
        hash TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        revoked_at INTEGER
      ) STRICT;
      CREATE TABLE project (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE redeemed_ticket (
        id TEXT NOT NULL PRIMARY KEY,
        expires_at INTEGER NOT NULL
      ) STRICT`,
  },
  { id: 2, name: 'budget', up: budgetAccountTable },
  { id: 3, name: 'api calls', up: apiCallTable },
  { id: 4, name: 'model quality', up: qualityTables + alarmTable + feedbackTables },
  { id: 5, name: 'vault', up: vaultTables },
  { id: 6, name: 'row history', up: rowHistoryMigration(workspaceTables) },
  { id: 7, name: 'quotas', up: quotaTables },
];
