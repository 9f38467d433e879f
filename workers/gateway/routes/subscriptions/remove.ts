import { createRoute } from '@hono/zod-openapi';
import { removedSchema, subscriptionPath } from '../../../../shared/schemas/topics.ts';
import { notFound, problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askCatalog } from '../../topic-access.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/subscriptions/{subscription}',
  tags: ['consumers'],
  summary: 'Remove a subscription and its groups on all topics',
  ...secured('topic.change'),
  request: { params: subscriptionPath },
  responses: { 200: jsonResponse('It is gone.', removedSchema), ...problemResponses },
});

export const removeSubscription = operation(route, async (context) => {
  const { subscription: name } = context.req.valid('param');
  const command = { commandId: context.var.commandId, name };
  const result = await askCatalog(context, (catalog) => catalog.unsubscribe(command));
  if (!result.ok) return problem(context, result.error);
  if (!result.value.removed) return problem(context, notFound('subscription'));
  return context.json({ removed: true as const }, 200);
});
