/**
 * The only place where objects are addressed. A name is `<workspace>/<kind>/<id>`, made from ids whose form was checked
 * and from the verified caller's workspace, never from a request body; so another workspace's id leads to an empty object.
 */
import type { AgentId, ConversationId, ProjectId, WorkspaceId } from '../shared/domain/ids.ts';
import type { PlatformKind } from '../shared/domain/service-registry/platform-kinds.ts';
import type { TopicName } from '../shared/domain/event-bus/topic-name.ts';
import type { AgentRpc } from '../shared/rpc/agent.ts';
import type { ComposerRpc } from '../shared/rpc/composer.ts';
import type { ConversationItemsRpc } from '../shared/rpc/conversation-items.ts';
import type { ConversationRpc } from '../shared/rpc/conversation.ts';
import type { TopicCatalogRpc, TopicRpc } from '../shared/rpc/event-bus.ts';
import { trialPrefix, type ManagedObjectRpc } from '../shared/rpc/managed-object.ts';
import type { ProjectRpc } from '../shared/rpc/project.ts';
import type { ProjectPoolsRpc } from '../shared/rpc/project-pools.ts';
import type { ProjectToolsRpc } from '../shared/rpc/project-tools.ts';
import type { ProjectBehaviourRpc } from '../shared/rpc/behaviour.ts';
import type { ProjectQualityRpc } from '../shared/rpc/quality.ts';
import type { AgentReplayRpc, ProjectReplayRpc, RepositoryReplayRpc } from '../shared/rpc/replay.ts';
import type { RepositoryRpc } from '../shared/rpc/repository.ts';
import type { ServiceRegistryRpc } from '../shared/rpc/service-registry.ts';
import type { ServiceUpgradesRpc } from '../shared/rpc/service-upgrades.ts';
import type { WorkspaceRpc } from '../shared/rpc/workspace-access.ts';

/** The bindings of the platform's objects, under the names of `wrangler.toml`. */
export interface ObjectBindings {
  readonly PROJECT: DurableObjectNamespace;
  readonly AGENT: DurableObjectNamespace;
  readonly REPOSITORY: DurableObjectNamespace;
  readonly WORKSPACE: DurableObjectNamespace;
  readonly CONVERSATION: DurableObjectNamespace;
  readonly SERVICE_REGISTRY: DurableObjectNamespace;
  readonly TOPIC: DurableObjectNamespace;
  readonly TOPIC_CATALOG: DurableObjectNamespace;
  readonly COMPOSER: DurableObjectNamespace;
}

/** The part of an object that answers HTTP: WebSocket upgrades, and git for the repository. */
interface Fetching {
  fetch(request: Request): Promise<Response>;
}

export type ProjectStub = ManagedObjectRpc &
  ProjectRpc &
  ProjectReplayRpc &
  ProjectQualityRpc &
  ProjectToolsRpc &
  ProjectPoolsRpc &
  ProjectBehaviourRpc &
  Fetching;
export type AgentStub = ManagedObjectRpc & AgentRpc & AgentReplayRpc & Fetching;
export type RepositoryStub = ManagedObjectRpc & RepositoryRpc & RepositoryReplayRpc & Fetching;
export type WorkspaceStub = ManagedObjectRpc & WorkspaceRpc;
export type ConversationStub = ManagedObjectRpc & ConversationRpc & ConversationItemsRpc;
export type ServiceRegistryStub = ManagedObjectRpc & ServiceRegistryRpc & ServiceUpgradesRpc & Fetching;
export type TopicStub = ManagedObjectRpc & TopicRpc & Fetching;
export type TopicCatalogStub = ManagedObjectRpc & TopicCatalogRpc;
export type ComposerStub = ManagedObjectRpc & ComposerRpc;

/** `<workspace>/<kind>/<id>`. */
export const objectName = (workspaceId: WorkspaceId, kind: PlatformKind, id: string): string =>
  `${workspaceId}/${kind}/${id}`;

/**
 * A fresh stub, of no type yet: the platform's own mapped type would lose the branches of `Result`, so each function
 * below casts once to the interface that the class implements.
 */
const stubOf = (namespace: DurableObjectNamespace, name: string): unknown => namespace.getByName(name);

export const projectStub = (
  bindings: Pick<ObjectBindings, 'PROJECT'>,
  workspaceId: WorkspaceId,
  projectId: ProjectId,
): ProjectStub =>
  // SAFETY: ProjectObject implements ProjectRpc.
  stubOf(bindings.PROJECT, objectName(workspaceId, 'project', projectId)) as ProjectStub;

export const agentStub = (
  bindings: Pick<ObjectBindings, 'AGENT'>,
  workspaceId: WorkspaceId,
  agentId: AgentId,
): AgentStub =>
  // SAFETY: AgentObject implements AgentRpc.
  stubOf(bindings.AGENT, objectName(workspaceId, 'agent', agentId)) as AgentStub;

/** A project has one repository, under the project's id. */
export const repositoryStub = (
  bindings: Pick<ObjectBindings, 'REPOSITORY'>,
  workspaceId: WorkspaceId,
  projectId: ProjectId,
): RepositoryStub =>
  // SAFETY: RepositoryObject implements RepositoryRpc.
  stubOf(bindings.REPOSITORY, objectName(workspaceId, 'repository', projectId)) as RepositoryStub;

export const workspaceStub = (bindings: Pick<ObjectBindings, 'WORKSPACE'>, workspaceId: WorkspaceId): WorkspaceStub =>
  // SAFETY: WorkspaceObject implements WorkspaceRpc.
  stubOf(bindings.WORKSPACE, objectName(workspaceId, 'workspace', workspaceId)) as WorkspaceStub;

export const conversationStub = (
  bindings: Pick<ObjectBindings, 'CONVERSATION'>,
  workspaceId: WorkspaceId,
  conversationId: ConversationId,
): ConversationStub =>
  // SAFETY: ConversationObject implements both.
  stubOf(bindings.CONVERSATION, objectName(workspaceId, 'conversation', conversationId)) as ConversationStub;

/** @param shard of the service's name, from `shardOf`. */
export const serviceRegistryStub = (
  bindings: Pick<ObjectBindings, 'SERVICE_REGISTRY'>,
  workspaceId: WorkspaceId,
  shard: number,
): ServiceRegistryStub =>
  // SAFETY: ServiceRegistryObject implements ServiceRegistryRpc.
  stubOf(bindings.SERVICE_REGISTRY, objectName(workspaceId, 'service-registry', String(shard))) as ServiceRegistryStub;
export const topicStub = (
  bindings: Pick<ObjectBindings, 'TOPIC'>,
  workspaceId: WorkspaceId,
  topic: TopicName,
): TopicStub =>
  // SAFETY: TopicObject implements TopicRpc.
  stubOf(bindings.TOPIC, objectName(workspaceId, 'topic', topic)) as TopicStub;

/** A workspace has one catalogue of topics, under the workspace's id. */
export const topicCatalogStub = (
  bindings: Pick<ObjectBindings, 'TOPIC_CATALOG'>,
  workspaceId: WorkspaceId,
): TopicCatalogStub =>
  // SAFETY: TopicCatalogObject implements TopicCatalogRpc.
  stubOf(bindings.TOPIC_CATALOG, objectName(workspaceId, 'topic-catalog', workspaceId)) as TopicCatalogStub;

/** An object that is there for one trial of an import and keeps nothing. */
export const trialStub = (
  bindings: ObjectBindings,
  workspaceId: WorkspaceId,
  kind: 'project' | 'agent' | 'repository' | 'conversation' | 'topic' | 'topic-catalog' | 'composer',
  id: string,
): ManagedObjectRpc => {
  const namespaces = {
    topic: bindings.TOPIC,
    'topic-catalog': bindings.TOPIC_CATALOG,
    composer: bindings.COMPOSER,
    project: bindings.PROJECT,
    agent: bindings.AGENT,
    repository: bindings.REPOSITORY,
    conversation: bindings.CONVERSATION,
  };
  // SAFETY: every object's class extends ManagedObject.
  return stubOf(namespaces[kind], objectName(workspaceId, kind, `${trialPrefix}${id}`)) as ManagedObjectRpc;
};
/** A workspace has one Composer, under the workspace's id. */
export const composerStub = (bindings: Pick<ObjectBindings, 'COMPOSER'>, workspaceId: WorkspaceId): ComposerStub =>
  // SAFETY: ComposerObject implements ComposerRpc.
  stubOf(bindings.COMPOSER, objectName(workspaceId, 'composer', workspaceId)) as ComposerStub;

/** The name of the group of a composition's service objects in the sandbox. */
export const compositionGroup = (workspaceId: WorkspaceId, name: string): string =>
  `${workspaceId}/composition/${name}`;

/** The name of a project's deployed app in the sandbox. */
export const appName = (workspaceId: WorkspaceId, projectId: ProjectId): string =>
  objectName(workspaceId, 'app-host', projectId);
