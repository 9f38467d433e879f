import { createRoute } from '@hono/zod-openapi';
import { projectBudgetSchema, projectUsageSchema } from '../../../../shared/schemas/budget.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { budgetOf } from '../../budget-body.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'put',
  path: '/api/projects/{projectId}/budget',
  tags: ['projects'],
  summary: 'Replace the limits of a project',
  description:
    'Also while it runs; agents keep to the new limits from their next call on. A project that its budget has paused ' +
    'goes on when it is resumed.',
  ...secured('project.control'),
  request: {
    params: projectPath,
    body: { required: true, content: { 'application/json': { schema: projectBudgetSchema } } },
  },
  responses: { 200: jsonResponse('What was used, under the new limits.', projectUsageSchema), ...problemResponses },
});

export const setBudget = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const budget = budgetOf(context.req.valid('json'));
  const { commandId } = context.var;
  const result = await askProject(context, projectId, (object) => object.setBudget({ commandId, budget }));
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
