import { createRoute } from '@hono/zod-openapi';
import { dayOf } from '../../../../shared/domain/budget/api-calls.ts';
import { apiUsageQuerySchema, apiUsageSchema } from '../../../../shared/schemas/api-usage.ts';
import { workspacePath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askWorkspace } from './target.ts';

/** Shown when nothing else is asked for: today and the 29 days before. */
const usualMs = 29 * 86_400_000;

const route = createRoute({
  method: 'get',
  path: '/api/workspaces/{workspaceId}/usage',
  tags: ['workspaces'],
  summary: 'Read what the calls of /v1 came to, by model, by key and by day',
  ...secured('workspace.read'),
  request: { params: workspacePath, query: apiUsageQuerySchema },
  responses: { 200: jsonResponse('As far as the calls have been reported.', apiUsageSchema), ...problemResponses },
});

export const getWorkspaceUsage = operation(route, async (context) => {
  const { workspaceId } = context.req.valid('param');
  const { to = dayOf(context.var.services.clock.now()), from } = context.req.valid('query');
  const query = { from: from ?? dayOf(Date.parse(to) - usualMs), to };
  const result = await askWorkspace(context, workspaceId, (workspace) => workspace.apiUsage(query));
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
