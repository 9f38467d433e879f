import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { agentListSchema } from '../../../../shared/schemas/team.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/agents',
  tags: ['agents'],
  summary: 'List the team',
  ...secured('agent.read'),
  request: { params: projectPath },
  responses: { 200: jsonResponse('All agents of the project.', agentListSchema), ...problemResponses },
});

export const listAgents = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const result = await askProject(context, projectId, (project) => project.agents());
  if (!result.ok) return problem(context, result.error);
  return context.json({ agents: result.value }, 200);
});
