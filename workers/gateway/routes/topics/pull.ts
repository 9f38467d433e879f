import { createRoute } from '@hono/zod-openapi';
import { groupPath, pullBody, pulledSchema } from '../../../../shared/schemas/topics.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askTopic } from '../../topic-access.ts';
import { deadlines } from '../../deadline.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'post',
  path: '/api/topics/{topic}/groups/{group}/pull',
  tags: ['consumers'],
  summary: 'Lease the next events to a consumer',
  description:
    'They are handed out again when they are neither acknowledged nor extended before the lease ends. A repeat of an `Idempotency-Key` answers the same events while their leases last.',
  ...secured('topic.consume'),
  request: { params: groupPath, body: { required: true, content: { 'application/json': { schema: pullBody } } } },
  responses: { 200: jsonResponse('The events, none when there are none.', pulledSchema), ...problemResponses },
});

export const pullEvents = operation(route, async (context) => {
  const { topic, group } = context.req.valid('param');
  const { waitMs, ...rest } = withoutUndefined(context.req.valid('json'));
  const command = { pullId: context.var.commandId, group, waitMs, ...rest };
  const timeoutMs = deadlines.objectMs + waitMs;
  const result = await askTopic(context, topic, (stub) => stub.pull(command), { timeoutMs });
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
