import { createRoute } from '@hono/zod-openapi';
import { socketQuery } from '../../../../shared/schemas/paging.ts';
import { topicPath } from '../../../../shared/schemas/topics.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { operation } from '../../operation.ts';
import { askTopic } from '../../topic-access.ts';
import { forwardSocket } from '../events/stream.ts';

const route = createRoute({
  method: 'get',
  path: '/api/topics/{topic}/ws',
  tags: ['topics'],
  summary: 'Follow a topic over a WebSocket',
  description:
    'Frames as in `shared/protocol/socket-frames.ts`: events after `after`, then live; acknowledge to go on.',
  ...secured('topic.read'),
  request: { params: topicPath, query: socketQuery },
  responses: { 101: { description: 'The socket.' }, ...problemResponses },
});

export const followTopic = operation(route, async (context) => {
  const { topic } = context.req.valid('param');
  const { after } = context.req.valid('query');
  const known = await askTopic(context, topic, (stub) => stub.view());
  if (!known.ok) return problem(context, known.error);
  const { services, principal } = context.var;
  return await forwardSocket(context, services.objects.topic(principal.workspaceId, topic), after);
});
