import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { poolListSchema, setPoolsBody } from '../../../../shared/schemas/pools.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'put',
  path: '/api/projects/{projectId}/pools',
  tags: ['projects'],
  summary: 'Replace the pools of a project',
  description:
    'Also while it runs. A pool below its minimum or above its maximum follows at once, as far as agents are free: one ' +
    'that holds a task is never taken away. A role that is not named keeps the agents it has.',
  ...secured('project.control'),
  request: {
    params: projectPath,
    body: { required: true, content: { 'application/json': { schema: setPoolsBody } } },
  },
  responses: { 200: jsonResponse('The pools as they are now.', poolListSchema), ...problemResponses },
});

export const setPools = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { pools } = context.req.valid('json');
  const { commandId, principal } = context.var;
  const command = { commandId, pools, by: `person:${principal.keyId}` };
  const result = await askProject(context, projectId, (project) => project.setPools(command));
  return result.ok ? context.json({ pools: result.value }, 200) : problem(context, result.error);
});
