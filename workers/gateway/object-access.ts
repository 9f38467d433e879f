/**
 * From a kind and an id in a path to a managed object of the caller's own workspace. What does not exist and what belongs
 * to another workspace look the same, and wake no object.
 */
import { parseTopicName } from '../../shared/domain/event-bus/topic-name.ts';
import { parseId, type AgentId, type ProjectId } from '../../shared/domain/ids.ts';
import { allShards } from '../../shared/domain/service-registry/shard.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { ManagedObjectRpc } from '../../shared/rpc/managed-object.ts';
import type { ManagedKind } from '../../shared/schemas/managed-object.ts';
import type { AppContext } from './app-environment.ts';
import { deadlines } from './deadline.ts';
import { notFound } from './errors/problem.ts';
import { ask, askValue } from './objects.ts';
import { checkProject } from './project-access.ts';
import { findService } from './service-objects.ts';
import { askCatalog } from './topic-access.ts';

interface Place {
  readonly kind: ManagedKind;
  readonly objectId: string;
}

type Stub = () => ManagedObjectRpc;

/** Exports and imports carry whole objects. */
const copyMs = 60_000;

const findProject = async (context: AppContext, text: string): Promise<ProjectId | undefined> => {
  const projectId = parseId('prj', text);
  if (projectId === undefined) return undefined;
  const known = await checkProject(context, projectId);
  return known.ok ? projectId : undefined;
};

const findAgent = async (context: AppContext, text: string): Promise<Result<AgentId | undefined>> => {
  const { services, principal, requestId } = context.var;
  const agentId = parseId('agt', text);
  if (agentId === undefined) return ok(undefined);
  const row = await askValue(() => services.directory.findAgent(agentId), {
    log: services.log,
    requestId,
    part: 'directory',
    timeoutMs: deadlines.directoryMs,
  });
  if (!row.ok) return row;
  return ok(row.value?.workspaceId === principal.workspaceId ? agentId : undefined);
};

/** A topic is asked only when the catalogue knows it. */
const findTopic = async (context: AppContext, text: string): Promise<Result<Stub>> => {
  const { services, principal } = context.var;
  const topic = parseTopicName(text);
  if (!topic.ok) return err(notFound('topic'));
  const known = await askCatalog(context, (catalog) => catalog.has({ topic: topic.value }));
  if (!known.ok) return known;
  return known.value ? ok(() => services.objects.topic(principal.workspaceId, topic.value)) : err(notFound('topic'));
};

const findObject = async (context: AppContext, { kind, objectId }: Place): Promise<Result<Stub>> => {
  const { services, principal } = context.var;
  const { objects } = services;
  const { workspaceId } = principal;
  const missing = err(notFound(kind));
  switch (kind) {
    case 'workspace':
      return objectId === workspaceId ? ok(() => objects.workspace(workspaceId)) : missing;
    case 'project':
    case 'repository': {
      const projectId = await findProject(context, objectId);
      return projectId === undefined ? missing : ok(() => objects[kind](workspaceId, projectId));
    }
    case 'agent': {
      const agentId = await findAgent(context, objectId);
      if (!agentId.ok) return agentId;
      const { value } = agentId;
      return value === undefined ? missing : ok(() => objects.agent(workspaceId, value));
    }
    case 'conversation': {
      const place =
        (await services.responseIds.find(workspaceId, objectId)) ??
        (await services.conversationIds.find(workspaceId, objectId));
      return place === undefined ? missing : ok(() => objects.conversation(workspaceId, place.conversationId));
    }
    case 'topic':
      return await findTopic(context, objectId);
    case 'service':
      return await findService(context, objectId);
    case 'topic-catalog':
      return objectId === workspaceId ? ok(() => objects.topicCatalog(workspaceId)) : missing;
    case 'composer':
      return objectId === workspaceId ? ok(() => objects.composer(workspaceId)) : missing;
    case 'service-registry': {
      const shard = allShards.find((one) => String(one) === objectId);
      return shard === undefined ? missing : ok(() => objects.serviceRegistry(workspaceId, shard));
    }
  }
};

/** Asks a managed object that the caller may see. */
export const askObject = async <Value>(
  context: AppContext,
  place: Place,
  call: (object: ManagedObjectRpc) => Promise<Result<Value>>,
): Promise<Result<Value>> => {
  const { services, requestId } = context.var;
  const found = await findObject(context, place);
  if (!found.ok) return found;
  return await ask(() => call(found.value()), { log: services.log, requestId, part: place.kind, timeoutMs: copyMs });
};

/** The object of a name that an export holds, whether it is there or not; undefined when no object has such an id. */
export const objectToImport = (context: AppContext, { kind, objectId }: Place): Stub | undefined => {
  const { services, principal } = context.var;
  const { objects } = services;
  const { workspaceId } = principal;
  const projectId = parseId('prj', objectId);
  const agentId = parseId('agt', objectId);
  if (kind === 'agent') return agentId && (() => objects.agent(workspaceId, agentId));
  if (kind === 'project' || kind === 'repository') return projectId && (() => objects[kind](workspaceId, projectId));
  const topic = parseTopicName(objectId);
  if (kind === 'topic') return topic.ok ? () => objects.topic(workspaceId, topic.value) : undefined;
  if (objectId !== workspaceId) return undefined;
  if (kind === 'topic-catalog') return () => objects.topicCatalog(workspaceId);
  if (kind === 'composer') return () => objects.composer(workspaceId);
  return undefined;
};

/** Asks an object that may not be there yet. */
export const askNewObject = async <Value>(
  context: AppContext,
  kind: ManagedKind,
  call: () => Promise<Result<Value>>,
): Promise<Result<Value>> => {
  const { services, requestId } = context.var;
  return await ask(call, { log: services.log, requestId, part: kind, timeoutMs: copyMs });
};
