import { createRoute } from '@hono/zod-openapi';
import { busLetterListSchema, groupPath } from '../../../../shared/schemas/topics.ts';
import { messageQuery } from '../../../../shared/schemas/paging.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askTopic } from '../../topic-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/topics/{topic}/groups/{group}/dead-letters',
  tags: ['consumers'],
  summary: 'List events that a group gave up',
  description: 'Oldest first; at most 1,000 of a group are kept.',
  ...secured('topic.read'),
  request: { params: groupPath, query: messageQuery },
  responses: { 200: jsonResponse('Dead letters.', busLetterListSchema), ...problemResponses },
});

export const listBusDeadLetters = operation(route, async (context) => {
  const { topic, group } = context.req.valid('param');
  const { after, limit } = context.req.valid('query');
  const result = await askTopic(context, topic, (stub) => stub.deadLetters({ group, after, limit }));
  if (!result.ok) return problem(context, result.error);
  return context.json({ deadLetters: result.value, next: result.value.at(-1)?.letterId ?? after }, 200);
});
