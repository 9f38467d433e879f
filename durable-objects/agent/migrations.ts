import { budgetAccountTable } from '../budget-accounts.ts';
import type { Migration } from '../platform/index.ts';

export const agentMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'mailbox',
    up: `
      CREATE TABLE message (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        message_id TEXT NOT NULL UNIQUE,
        direction TEXT NOT NULL CHECK (direction IN ('received', 'sent')),
        message TEXT NOT NULL,
        acknowledged_at INTEGER
      ) STRICT;
    `,
  },
  {
    id: 2,
    name: 'model calls and budget',
    up: `
      CREATE TABLE model_call (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id TEXT NOT NULL,
        step INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        model TEXT NOT NULL,
        request_hash TEXT NOT NULL,
        request_bytes INTEGER NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('started', 'answered', 'failed', 'interrupted')),
        reserved TEXT NOT NULL,
        input_tokens INTEGER NOT NULL DEFAULT 0,
        output_tokens INTEGER NOT NULL DEFAULT 0,
        cached_input_tokens INTEGER NOT NULL DEFAULT 0,
        estimated INTEGER NOT NULL DEFAULT 0,
        cost_micros INTEGER,
        started_at INTEGER NOT NULL,
        settled_at INTEGER,
        UNIQUE (run_id, step, attempt)
      ) STRICT;
      CREATE INDEX model_call_started ON model_call (sequence) WHERE status = 'started';
      CREATE TABLE model_call_part (
        call INTEGER NOT NULL REFERENCES model_call (sequence),
        part INTEGER NOT NULL,
        events TEXT NOT NULL,
        PRIMARY KEY (call, part)
      ) STRICT;
      ${budgetAccountTable}
    `,
  },
];
