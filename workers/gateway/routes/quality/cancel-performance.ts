import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { performanceSchema } from '../../../../shared/schemas/performance.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/projects/{projectId}/quality/performance',
  tags: ['quality'],
  summary: 'End the performance test that runs',
  description: 'Its results so far stay and count for no gate. A run that has ended stays as it is.',
  ...secured('project.control'),
  request: { params: projectPath },
  responses: { 200: jsonResponse('The run as it ended.', performanceSchema), ...problemResponses },
});

/** 404 before the first run. */
export const cancelPerformance = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { commandId } = context.var;
  const result = await askProject(context, projectId, (project) => project.cancelPerformance({ commandId }));
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
