import { createRoute } from '@hono/zod-openapi';
import type { Result } from '../../../../shared/errors/result.ts';
import type { QuotaView } from '../../../../shared/rpc/workspace-quotas.ts';
import { workspacePath } from '../../../../shared/schemas/ids.ts';
import { countsOf, quotaListSchema, setQuotasBody } from '../../../../shared/schemas/quotas.ts';
import type { AppContext } from '../../app-environment.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { askWorkspace } from './target.ts';

const responses = {
  200: jsonResponse('Each quota with its limit and what is used of it.', quotaListSchema),
  ...problemResponses,
};

const description =
  'Projects, agents and apps are counted when they are asked for; stored bytes are what the objects reported last, at ' +
  'most some minutes after they worked.';

const answer = (context: AppContext, result: Result<readonly QuotaView[]>) =>
  result.ok
    ? context.json({ quotas: result.value.map((view) => ({ ...view, counts: countsOf(view.quota) })) }, 200)
    : problem(context, result.error);

export const getOwnQuotas = operation(
  createRoute({
    method: 'get',
    path: '/api/quotas',
    tags: ['workspaces'],
    summary: 'The quotas of your workspace, and what is used of them',
    description,
    ...secured('workspace.read'),
    responses,
  }),
  async (context) => {
    const { workspaceId } = context.var.principal;
    return answer(context, await askWorkspace(context, workspaceId, (workspace) => workspace.quotas()));
  },
);

export const getWorkspaceQuotas = operation(
  createRoute({
    method: 'get',
    path: '/api/workspaces/{workspaceId}/quotas',
    tags: ['workspaces'],
    summary: 'The quotas of a workspace, and what is used of them',
    description,
    ...secured('workspace.read'),
    request: { params: workspacePath },
    responses,
  }),
  async (context) => {
    const { workspaceId } = context.req.valid('param');
    return answer(context, await askWorkspace(context, workspaceId, (workspace) => workspace.quotas()));
  },
);

export const setWorkspaceQuotas = operation(
  createRoute({
    method: 'put',
    path: '/api/workspaces/{workspaceId}/quotas',
    tags: ['workspaces'],
    summary: 'Set limits of a workspace’s quotas',
    description: 'For operators. What is held above a new limit stays held; nothing more is granted until it is below.',
    ...secured('workspace.quota'),
    request: {
      params: workspacePath,
      body: { required: true, content: { 'application/json': { schema: setQuotasBody } } },
    },
    responses,
  }),
  async (context) => {
    const { workspaceId } = context.req.valid('param');
    const { commandId, principal } = context.var;
    const limits = withoutUndefined(context.req.valid('json').limits);
    const command = { commandId, limits, by: `person:${principal.keyId}` };
    return answer(context, await askWorkspace(context, workspaceId, (workspace) => workspace.setQuotas(command)));
  },
);
