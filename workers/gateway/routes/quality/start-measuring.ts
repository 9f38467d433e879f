import { createRoute } from '@hono/zod-openapi';
import { measurableKinds } from '../../../../shared/rpc/figures.ts';
import { measuringSchema, startMeasuringBody } from '../../../../shared/schemas/figures.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'post',
  path: '/api/projects/{projectId}/quality/measurements',
  tags: ['quality'],
  summary: 'Measure the head of main now',
  description:
    'Kind after kind, on the commit that main is at; each counts for the gates of that commit. Runs by itself.',
  ...secured('project.control'),
  request: {
    params: projectPath,
    body: { required: true, content: { 'application/json': { schema: startMeasuringBody } } },
  },
  responses: { 202: jsonResponse('The run, begun.', measuringSchema), ...problemResponses },
});

/** One run at a time; a second one is refused until the first is done. */
export const startMeasuring = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { kinds } = context.req.valid('json');
  const command = { commandId: context.var.commandId, kinds: kinds.length === 0 ? measurableKinds : kinds };
  const result = await askProject(context, projectId, (project) => project.startMeasuring(command));
  return result.ok ? context.json(result.value, 202) : problem(context, result.error);
});
