import { createRoute } from '@hono/zod-openapi';
import { topicPath, topicSchema } from '../../../../shared/schemas/topics.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askTopic } from '../../topic-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/topics/{topic}',
  tags: ['topics'],
  summary: 'Show a topic and its consumer groups',
  ...secured('topic.read'),
  request: { params: topicPath },
  responses: { 200: jsonResponse('The topic.', topicSchema), ...problemResponses },
});

export const getTopic = operation(route, async (context) => {
  const { topic } = context.req.valid('param');
  const result = await askTopic(context, topic, (stub) => stub.view());
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
