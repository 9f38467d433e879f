/** From what an object answers to the rows it keeps in the directory. `sourceSequence` is the owner's sequence. */
import type { Message } from '../../domain/message/envelope.ts';
import { isFinalStatus } from '../../protocol/project-events.ts';
import type { ProjectStatus } from '../../protocol/stages.ts';
import type { AgentView, DeploymentView, ProjectView, TaskView } from '../../rpc/project.ts';
import type { DirectoryRecord } from './schema.ts';

/** The ids that every row of a project carries, and the project's sequence when the row was made. */
export interface RowOwner {
  readonly workspaceId: string;
  readonly projectId: string;
  readonly sourceSequence: number;
}

/** How much of a message the directory keeps, in characters; the whole text stays in the objects. */
const excerptLength = 280;

export const projectRecord = (view: ProjectView): DirectoryRecord => ({
  table: 'project',
  row: {
    id: view.projectId,
    workspaceId: view.workspaceId,
    name: view.name,
    format: view.format,
    status: view.status,
    stage: view.stage,
    revision: view.revision,
    model: view.model,
    reason: view.reason ?? null,
    tasksDone: view.progress.tasksDone,
    tasksTotal: view.progress.tasksTotal,
    createdAt: view.createdAt,
    updatedAt: view.updatedAt,
    sourceSequence: view.sequence,
  },
});

export const taskRecord = (owner: RowOwner, view: TaskView): DirectoryRecord => ({
  table: 'task',
  row: {
    id: view.taskId,
    ...owner,
    key: view.key,
    title: view.title,
    kind: view.kind,
    role: view.role,
    stage: view.stage,
    status: view.status,
    attempt: view.attempt,
    agentId: view.agentId ?? null,
    createdAt: view.createdAt,
    finishedAt: view.finishedAt ?? null,
  },
});

/** @param status of the agent's project */
export const agentRecord = (owner: RowOwner, view: AgentView, status: ProjectStatus): DirectoryRecord => ({
  table: 'agent',
  row: {
    id: view.agentId,
    ...owner,
    role: view.role,
    name: view.name,
    status: view.status,
    taskId: view.taskId ?? null,
    tasksDone: view.tasksDone,
    projectEnded: Number(isFinalStatus(status)),
  },
});

export const deploymentRecord = (owner: RowOwner, view: DeploymentView): DirectoryRecord => ({
  table: 'deployment',
  row: { ...owner, slot: view.slot, version: view.version, action: view.action, deployedAt: view.at },
});

export const messageRecord = (owner: RowOwner, message: Message, acknowledgedAt?: number): DirectoryRecord => ({
  table: 'message',
  row: {
    id: message.messageId,
    ...owner,
    sender: message.sender,
    recipient: message.recipient,
    messageType: message.messageType,
    excerpt: message.content.slice(0, excerptLength),
    sentAt: message.timestamp,
    acknowledgedAt: acknowledgedAt ?? null,
  },
});
