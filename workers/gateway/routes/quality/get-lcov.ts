import { createRoute } from '@hono/zod-openapi';
import { coverageFileSchema } from '../../../../shared/schemas/figures.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/quality/lcov',
  tags: ['quality'],
  summary: 'Read the coverage that was measured last, as an lcov tracefile',
  description: 'For editors and CI systems. Measure it first: `quality/measurements` with the kind `coverage`.',
  ...secured('project.read'),
  request: { params: projectPath },
  responses: { 200: jsonResponse('The tracefile and its commit.', coverageFileSchema), ...problemResponses },
});

/** 404 before the first measurement. */
export const getLcov = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const result = await askProject(context, projectId, (project) => project.lcov());
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
