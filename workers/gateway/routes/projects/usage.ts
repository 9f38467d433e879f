import { createRoute } from '@hono/zod-openapi';
import { projectUsageSchema } from '../../../../shared/schemas/budget.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/usage',
  tags: ['projects'],
  summary: 'Read what a project used, by agent and by model, and what is left of its budget',
  ...secured('project.read'),
  request: { params: projectPath },
  responses: { 200: jsonResponse('As far as the agents have reported.', projectUsageSchema), ...problemResponses },
});

export const getUsage = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const result = await askProject(context, projectId, (project) => project.usage());
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
