import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { deploymentListSchema } from '../../../../shared/schemas/project.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/deployments',
  tags: ['deployments'],
  summary: 'List what is deployed where',
  ...secured('deployment.read'),
  request: { params: projectPath },
  responses: { 200: jsonResponse('The deployments of the project.', deploymentListSchema), ...problemResponses },
});

export const listDeployments = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const result = await askProject(context, projectId, (project) => project.get());
  if (!result.ok) return problem(context, result.error);
  return context.json({ deployments: result.value.deployments }, 200);
});
