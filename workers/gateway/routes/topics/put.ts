import { createRoute } from '@hono/zod-openapi';
import { putTopicBody, topicPath, topicSchema } from '../../../../shared/schemas/topics.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askNewTopic } from '../../topic-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'put',
  path: '/api/topics/{topic}',
  tags: ['topics'],
  summary: 'Make a topic, or change its settings',
  description: 'What is not named stays as it is. A topic is also made by its first event.',
  ...secured('topic.change'),
  request: { params: topicPath, body: { required: true, content: { 'application/json': { schema: putTopicBody } } } },
  responses: { 200: jsonResponse('The topic.', topicSchema), ...problemResponses },
});

export const putTopic = operation(route, async (context) => {
  const { topic } = context.req.valid('param');
  const command = { commandId: context.var.commandId, settings: withoutUndefined(context.req.valid('json')) };
  const result = await askNewTopic(context, topic, (stub) => stub.configure(command));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
