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
];
