import { createRoute } from '@hono/zod-openapi';
import { agentPath } from '../../../../shared/schemas/ids.ts';
import { stateHashSchema, stateQuery } from '../../../../shared/schemas/run.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askAgent } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/agents/{agentId}/state-hash',
  tags: ['runs'],
  summary: 'The hash of an agent’s state right after an event',
  ...secured('run.read'),
  request: { params: agentPath, query: stateQuery },
  responses: { 200: jsonResponse('The hash, to compare with a replay.', stateHashSchema), ...problemResponses },
});

export const agentStateHash = operation(route, async (context) => {
  const { agentId } = context.req.valid('param');
  const { sequence } = context.req.valid('query');
  const result = await askAgent(context, agentId, (agent) => agent.stateHash({ sequence }));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
