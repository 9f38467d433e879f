import { createRoute } from '@hono/zod-openapi';
import { topicListQuery, topicListSchema } from '../../../../shared/schemas/topics.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askCatalog } from '../../topic-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'get',
  path: '/api/topics',
  tags: ['topics'],
  summary: 'List topics by name',
  ...secured('topic.read'),
  request: { query: topicListQuery },
  responses: { 200: jsonResponse('A page of topics.', topicListSchema), ...problemResponses },
});

export const listTopics = operation(route, async (context) => {
  const query = withoutUndefined(context.req.valid('query'));
  const result = await askCatalog(context, (catalog) => catalog.list(query));
  if (!result.ok) return problem(context, result.error);
  const last = result.value.topics.at(-1);
  const next = last !== undefined && result.value.topics.length === query.limit ? { next: last.topic } : {};
  return context.json({ ...result.value, ...next }, 200);
});
