import { createRoute } from '@hono/zod-openapi';
import { agentPath } from '../../../../shared/schemas/ids.ts';
import { agentDetailSchema } from '../../../../shared/schemas/team.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askAgent } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/agents/{agentId}',
  tags: ['agents'],
  summary: 'Show an agent and what it is doing',
  ...secured('agent.read'),
  request: { params: agentPath },
  responses: { 200: jsonResponse('The agent.', agentDetailSchema), ...problemResponses },
});

export const getAgent = operation(route, async (context) => {
  const { agentId } = context.req.valid('param');
  const result = await askAgent(context, agentId, (agent) => agent.get());
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
