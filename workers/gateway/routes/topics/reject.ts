import { createRoute } from '@hono/zod-openapi';
import { groupPath, rejectBody, settledSchema } from '../../../../shared/schemas/topics.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askTopic } from '../../topic-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'post',
  path: '/api/topics/{topic}/groups/{group}/reject',
  tags: ['consumers'],
  summary: 'Reject events: they failed',
  description:
    'Each is handed out again after a pause, at most as often as the group says, and then kept as a dead letter.',
  ...secured('topic.consume'),
  request: { params: groupPath, body: { required: true, content: { 'application/json': { schema: rejectBody } } } },
  responses: { 200: jsonResponse('How many leases were good.', settledSchema), ...problemResponses },
});

export const rejectEvents = operation(route, async (context) => {
  const { topic, group } = context.req.valid('param');
  const command = { group, ...withoutUndefined(context.req.valid('json')) };
  const result = await askTopic(context, topic, (stub) => stub.reject(command));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
