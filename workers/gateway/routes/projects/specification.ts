import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { specificationSchema } from '../../../../shared/schemas/project.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/specification',
  tags: ['projects'],
  summary: 'Read the specification',
  ...secured('project.read'),
  request: { params: projectPath },
  responses: { 200: jsonResponse('The specification as it was given.', specificationSchema), ...problemResponses },
});

export const getSpecification = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const result = await askProject(context, projectId, (project) => project.specification());
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
