import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { deploymentSchema, rollbackBody } from '../../../../shared/schemas/project.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'post',
  path: '/api/projects/{projectId}/deployments/rollback',
  tags: ['deployments'],
  summary: 'Put back the version that a slot had before',
  ...secured('deployment.change'),
  request: { params: projectPath, body: { required: true, content: { 'application/json': { schema: rollbackBody } } } },
  responses: { 200: jsonResponse('The slot after the change.', deploymentSchema), ...problemResponses },
});

export const rollbackDeployment = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { commandId } = context.var;
  const command = { commandId, whileRunning: 'refuse' as const, ...context.req.valid('json') };
  const result = await askProject(context, projectId, (project) => project.rollback(command));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
