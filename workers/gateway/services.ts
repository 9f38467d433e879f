/**
 * Everything the routes use of the outside, as one value of ports: nothing here names the runtime, so that the API's
 * types can be read by programs that run elsewhere. `create-services.ts` makes the real ones, tests pass fakes.
 */
import type { KeyedHash } from '../../shared/adapters/crypto/keyed-hash.ts';
import type { DirectoryReader, DirectoryWriter } from '../../shared/adapters/directory/contract.ts';
import type { SnapshotLookup } from '../../shared/adapters/services/service-lookup.ts';
import type { ServiceRouter } from '../../shared/adapters/services/service-router.ts';
import type { VaultDesk } from '../../shared/adapters/vault/vault-desk.ts';
import type { Vaults } from '../../shared/adapters/vault/vaults.ts';
import type { TopicName } from '../../shared/domain/event-bus/topic-name.ts';
import type { AgentId, ConversationId, ProjectId, WorkspaceId } from '../../shared/domain/ids.ts';
import type { Result } from '../../shared/errors/result.ts';
import type { AppBrowser } from '../../shared/ports/app-browser.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ServiceFinder } from '../../shared/ports/service-finder.ts';
import type { WebFetcher } from '../../shared/ports/web-fetcher.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { ServerFrame } from '../../shared/protocol/socket-frames.ts';
import type { AgentRpc } from '../../shared/rpc/agent.ts';
import type { ComposerRpc } from '../../shared/rpc/composer.ts';
import type { ConversationItemsRpc } from '../../shared/rpc/conversation-items.ts';
import type { ConversationRpc } from '../../shared/rpc/conversation.ts';
import type { TopicCatalogRpc, TopicRpc } from '../../shared/rpc/event-bus.ts';
import type { ManagedObjectRpc } from '../../shared/rpc/managed-object.ts';
import type { ProjectRpc } from '../../shared/rpc/project.ts';
import type { ProjectPoolsRpc } from '../../shared/rpc/project-pools.ts';
import type { ProjectToolsRpc } from '../../shared/rpc/project-tools.ts';
import type { ProjectBehaviourRpc } from '../../shared/rpc/behaviour.ts';
import type { ManagedKind } from '../../shared/schemas/managed-object.ts';
import type { ProjectQualityRpc } from '../../shared/rpc/quality.ts';
import type { AgentReplayRpc, ProjectReplayRpc } from '../../shared/rpc/replay.ts';
import type { RepositoryRpc } from '../../shared/rpc/repository.ts';
import type { ProgramCalls, SandboxRpc } from '../../shared/rpc/sandbox.ts';
import type { ServiceRegistryRpc } from '../../shared/rpc/service-registry.ts';
import type { ServiceUpgradesRpc } from '../../shared/rpc/service-upgrades.ts';
import type { ToolchainRpc } from '../../shared/rpc/toolchain.ts';
import type { WorkspaceRpc } from '../../shared/rpc/workspace-access.ts';
import type { ChatModels } from './chat-models.ts';
import type { Config } from './config.ts';
import type { ConversationIds } from './conversation-ids.ts';
import type { KeyRing } from './key-ring.ts';
import type { KnownTopics } from './known-topics.ts';
import type { LogWriter } from './log.ts';
import type { ModelCalls } from './model-calls/model-calls.ts';
import type { AskOptions } from './objects.ts';
import type { ProjectOwners } from './project-owners.ts';
import type { ConnectionParts } from './response-connection.ts';
import type { ResponseIds } from './response-ids.ts';

/** What answers HTTP: an object, another Worker, the store of files. */
export interface Fetching {
  fetch(request: Request): Promise<Response>;
}

export type ProjectAccess = ManagedObjectRpc &
  ProjectRpc &
  ProjectReplayRpc &
  ProjectQualityRpc &
  ProjectToolsRpc &
  ProjectPoolsRpc &
  ProjectBehaviourRpc &
  Fetching;
export type AgentAccess = ManagedObjectRpc & AgentRpc & AgentReplayRpc & Fetching;
export type RepositoryAccess = ManagedObjectRpc & RepositoryRpc & Fetching;
export type ServiceRegistryAccess = ManagedObjectRpc & ServiceRegistryRpc & ServiceUpgradesRpc & Fetching;
export type TopicAccess = ManagedObjectRpc & TopicRpc & Fetching;

/** Kinds whose exports can be tried. */
export type TrialKind = Exclude<ManagedKind, 'workspace' | 'service-registry' | 'service'>;

interface Objects {
  project(workspaceId: WorkspaceId, projectId: ProjectId): ProjectAccess;
  agent(workspaceId: WorkspaceId, agentId: AgentId): AgentAccess;
  repository(workspaceId: WorkspaceId, projectId: ProjectId): RepositoryAccess;
  composer(workspaceId: WorkspaceId): ManagedObjectRpc & ComposerRpc;
  serviceRegistry(workspaceId: WorkspaceId, shard: number): ServiceRegistryAccess;
  topic(workspaceId: WorkspaceId, topic: TopicName): TopicAccess;
  topicCatalog(workspaceId: WorkspaceId): ManagedObjectRpc & TopicCatalogRpc;
  workspace(workspaceId: WorkspaceId): ManagedObjectRpc & WorkspaceRpc;
  /** An object of that kind that is there for one trial of an import. */
  trial(workspaceId: WorkspaceId, kind: TrialKind, id: string): ManagedObjectRpc;
  conversation(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
  ): ManagedObjectRpc & ConversationRpc & ConversationItemsRpc;
}

/** An object's events after a sequence and then live, as the answer to a request. */
export interface EventStreams {
  /** As server-sent events. */
  serverSent(object: Fetching, after: number, options: AskOptions): Promise<Result<Response>>;
  /** As the object's own WebSocket, handed over. */
  socket(object: Fetching, after: number, options: AskOptions): Promise<Result<Response>>;
  /** For the gateway's own use, frame by frame. */
  frames(object: Fetching, after: number, options: AskOptions): Promise<Result<EventFrames>>;
}

/** What a language server on a socket works with. */
export interface LanguageSocketParts {
  /** Taken anew for each question: a stub of a broken object stays broken. */
  readonly repository: () => Pick<RepositoryRpc, 'listFiles' | 'readTexts'>;
  readonly toolchain: Pick<ToolchainRpc, 'code'>;
  readonly ref: string;
  readonly now: () => number;
  readonly log: (error: unknown) => void;
}

/** What a client of the Responses API on a socket is served by. */
export type ResponseSocketParts = Pick<ConnectionParts, 'answer' | 'log'>;

/** What one who follows an object's events is sent. */
export interface EventFrames {
  /** The next frame, which is thereby acknowledged; `waiting` after that many milliseconds without one. */
  next(withinMs: number): Promise<ServerFrame | { readonly type: 'waiting' | 'closed' }>;
  close(): void;
}

export interface Services {
  readonly config: Config;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: LogWriter;
  readonly hash: KeyedHash;
  readonly keys: KeyRing;
  readonly directory: DirectoryReader & Pick<DirectoryWriter, 'write'>;
  readonly owners: ProjectOwners;
  readonly knownTopics: KnownTopics;
  /** Asked anew for each attempt: a stub of a broken object stays broken. */
  readonly objects: Objects;
  /** Finds services without asking the registry. */
  readonly serviceLookup: Pick<SnapshotLookup, 'discover' | 'discoverKnown' | 'list' | 'expire'>;
  /** Finds them together with the single objects of the platform. */
  readonly serviceFinder: ServiceFinder;
  /** Sends requests to services. */
  readonly serviceRouter: Pick<ServiceRouter, 'route'>;
  readonly streams: EventStreams;
  /** Opens a language server's socket, as the answer to a request. */
  readonly openLanguageSocket: (parts: LanguageSocketParts) => Response;
  readonly openResponseSocket: (parts: ResponseSocketParts) => Response;
  readonly sandbox: SandboxRpc;
  readonly sandboxHttp: Fetching;
  readonly toolchain: ToolchainRpc;
  /** The open network for tools that persons run, and what the operator opened of it. */
  readonly web: WebFetcher;
  readonly fetchOpened: readonly string[];
  /** For tools that persons run. */
  readonly browser: AppBrowser;
  /** The name of a project's deployed app in the sandbox. */
  readonly appName: (workspaceId: WorkspaceId, projectId: ProjectId) => string;
  /** The name of the group of a composition's service objects in the sandbox. */
  readonly compositionGroup: (workspaceId: WorkspaceId, name: string) => string;
  /** What a program's calls are answered by, in a form that travels to the sandbox. */
  readonly programCalls: (answer: ProgramCalls['call']) => ProgramCalls;
  readonly assets: Fetching;
  /** With the platform's own keys; routes use those of the caller's workspace, `context.get('chatModels')`. */
  readonly chatModels: ChatModels;
  /** The keys of the workspaces. */
  readonly vaults: Vaults;
  readonly vaultDesk: VaultDesk;
  readonly conversationIds: ConversationIds;
  readonly responseIds: ResponseIds;
  /** What every call of a model goes through: `model-calls/answer-call.ts`. */
  readonly modelCalls: ModelCalls;
}
