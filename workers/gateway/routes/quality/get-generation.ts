import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { generationSchema } from '../../../../shared/schemas/generation.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/quality/generation',
  tags: ['quality'],
  summary: 'Read the last generation of tests',
  description: 'What was kept, with its text, what it notices, and which properties do not hold.',
  ...secured('project.read'),
  request: { params: projectPath },
  responses: { 200: jsonResponse('The run.', generationSchema), ...problemResponses },
});

/** 404 before the first run. */
export const getGeneration = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const result = await askProject(context, projectId, (project) => project.generation());
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
