import { createRoute } from '@hono/zod-openapi';
import { removedSchema, topicPath } from '../../../../shared/schemas/topics.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askTopic } from '../../topic-access.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/topics/{topic}',
  tags: ['topics'],
  summary: 'Remove a topic with its events, groups and schemas',
  ...secured('topic.change'),
  request: { params: topicPath },
  responses: { 200: jsonResponse('It is gone.', removedSchema), ...problemResponses },
});

export const removeTopic = operation(route, async (context) => {
  const { topic } = context.req.valid('param');
  const result = await askTopic(context, topic, (stub) => stub.remove({ commandId: context.var.commandId }));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
