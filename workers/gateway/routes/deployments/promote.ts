import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { deploymentSchema, promoteBody } from '../../../../shared/schemas/project.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'post',
  path: '/api/projects/{projectId}/deployments/promote',
  tags: ['deployments'],
  summary: 'Put the version of one slot into another',
  ...secured('deployment.change'),
  request: { params: projectPath, body: { required: true, content: { 'application/json': { schema: promoteBody } } } },
  responses: { 200: jsonResponse('The slot after the change.', deploymentSchema), ...problemResponses },
});

export const promoteDeployment = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { commandId } = context.var;
  const command = { commandId, whileRunning: 'refuse' as const, ...context.req.valid('json') };
  const result = await askProject(context, projectId, (project) => project.promote(command));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
