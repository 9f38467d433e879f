/**
 * Keeps the D1 read model level with the project's log: a cursor that moves forward only after D1 has the rows, so
 * nothing is missed, and rows that are computed from the present state, so nothing is stale for long.
 */
import {
  agentRecord,
  deploymentRecord,
  messageRecord,
  projectRecord,
  taskRecord,
} from '../../shared/adapters/directory/records.ts';
import type { DirectoryRecord } from '../../shared/adapters/directory/schema.ts';
import { createDirectoryWriter } from '../../shared/adapters/directory/writer.ts';
import type { ProjectState } from '../../shared/domain/project/state.ts';
import { touchedBy, viewAgents, viewProject, viewTasks } from '../../shared/domain/project/views.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { EventStore, Storage } from '../platform/index.ts';
import type { ProjectStore } from './store.ts';

const eventsAtOnce = 2_000;
const messagesAtOnce = 200;

export interface DirectoryFeedParts {
  readonly storage: Storage;
  readonly events: EventStore<ProjectState, ProjectEvent>;
  readonly store: ProjectStore;
  readonly directory: D1Database;
}

/** Every row that follows from the state, or only those that the named tasks touch. */
const composeRecords = (state: ProjectState, sequence: number, taskIds?: ReadonlySet<string>): DirectoryRecord[] => {
  const view = viewProject(state, sequence);
  if (view === undefined) return [];
  const owner = { workspaceId: view.workspaceId, projectId: view.projectId, sourceSequence: sequence };
  return [
    projectRecord(view),
    ...viewTasks(state)
      .filter(({ taskId }) => taskIds === undefined || taskIds.has(taskId))
      .map((task) => taskRecord(owner, task)),
    ...viewAgents(state).map((agent) => agentRecord(owner, agent, view.status)),
    ...view.deployments.map((deployment) => deploymentRecord(owner, deployment)),
  ];
};

/** Writes what has happened since the last time; answers true when there may be more. */
export const feedDirectory = async (parts: DirectoryFeedParts): Promise<boolean> => {
  const { storage, events, store } = parts;
  const cursor = store.directoryCursor();
  const page = events.read({ after: cursor.event, limit: eventsAtOnce });
  const messages = store.messages(cursor.message, messagesAtOnce);
  const acknowledged = store.acknowledgedMessages(messagesAtOnce);
  const { state, sequence } = events;
  const { identity } = state;
  if (identity === undefined || page.length + messages.length + acknowledged.length === 0) return false;
  const taskIds = new Set(page.flatMap(({ event }) => touchedBy(event).taskId ?? []));
  const owner = { workspaceId: identity.workspaceId, projectId: identity.projectId, sourceSequence: sequence };
  await createDirectoryWriter(parts.directory).write([
    ...composeRecords(state, sequence, taskIds),
    ...[...messages, ...acknowledged].map(({ message, acknowledgedAt }) =>
      messageRecord(owner, message, acknowledgedAt),
    ),
  ]);
  storage.transaction(() => {
    store.forgetAcknowledged(acknowledged);
    store.moveDirectoryCursor(page.at(-1)?.sequence ?? cursor.event, messages.at(-1)?.sequence ?? cursor.message);
  });
  const full = page.length === eventsAtOnce || Math.max(messages.length, acknowledged.length) === messagesAtOnce;
  return full || events.sequence > sequence;
};

/** Writes every row again; answers how many. */
export const republishDirectory = async (parts: DirectoryFeedParts): Promise<number> => {
  const { state, sequence } = parts.events;
  const { identity } = state;
  if (identity === undefined) return 0;
  const owner = { workspaceId: identity.workspaceId, projectId: identity.projectId, sourceSequence: sequence };
  const writer = createDirectoryWriter(parts.directory);
  const records = composeRecords(state, sequence);
  await writer.write(records);
  let written = records.length;
  for (let after = 0; ;) {
    const page = parts.store.messages(after, messagesAtOnce);
    if (page.length === 0) return written;
    await writer.write(page.map(({ message, acknowledgedAt }) => messageRecord(owner, message, acknowledgedAt)));
    written += page.length;
    after = page.at(-1)?.sequence ?? after;
  }
};
