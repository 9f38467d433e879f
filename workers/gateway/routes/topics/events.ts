import { createRoute } from '@hono/zod-openapi';
import type { EventsQuery } from '../../../../shared/rpc/events-query.ts';
import { topicEventsQuery, topicEventsSchema, topicPath } from '../../../../shared/schemas/topics.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponseOr, operation, otherForm } from '../../operation.ts';
import { askTopic } from '../../topic-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { findStart, streamEvents, wantsEventStream } from '../events/stream.ts';

const route = createRoute({
  method: 'get',
  path: '/api/topics/{topic}/events',
  tags: ['topics'],
  summary: 'Read or follow the events of a topic, oldest first',
  description:
    'A page as JSON; with `Accept: text/event-stream` everything after `after` and then live, with the sequence as the ' +
    'event id, so that `Last-Event-ID` resumes. What retention dropped is answered with `cursor.gone` and the oldest ' +
    'sequence, never skipped.',
  ...secured('topic.read'),
  request: { params: topicPath, query: topicEventsQuery },
  responses: { 200: jsonResponseOr('Events.', topicEventsSchema, ['text/event-stream']), ...problemResponses },
});

export const listTopicEvents = operation(route, async (context) => {
  const { topic } = context.req.valid('param');
  const query = withoutUndefined(context.req.valid('query'));
  const read = (page: EventsQuery) => askTopic(context, topic, (stub) => stub.events(page));
  if (wantsEventStream(context.req.header('accept'))) {
    const known = await askTopic(context, topic, (stub) => stub.view());
    if (!known.ok) return problem(context, known.error);
    const from = await findStart(context.req.header('last-event-id'), query, known.value.sequence, read);
    if (!from.ok) return problem(context, from.error);
    const { services, principal } = context.var;
    return otherForm(await streamEvents(context, services.objects.topic(principal.workspaceId, topic), from.value));
  }
  const { after, limit } = query;
  const result = await read(withoutUndefined({ after, limit, since: query.since }));
  if (!result.ok) return problem(context, result.error);
  return context.json({ events: result.value, next: result.value.at(-1)?.sequence ?? after }, 200);
});
