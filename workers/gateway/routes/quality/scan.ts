import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { scanSchema } from '../../../../shared/schemas/quality.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'post',
  path: '/api/projects/{projectId}/quality/scan',
  tags: ['quality'],
  summary: 'Scan the head of main now',
  description:
    'The platform looks itself, stores what it finds with the commit, and records it as the security measurement of that commit.',
  ...secured('project.control'),
  request: { params: projectPath },
  responses: { 200: jsonResponse('What was found, counted.', scanSchema), ...problemResponses },
});

export const scanProject = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { commandId } = context.var;
  const result = await askProject(context, projectId, (project) => project.scanMain({ commandId }));
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
