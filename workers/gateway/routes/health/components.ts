import { createRoute } from '@hono/zod-openapi';
import { parseId, type ProjectId } from '../../../../shared/domain/ids.ts';
import { allShards } from '../../../../shared/domain/service-registry/shard.ts';
import { ok } from '../../../../shared/errors/result.ts';
import type { ManagedObjectRpc, ObjectLifecycle } from '../../../../shared/rpc/managed-object.ts';
import { componentsQuery, componentsSchema } from '../../../../shared/schemas/health.ts';
import type { ManagedKind } from '../../../../shared/schemas/managed-object.ts';
import type { AppContext } from '../../app-environment.ts';
import { deadlines } from '../../deadline.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { ask, askValue } from '../../objects.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askCatalog } from '../../topic-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { checkParts } from './check.ts';

const route = createRoute({
  method: 'get',
  path: '/api/health/components',
  tags: ['platform'],
  summary: 'Show the health of every component: the parts of the platform and the objects of the workspace',
  description: 'Asking wakes the objects of the page, which a moment later are at rest again.',
  ...secured('object.read'),
  request: { query: componentsQuery },
  responses: {
    200: jsonResponse('A page of components, newest projects first.', componentsSchema),
    ...problemResponses,
  },
});

interface Asked {
  readonly kind: ManagedKind;
  readonly objectId: string;
  readonly name?: string;
  readonly stub: () => ManagedObjectRpc;
}

/** Objects that are asked at the same time. */
const atOnce = 12;

const statusOf = ({ phase, work }: ObjectLifecycle): 'up' | 'resting' | 'failed' => {
  if (phase === 'failed') return 'failed';
  if (phase === 'inactive' || phase === 'deactivating') return 'resting';
  // What was given up for good waits for a person.
  return work.deadLetters > 0 ? 'failed' : 'up';
};

const look = async (context: AppContext, { stub, ...place }: Asked) => {
  const { services, requestId } = context.var;
  const startedAt = services.clock.now();
  const options = { log: services.log, requestId, part: place.kind, timeoutMs: deadlines.healthMs };
  const life = await ask(() => stub().objectLifecycle(), options);
  const durationMs = services.clock.now() - startedAt;
  return life.ok
    ? { ...place, ...life.value, status: statusOf(life.value), durationMs }
    : { ...place, status: 'down' as const, failure: life.error.detail, durationMs };
};

const lookAtAll = async (context: AppContext, asked: readonly Asked[]) => {
  const found: Awaited<ReturnType<typeof look>>[] = [];
  for (let start = 0; start < asked.length; start += atOnce) {
    found.push(...(await Promise.all(asked.slice(start, start + atOnce).map((one) => look(context, one)))));
  }
  return found;
};

/** The agents as the directory's project has them; one that does not answer has none to show. */
const partsOfProject = async (
  context: AppContext,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<readonly Asked[]> => {
  const { services, principal, requestId } = context.var;
  const { objects, log } = services;
  const { workspaceId } = principal;
  const projectId = parseId('prj', id);
  if (projectId === undefined) return [];
  const options = { log, requestId, part: 'project', timeoutMs: deadlines.healthMs };
  const agents = await ask(() => objects.project(workspaceId, projectId).agents(), options);
  return [
    { kind: 'project', objectId: projectId, name, stub: () => objects.project(workspaceId, projectId) },
    { kind: 'repository', objectId: projectId, name, stub: () => objects.repository(workspaceId, projectId) },
    ...(agents.ok ? agents.value : []).map(({ agentId, name: seat }) => ({
      kind: 'agent' as const,
      objectId: agentId,
      name: seat,
      stub: () => objects.agent(workspaceId, agentId),
    })),
  ];
};

/** The objects that a workspace has of itself. */
const partsOfWorkspace = (context: AppContext): readonly Asked[] => {
  const { objects } = context.var.services;
  const { workspaceId } = context.var.principal;
  return [
    { kind: 'workspace', objectId: workspaceId, stub: () => objects.workspace(workspaceId) },
    { kind: 'topic-catalog', objectId: workspaceId, stub: () => objects.topicCatalog(workspaceId) },
    { kind: 'composer', objectId: workspaceId, stub: () => objects.composer(workspaceId) },
    ...allShards.map((shard) => ({
      kind: 'service-registry' as const,
      objectId: String(shard),
      stub: () => objects.serviceRegistry(workspaceId, shard),
    })),
  ];
};

/** A page of topics; a catalogue that does not answer has none to show. */
const partsOfBus = async (
  context: AppContext,
  page: { readonly after?: string; readonly limit: number },
): Promise<{ readonly asked: readonly Asked[]; readonly next?: string }> => {
  const { objects } = context.var.services;
  const { workspaceId } = context.var.principal;
  // One more, to know whether there are more.
  const known = await askCatalog(context, (catalog) => catalog.list({ ...page, limit: page.limit + 1 }));
  const topics = known.ok ? known.value.topics.map(({ topic }) => topic) : [];
  const shown = topics.slice(0, page.limit);
  const last = shown.at(-1);
  return {
    asked: shown.map((topic) => ({ kind: 'topic', objectId: topic, stub: () => objects.topic(workspaceId, topic) })),
    ...(topics.length > page.limit && last !== undefined ? { next: last } : {}),
  };
};

const partsOfProjects = async (context: AppContext, query: { readonly after?: ProjectId; readonly limit: number }) => {
  const { services, principal, requestId } = context.var;
  const { workspaceId } = principal;
  const page = await askValue(() => services.directory.listProjects({ ...query, workspaceId }), {
    log: services.log,
    requestId,
    part: 'directory',
    timeoutMs: deadlines.directoryMs,
  });
  if (!page.ok) return page;
  const asked = await Promise.all(page.value.rows.map((row) => partsOfProject(context, row)));
  return ok({ asked: asked.flat(), next: page.value.next });
};

export const listComponents = operation(route, async (context) => {
  const { afterTopic, ...query } = withoutUndefined(context.req.valid('query'));
  const ofProjects =
    afterTopic === undefined ? await partsOfProjects(context, query) : ok({ asked: [], next: undefined });
  if (!ofProjects.ok) return problem(context, ofProjects.error);
  const isFirst = query.after === undefined && afterTopic === undefined;
  const topics = withoutUndefined({ after: afterTopic, limit: query.limit });
  const ofBus = isFirst || afterTopic !== undefined ? await partsOfBus(context, topics) : { asked: [] };
  const own = isFirst ? partsOfWorkspace(context) : [];
  const [{ status, parts }, components] = await Promise.all([
    checkParts(context),
    lookAtAll(context, [...own, ...ofBus.asked, ...ofProjects.value.asked]),
  ]);
  const healthy = status === 'healthy' && components.every((one) => one.status === 'up' || one.status === 'resting');
  const { next } = ofProjects.value;
  return context.json(
    {
      status: healthy ? ('healthy' as const) : ('degraded' as const),
      parts,
      components,
      ...(next === undefined ? {} : { next }),
      ...(ofBus.next === undefined ? {} : { nextTopic: ofBus.next }),
    },
    200,
    { 'cache-control': 'no-store' },
  );
});
