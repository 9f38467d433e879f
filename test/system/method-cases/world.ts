/** One workspace with a project that stands still, its agent and its repository, for calling every method of every object. */
import { parseTopicName } from '../../../shared/domain/event-bus/topic-name.ts';
import { noAmounts } from '../../../shared/domain/budget/amounts.ts';
import { env, runInDurableObject } from 'cloudflare:test';
import {
  agentStub,
  composerStub,
  conversationStub,
  objectName,
  projectStub,
  repositoryStub,
  topicCatalogStub,
  topicStub,
  serviceRegistryStub,
  workspaceStub,
  type AgentStub,
  type ComposerStub,
  type ConversationStub,
  type ProjectStub,
  type RepositoryStub,
  type TopicCatalogStub,
  type TopicStub,
  type ServiceRegistryStub,
  type WorkspaceStub,
} from '../../../durable-objects/stubs.ts';
import {
  createId,
  type AgentId,
  type ConversationId,
  type IdPrefix,
  type Id,
  type ProjectId,
  type WorkspaceId,
} from '../../../shared/domain/ids.ts';
import { shardOf } from '../../../shared/domain/service-registry/shard.ts';
import type { Message } from '../../../shared/domain/message/envelope.ts';
import type { Result } from '../../../shared/errors/result.ts';

export const newId = <Prefix extends IdPrefix>(prefix: Prefix): Id<Prefix> =>
  createId(prefix, Date.now(), crypto.getRandomValues(new Uint8Array(16)));

export const valueOf = <T, E extends { readonly type: string; readonly detail: string } | string>(
  result: Result<T, E>,
): T => {
  if (!result.ok) throw new Error(typeof result.error === 'string' ? result.error : JSON.stringify(result.error));
  return result.value;
};

export interface World {
  readonly workspaceId: WorkspaceId;
  readonly projectId: ProjectId;
  readonly agentId: AgentId;
  readonly conversationId: ConversationId;
  readonly workspace: () => WorkspaceStub;
  readonly project: () => ProjectStub;
  readonly agent: () => AgentStub;
  readonly repository: () => RepositoryStub;
  readonly conversation: () => ConversationStub;
  readonly topic: () => TopicStub;
  readonly topicCatalog: () => TopicCatalogStub;
  readonly composer: () => ComposerStub;
  /** The shard of the names that the cases use. */
  readonly serviceRegistry: () => ServiceRegistryStub;
}

export type Kind =
  | 'workspace'
  | 'project'
  | 'agent'
  | 'repository'
  | 'conversation'
  | 'topic'
  | 'topic-catalog'
  | 'service-registry'
  | 'composer';

/** The world's topic. */
export const worldTopic = valueOf(parseTopicName('orders'));

export const specification = '# Notes\n\nA note has a title (required).\n';
export const author = { name: 'A', email: 'a@example.com' };
export const key = (name: string) => ({
  keyId: newId('key'),
  name,
  role: 'viewer' as const,
  hash: '0'.repeat(64),
});

/** Where the name `payments` lives. */
export const serviceShard = shardOf('payments');

/** Ids of things that do not exist yet. Fresh stubs on each call: one whose object was aborted stays broken. */
export const nameWorld = (workspaceId: WorkspaceId = newId('wsp')): World => {
  const projectId = newId('prj');
  const agentId = newId('agt');
  const conversationId = newId('cnv');
  return {
    workspaceId,
    projectId,
    agentId,
    conversationId,
    workspace: () => workspaceStub(env, workspaceId),
    project: () => projectStub(env, workspaceId, projectId),
    agent: () => agentStub(env, workspaceId, agentId),
    repository: () => repositoryStub(env, workspaceId, projectId),
    conversation: () => conversationStub(env, workspaceId, conversationId),
    topic: () => topicStub(env, workspaceId, worldTopic),
    topicCatalog: () => topicCatalogStub(env, workspaceId),
    serviceRegistry: () => serviceRegistryStub(env, workspaceId, serviceShard),
    composer: () => composerStub(env, workspaceId),
  };
};

export const enrollment = ({ workspaceId, projectId, agentId }: World) => ({
  workspaceId,
  projectId,
  agentId,
  role: 'backend',
  name: 'backend-1',
  model: 'offline/engineer',
});

export const message = (world: World, over: Partial<Message> = {}): Message => ({
  messageId: newId('msg'),
  sender: 'person:key_1',
  recipient: `agent:${world.agentId}`,
  messageType: 'note',
  content: 'Good morning.',
  timestamp: 1,
  stamp: { workspaceId: world.workspaceId, sequence: 0 },
  ...over,
});

/** Everything made, and nothing under way: the project is paused after its repository was set up. */
export const createWorld = async (): Promise<World> => {
  const world = nameWorld();
  const { workspaceId, projectId } = world;
  valueOf(await world.workspace().create({ commandId: 'create', workspaceId, name: 'Tests', firstKey: key('first') }));
  valueOf(await world.agent().enroll({ commandId: 'enroll', ...enrollment(world) }));
  valueOf(await world.project().create({ commandId: 'create', workspaceId, projectId, specification }));
  valueOf(await world.project().pause({ commandId: 'pause' }));
  for (;;) {
    const events = valueOf(await world.project().events({ after: 0, limit: 100 }));
    if (events.some(({ event }) => event.type === 'repository.created')) return world;
    await scheduler.wait(10);
  }
};

const namespaces = {
  workspace: 'WORKSPACE',
  project: 'PROJECT',
  agent: 'AGENT',
  repository: 'REPOSITORY',
  conversation: 'CONVERSATION',
  topic: 'TOPIC',
  'topic-catalog': 'TOPIC_CATALOG',
  'service-registry': 'SERVICE_REGISTRY',
  composer: 'COMPOSER',
} as const;

/** Runs inside one of the world's objects. */
export const inside = <T>(
  world: World,
  kind: Kind,
  work: (state: DurableObjectState) => T | Promise<T>,
): Promise<T> => {
  const ids = {
    workspace: world.workspaceId,
    project: world.projectId,
    agent: world.agentId,
    repository: world.projectId,
    conversation: world.conversationId,
    topic: worldTopic,
    'topic-catalog': world.workspaceId,
    'service-registry': String(serviceShard),
    composer: world.workspaceId,
  };
  const namespace: DurableObjectNamespace = env[namespaces[kind]];
  const stub = namespace.getByName(objectName(world.workspaceId, kind, ids[kind]));
  return runInDurableObject(stub, (_instance, state) => work(state));
};

const ownTables: Readonly<Record<Kind, readonly string[]>> = {
  workspace: ['workspace', 'api_key', 'project', 'redeemed_ticket'],
  project: ['specification', 'message', 'person_program', 'person_program_call'],
  agent: ['message'],
  repository: ['git_object', 'git_reference', 'working_change'],
  conversation: ['response', 'response_part', 'conversation', 'item', 'item_part'],
  composer: ['composition_manifest'],
  // What is outstanding holds the ends of leases, which an extension moves with the clock.
  topic: ['topic', 'topic_event', 'delivery', 'event_schema', 'consumer_group', 'bus_dead_letter'],
  'topic-catalog': ['known_topic', 'subscription'],
  'service-registry': ['service_lease'],
};

/** What a command may have changed: the whole log, the journal, and the object's own tables. */
export const dump = (world: World, kind: Kind): Promise<string> =>
  inside(world, kind, ({ storage }) =>
    JSON.stringify(
      ['event', 'journal_step', ...ownTables[kind]].map((table) => [
        table,
        // Whether a message was acknowledged is the outbox's business.
        [...storage.sql.exec(`SELECT * FROM ${table} ORDER BY 1, 2`)].map(({ acknowledged_at: _at, ...row }) => row),
      ]),
    ),
  );

/** What a holder that has used nothing yet asks for its first call. Repeating it is harmless: all figures are totals. */
export const firstGrant = {
  revision: 1,
  used: noAmounts,
  hold: noAmounts,
  need: { tokens: 10, costMicros: 0, steps: 1 },
};
