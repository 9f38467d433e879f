/**
 * The tables of the D1 directory for drizzle. `migrations/` holds the same tables as SQL; a test compares the two.
 * Times are milliseconds since the epoch.
 */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

const sourceSequence = () => integer('source_sequence').notNull();

export const workspace = sqliteTable('workspace', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  createdAt: integer('created_at').notNull(),
  sourceSequence: sourceSequence(),
});

export const apiKey = sqliteTable('api_key', {
  id: text('id').primaryKey(),
  workspaceId: text('workspace_id').notNull(),
  name: text('name').notNull(),
  role: text('role').notNull(),
  /** HMAC-SHA256 of the whole key under the pepper, 64 hex digits. */
  hash: text('hash').notNull(),
  createdAt: integer('created_at').notNull(),
  revokedAt: integer('revoked_at'),
  sourceSequence: sourceSequence(),
});

export const project = sqliteTable('project', {
  id: text('id').primaryKey(),
  workspaceId: text('workspace_id').notNull(),
  name: text('name').notNull(),
  format: text('format').notNull(),
  status: text('status').notNull(),
  stage: text('stage').notNull(),
  revision: integer('revision').notNull(),
  model: text('model').notNull(),
  reason: text('reason'),
  tasksDone: integer('tasks_done').notNull(),
  tasksTotal: integer('tasks_total').notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
  sourceSequence: sourceSequence(),
});

export const agent = sqliteTable('agent', {
  id: text('id').primaryKey(),
  workspaceId: text('workspace_id').notNull(),
  projectId: text('project_id').notNull(),
  role: text('role').notNull(),
  name: text('name').notNull(),
  status: text('status').notNull(),
  taskId: text('task_id'),
  tasksDone: integer('tasks_done').notNull(),
  /** 1 when the agent's project does not move by itself any longer. */
  projectEnded: integer('project_ended').notNull().default(0),
  sourceSequence: sourceSequence(),
});

const task = sqliteTable('task', {
  id: text('id').primaryKey(),
  workspaceId: text('workspace_id').notNull(),
  projectId: text('project_id').notNull(),
  key: text('key').notNull(),
  title: text('title').notNull(),
  kind: text('kind').notNull(),
  role: text('role').notNull(),
  stage: text('stage').notNull(),
  status: text('status').notNull(),
  attempt: integer('attempt').notNull(),
  agentId: text('agent_id'),
  createdAt: integer('created_at').notNull(),
  finishedAt: integer('finished_at'),
  sourceSequence: sourceSequence(),
});

const message = sqliteTable('message', {
  id: text('id').primaryKey(),
  workspaceId: text('workspace_id').notNull(),
  projectId: text('project_id').notNull(),
  sender: text('sender').notNull(),
  recipient: text('recipient').notNull(),
  messageType: text('message_type').notNull(),
  excerpt: text('excerpt').notNull(),
  sentAt: integer('sent_at').notNull(),
  acknowledgedAt: integer('acknowledged_at'),
  sourceSequence: sourceSequence(),
});

export const deployment = sqliteTable(
  'deployment',
  {
    projectId: text('project_id').notNull(),
    slot: text('slot').notNull(),
    workspaceId: text('workspace_id').notNull(),
    version: text('version').notNull(),
    action: text('action').notNull(),
    deployedAt: integer('deployed_at').notNull(),
    sourceSequence: sourceSequence(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.slot] })],
);

export const tables = { workspace, apiKey, project, agent, task, message, deployment };

export type ProjectRow = typeof project.$inferInsert;

/** One row for the directory: plain JSON, so that it can wait in an outbox. */
export type DirectoryRecord =
  | { readonly table: 'workspace'; readonly row: typeof workspace.$inferInsert }
  | { readonly table: 'apiKey'; readonly row: typeof apiKey.$inferInsert }
  | { readonly table: 'project'; readonly row: ProjectRow }
  | { readonly table: 'agent'; readonly row: typeof agent.$inferInsert }
  | { readonly table: 'task'; readonly row: typeof task.$inferInsert }
  | { readonly table: 'message'; readonly row: typeof message.$inferInsert }
  | { readonly table: 'deployment'; readonly row: typeof deployment.$inferInsert };
