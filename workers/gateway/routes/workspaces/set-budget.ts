import { createRoute } from '@hono/zod-openapi';
import { budgetLimitsSchema, workspaceBudgetSchema } from '../../../../shared/schemas/budget.ts';
import { workspacePath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { askWorkspace } from './target.ts';

const route = createRoute({
  method: 'put',
  path: '/api/workspaces/{workspaceId}/budget',
  tags: ['workspaces'],
  summary: 'Replace the limits of all projects of a workspace together',
  ...secured('workspace.budget'),
  request: {
    params: workspacePath,
    body: { required: true, content: { 'application/json': { schema: budgetLimitsSchema } } },
  },
  responses: { 200: jsonResponse('The budget under the new limits.', workspaceBudgetSchema), ...problemResponses },
});

export const setWorkspaceBudget = operation(route, async (context) => {
  const { workspaceId } = context.req.valid('param');
  const command = { commandId: context.var.commandId, limits: withoutUndefined(context.req.valid('json')) };
  const result = await askWorkspace(context, workspaceId, (workspace) => workspace.setBudget(command));
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
