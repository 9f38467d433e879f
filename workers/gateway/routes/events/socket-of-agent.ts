import { createRoute } from '@hono/zod-openapi';
import { agentPath } from '../../../../shared/schemas/ids.ts';
import { socketQuery } from '../../../../shared/schemas/paging.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { operation } from '../../operation.ts';
import { askAgent } from '../../project-access.ts';
import { forwardSocket } from './stream.ts';

const route = createRoute({
  method: 'get',
  path: '/api/agents/{agentId}/ws',
  tags: ['events'],
  summary: 'Follow an agent over a WebSocket',
  description:
    'Frames as in `shared/protocol/socket-frames.ts`: events after `after`, then live; acknowledge to go on.',
  ...secured('event.read'),
  request: { params: agentPath, query: socketQuery },
  responses: { 101: { description: 'The socket.' }, ...problemResponses },
});

export const followAgent = operation(route, async (context) => {
  const { agentId } = context.req.valid('param');
  const { after } = context.req.valid('query');
  const known = await askAgent(context, agentId, (agent) => agent.get());
  if (!known.ok) return problem(context, known.error);
  const { services, principal } = context.var;
  return await forwardSocket(context, services.objects.agent(principal.workspaceId, agentId), after);
});
