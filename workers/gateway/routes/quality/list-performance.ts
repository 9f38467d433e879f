import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { performanceListSchema, performanceQuery } from '../../../../shared/schemas/performance.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/quality/performance',
  tags: ['quality'],
  summary: 'List performance tests, the newest first',
  description: 'The last hundred are kept. While one runs, its `progress` and `results` grow.',
  ...secured('project.read'),
  request: { params: projectPath, query: performanceQuery },
  responses: { 200: jsonResponse('The runs.', performanceListSchema), ...problemResponses },
});

export const listPerformance = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const query = withoutUndefined(context.req.valid('query'));
  const result = await askProject(context, projectId, (project) => project.performanceRuns(query));
  return result.ok ? context.json({ runs: result.value }, 200) : problem(context, result.error);
});
