import { createRoute } from '@hono/zod-openapi';
import { acknowledgeBody, groupPath, settledSchema } from '../../../../shared/schemas/topics.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askTopic } from '../../topic-access.ts';

const route = createRoute({
  method: 'post',
  path: '/api/topics/{topic}/groups/{group}/acknowledge',
  tags: ['consumers'],
  summary: 'Acknowledge events: they are done',
  ...secured('topic.consume'),
  request: {
    params: groupPath,
    body: { required: true, content: { 'application/json': { schema: acknowledgeBody } } },
  },
  responses: { 200: jsonResponse('How many leases were good.', settledSchema), ...problemResponses },
});

export const acknowledgeEvents = operation(route, async (context) => {
  const { topic, group } = context.req.valid('param');
  const command = { group, ...context.req.valid('json') };
  const result = await askTopic(context, topic, (stub) => stub.acknowledge(command));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
