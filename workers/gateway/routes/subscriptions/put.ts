import { createRoute } from '@hono/zod-openapi';
import { putSubscriptionBody, subscriptionPath, subscriptionSchema } from '../../../../shared/schemas/topics.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askCatalog, checkTarget } from '../../topic-access.ts';

const route = createRoute({
  method: 'put',
  path: '/api/subscriptions/{subscription}',
  tags: ['consumers'],
  summary: 'Subscribe to every topic that a pattern stands for',
  description:
    'Each of them, present or to come, gets a consumer group of this name; topics there are follow within a second. The pattern of a name stays.',
  ...secured('topic.change'),
  request: {
    params: subscriptionPath,
    body: { required: true, content: { 'application/json': { schema: putSubscriptionBody } } },
  },
  responses: { 200: jsonResponse('The subscription.', subscriptionSchema), ...problemResponses },
});

export const putSubscription = operation(route, async (context) => {
  const { subscription: name } = context.req.valid('param');
  const { pattern, ...settings } = context.req.valid('json');
  const target = await checkTarget(context, settings);
  if (!target.ok) return problem(context, target.error);
  const command = { commandId: context.var.commandId, name, pattern, settings };
  const result = await askCatalog(context, (catalog) => catalog.subscribe(command));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
