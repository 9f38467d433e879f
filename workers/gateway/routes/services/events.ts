import { createRoute } from '@hono/zod-openapi';
import type { EventsQuery } from '../../../../shared/rpc/events-query.ts';
import { socketQuery } from '../../../../shared/schemas/paging.ts';
import { serviceEventQuery, serviceEventsSchema, shardPath } from '../../../../shared/schemas/services.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponseOr, operation, otherForm } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { findStart, forwardSocket, streamEvents, wantsEventStream } from '../events/stream.ts';
import { askShard } from './registry.ts';

const shards =
  'A registry has four shards, and a name lives in one of them: whoever wants all services follows all four.';

const route = createRoute({
  method: 'get',
  path: '/api/service-events/{shard}',
  tags: ['services'],
  summary: 'Read or follow what changes in one shard of the registry, oldest first',
  description:
    `${shards} A page as JSON; with \`Accept: text/event-stream\` everything after \`after\` and then live, with the ` +
    'sequence as the event id, so that `Last-Event-ID` resumes.',
  ...secured('service.read'),
  request: { params: shardPath, query: serviceEventQuery },
  responses: { 200: jsonResponseOr('Events.', serviceEventsSchema, ['text/event-stream']), ...problemResponses },
});

export const listServiceEvents = operation(route, async (context) => {
  const { shard } = context.req.valid('param');
  const query = withoutUndefined(context.req.valid('query'));
  const read = (page: EventsQuery) => askShard(context, shard, (registry) => registry.events(page));
  if (wantsEventStream(context.req.header('accept'))) {
    const known = await askShard(context, shard, (registry) => registry.snapshot());
    if (!known.ok) return problem(context, known.error);
    const from = await findStart(context.req.header('last-event-id'), query, known.value.sequence, read);
    if (!from.ok) return problem(context, from.error);
    const { services, principal } = context.var;
    const object = services.objects.serviceRegistry(principal.workspaceId, shard);
    return otherForm(await streamEvents(context, object, from.value));
  }
  const { after, limit } = query;
  const page = await read(withoutUndefined({ after, limit, since: query.since }));
  if (!page.ok) return problem(context, page.error);
  return context.json({ events: page.value, next: page.value.at(-1)?.sequence ?? after }, 200);
});

const socketRoute = createRoute({
  method: 'get',
  path: '/api/service-events/{shard}/ws',
  tags: ['services'],
  summary: 'Follow one shard of the registry over a WebSocket',
  description: `${shards} Frames as in \`shared/protocol/socket-frames.ts\`: events after \`after\`, then live; acknowledge to go on.`,
  ...secured('service.read'),
  request: { params: shardPath, query: socketQuery },
  responses: { 101: { description: 'The socket.' }, ...problemResponses },
});

export const followServices = operation(socketRoute, async (context) => {
  const { services, principal } = context.var;
  const object = services.objects.serviceRegistry(principal.workspaceId, context.req.valid('param').shard);
  return await forwardSocket(context, object, context.req.valid('query').after);
});
