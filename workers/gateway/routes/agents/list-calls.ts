import { createRoute } from '@hono/zod-openapi';
import { modelCallListSchema } from '../../../../shared/schemas/budget.ts';
import { agentPath } from '../../../../shared/schemas/ids.ts';
import { messageQuery } from '../../../../shared/schemas/paging.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askAgent } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/agents/{agentId}/calls',
  tags: ['agents'],
  summary: 'Read the ledger of an agent’s model calls, oldest first',
  description:
    'One entry for each attempt: what it used and cost, and what had arrived of answers that never became whole. ' +
    'Two attempts of one step were both paid for.',
  ...secured('agent.read'),
  request: { params: agentPath, query: messageQuery },
  responses: { 200: jsonResponse('A page of the ledger.', modelCallListSchema), ...problemResponses },
});

export const listCalls = operation(route, async (context) => {
  const { agentId } = context.req.valid('param');
  const query = context.req.valid('query');
  const result = await askAgent(context, agentId, (agent) => agent.modelCalls(query));
  return result.ok ? context.json({ calls: result.value }, 200) : problem(context, result.error);
});
