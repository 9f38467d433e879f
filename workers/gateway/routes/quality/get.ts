import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { qualitySchema } from '../../../../shared/schemas/quality.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/quality',
  tags: ['quality'],
  summary: 'Read the verdict about the head of main',
  description:
    'Which gates there are, which failed and by how much, and what evidence would turn them; computed from stored measurements of this commit only.',
  ...secured('project.read'),
  request: { params: projectPath },
  responses: {
    200: jsonResponse('The verdict, with the gates, waivers and figures it comes from.', qualitySchema),
    ...problemResponses,
  },
});

export const getQuality = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const result = await askProject(context, projectId, (project) => project.quality());
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
