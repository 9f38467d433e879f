import { createRoute } from '@hono/zod-openapi';
import { subscriptionListSchema } from '../../../../shared/schemas/topics.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askCatalog } from '../../topic-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/subscriptions',
  tags: ['consumers'],
  summary: 'List subscriptions by pattern',
  ...secured('topic.read'),
  responses: { 200: jsonResponse('All subscriptions.', subscriptionListSchema), ...problemResponses },
});

export const listSubscriptions = operation(route, async (context) => {
  const result = await askCatalog(context, (catalog) => catalog.subscriptions());
  if (!result.ok) return problem(context, result.error);
  return context.json({ subscriptions: result.value }, 200);
});
