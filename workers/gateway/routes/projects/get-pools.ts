import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { poolListSchema } from '../../../../shared/schemas/pools.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/pools',
  tags: ['projects'],
  summary: 'The pools of agents of a project, and how they are now',
  description:
    'A role without a pool keeps the agents it began with. Why a pool grew or shrank is in the project’s events, ' +
    '`pool.grew` and `pool.shrank`, with the figures; the last change is shown here.',
  ...secured('project.read'),
  request: { params: projectPath },
  responses: { 200: jsonResponse('The pools; an empty list where none was set.', poolListSchema), ...problemResponses },
});

export const getPools = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const result = await askProject(context, projectId, (project) => project.pools());
  return result.ok ? context.json({ pools: result.value }, 200) : problem(context, result.error);
});
