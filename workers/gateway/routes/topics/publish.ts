import { createRoute } from '@hono/zod-openapi';
import { publishBody, publishedSchema, topicPath } from '../../../../shared/schemas/topics.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askNewTopic, checkPublisher } from '../../topic-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'post',
  path: '/api/topics/{topic}/events',
  tags: ['topics'],
  summary: 'Publish events to a topic',
  description:
    'All or none are added, in this order, and on disk when it is answered. A repeat of an `Idempotency-Key` adds nothing. Beyond the rate of the topic it is refused with 429 and `Retry-After`. Topics whose names begin with `platform.` are written by the platform alone.',
  ...secured('topic.publish'),
  request: { params: topicPath, body: { required: true, content: { 'application/json': { schema: publishBody } } } },
  responses: { 200: jsonResponse('Where the events are.', publishedSchema), ...problemResponses },
});

export const publishEvents = operation(route, async (context) => {
  const { topic } = context.req.valid('param');
  const { principal, commandId } = context.var;
  const allowed = checkPublisher(topic, 'topic');
  if (!allowed.ok) return problem(context, allowed.error);
  const events = context.req.valid('json').events.map(({ data, ...event }) => ({ ...withoutUndefined(event), data }));
  const command = { deliveryId: commandId, source: `key:${principal.keyId}`, events };
  const result = await askNewTopic(context, topic, (stub) => stub.publish(command));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
