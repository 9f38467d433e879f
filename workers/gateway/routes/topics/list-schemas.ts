import { createRoute } from '@hono/zod-openapi';
import { eventSchemaListSchema, topicPath } from '../../../../shared/schemas/topics.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askTopic } from '../../topic-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/topics/{topic}/schemas',
  tags: ['topics'],
  summary: 'List the schemas of a topic',
  ...secured('topic.read'),
  request: { params: topicPath },
  responses: { 200: jsonResponse('All versions.', eventSchemaListSchema), ...problemResponses },
});

export const listEventSchemas = operation(route, async (context) => {
  const { topic } = context.req.valid('param');
  const result = await askTopic(context, topic, (stub) => stub.schemas());
  if (!result.ok) return problem(context, result.error);
  return context.json({ schemas: result.value }, 200);
});
