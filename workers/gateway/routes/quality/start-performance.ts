import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { performanceSchema, startPerformanceBody } from '../../../../shared/schemas/performance.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'post',
  path: '/api/projects/{projectId}/quality/performance',
  tags: ['quality'],
  summary: 'Start benchmarks, or HTTP load, on a version and the one before',
  description:
    'Pairs of times are taken side by side and compared by a signed-rank test against the smallest effect that matters. Runs by itself.',
  ...secured('project.control'),
  request: {
    params: projectPath,
    body: { required: true, content: { 'application/json': { schema: startPerformanceBody } } },
  },
  responses: { 202: jsonResponse('The run, begun.', performanceSchema), ...problemResponses },
});

/** One run at a time; a second one is refused until the first is done. */
export const startPerformance = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { load, ...body } = context.req.valid('json');
  const settings =
    load === undefined
      ? {}
      : {
          load: withoutUndefined({
            ...load,
            exchanges: load.exchanges?.map(withoutUndefined),
            prepare: load.prepare?.map(withoutUndefined),
          }),
        };
  const command = { commandId: context.var.commandId, ...withoutUndefined(body), ...settings };
  const result = await askProject(context, projectId, (project) => project.startPerformance(command));
  return result.ok ? context.json(result.value, 202) : problem(context, result.error);
});
