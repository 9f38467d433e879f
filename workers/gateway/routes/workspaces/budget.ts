import { createRoute } from '@hono/zod-openapi';
import { workspaceBudgetSchema } from '../../../../shared/schemas/budget.ts';
import { workspacePath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askWorkspace } from './target.ts';

const route = createRoute({
  method: 'get',
  path: '/api/workspaces/{workspaceId}/budget',
  tags: ['workspaces'],
  summary: 'Read the limits of all projects of a workspace together, and what they used',
  ...secured('workspace.read'),
  request: { params: workspacePath },
  responses: { 200: jsonResponse('The budget.', workspaceBudgetSchema), ...problemResponses },
});

export const getWorkspaceBudget = operation(route, async (context) => {
  const { workspaceId } = context.req.valid('param');
  const result = await askWorkspace(context, workspaceId, (workspace) => workspace.budget());
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
