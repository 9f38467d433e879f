import { createRoute } from '@hono/zod-openapi';
import { measuringSchema } from '../../../../shared/schemas/figures.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/quality/measurements',
  tags: ['quality'],
  summary: 'Read what was measured on request last',
  description: 'While it runs, `results` grows. The figures themselves are in the verdict.',
  ...secured('project.read'),
  request: { params: projectPath },
  responses: { 200: jsonResponse('The run.', measuringSchema), ...problemResponses },
});

/** 404 before the first run. */
export const getMeasuring = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const result = await askProject(context, projectId, (project) => project.measuring());
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
