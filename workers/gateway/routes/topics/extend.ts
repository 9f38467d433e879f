import { createRoute } from '@hono/zod-openapi';
import { extendBody, groupPath, settledSchema } from '../../../../shared/schemas/topics.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askTopic } from '../../topic-access.ts';

const route = createRoute({
  method: 'post',
  path: '/api/topics/{topic}/groups/{group}/extend',
  tags: ['consumers'],
  summary: 'Extend leases of events that take longer',
  ...secured('topic.consume'),
  request: { params: groupPath, body: { required: true, content: { 'application/json': { schema: extendBody } } } },
  responses: { 200: jsonResponse('How many leases were good.', settledSchema), ...problemResponses },
});

export const extendLeases = operation(route, async (context) => {
  const { topic, group } = context.req.valid('param');
  const command = { group, ...context.req.valid('json') };
  const result = await askTopic(context, topic, (stub) => stub.extend(command));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
