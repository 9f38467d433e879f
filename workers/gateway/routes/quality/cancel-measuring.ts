import { createRoute } from '@hono/zod-openapi';
import { measuringSchema } from '../../../../shared/schemas/figures.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/projects/{projectId}/quality/measurements',
  tags: ['quality'],
  summary: 'End measuring on request',
  description: 'What is measured already counts. A run that has ended stays as it is.',
  ...secured('project.control'),
  request: { params: projectPath },
  responses: { 200: jsonResponse('The run as it ended.', measuringSchema), ...problemResponses },
});

/** The kind that is being measured comes to its end first. */
export const cancelMeasuring = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { commandId } = context.var;
  const result = await askProject(context, projectId, (project) => project.cancelMeasuring({ commandId }));
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
