import { createRoute } from '@hono/zod-openapi';
import { agentPath } from '../../../../shared/schemas/ids.ts';
import { messageQuery } from '../../../../shared/schemas/paging.ts';
import { agentMessagesSchema } from '../../../../shared/schemas/team.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askAgent } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/agents/{agentId}/messages',
  tags: ['messages'],
  summary: 'Read what an agent received and sent, oldest first',
  ...secured('message.read'),
  request: { params: agentPath, query: messageQuery },
  responses: { 200: jsonResponse('A page of messages.', agentMessagesSchema), ...problemResponses },
});

export const listAgentMessages = operation(route, async (context) => {
  const { agentId } = context.req.valid('param');
  const query = context.req.valid('query');
  const result = await askAgent(context, agentId, (agent) => agent.messages(query));
  if (!result.ok) return problem(context, result.error);
  return context.json({ messages: result.value }, 200);
});
