import { createRoute } from '@hono/zod-openapi';
import { parseId } from '../../../../shared/domain/ids.ts';
import type { ManagedObjectRpc, ObjectLifecycle } from '../../../../shared/rpc/managed-object.ts';
import { componentsQuery, componentsSchema } from '../../../../shared/schemas/health.ts';
import type { ManagedKind } from '../../../../shared/schemas/managed-object.ts';
import type { AppContext } from '../../app-environment.ts';
import { deadlines } from '../../deadline.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { ask, askValue } from '../../objects.ts';
import { jsonResponse, operation } from '../../operation.ts';
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

export const listComponents = operation(route, async (context) => {
  const { services, principal, requestId } = context.var;
  const { workspaceId } = principal;
  const query = withoutUndefined({ ...context.req.valid('query'), workspaceId });
  const page = await askValue(() => services.directory.listProjects(query), {
    log: services.log,
    requestId,
    part: 'directory',
    timeoutMs: deadlines.directoryMs,
  });
  if (!page.ok) return problem(context, page.error);
  const own: readonly Asked[] =
    query.after === undefined
      ? [{ kind: 'workspace', objectId: workspaceId, stub: () => services.objects.workspace(workspaceId) }]
      : [];
  const ofProjects = await Promise.all(page.value.rows.map((row) => partsOfProject(context, row)));
  const [{ status, parts }, components] = await Promise.all([
    checkParts(context),
    lookAtAll(context, [...own, ...ofProjects.flat()]),
  ]);
  const healthy = status === 'healthy' && components.every((one) => one.status === 'up' || one.status === 'resting');
  const { next } = page.value;
  return context.json(
    {
      status: healthy ? ('healthy' as const) : ('degraded' as const),
      parts,
      components,
      ...(next === undefined ? {} : { next }),
    },
    200,
    { 'cache-control': 'no-store' },
  );
});
