import { createRoute } from '@hono/zod-openapi';
import type { EventsQuery } from '../../../../shared/rpc/events-query.ts';
import { agentPath } from '../../../../shared/schemas/ids.ts';
import { streamQuery } from '../../../../shared/schemas/paging.ts';
import { agentEventsSchema } from '../../../../shared/schemas/report.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponseOr, operation, otherForm } from '../../operation.ts';
import { askAgent } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { findStart, streamEvents, wantsEventStream } from './stream.ts';

const route = createRoute({
  method: 'get',
  path: '/api/agents/{agentId}/events',
  tags: ['events'],
  summary: 'Read or follow what happened in an agent, oldest first',
  description:
    'A page as JSON; with `Accept: text/event-stream` everything after `after` and then live, with the sequence as the ' +
    'event id, so that `Last-Event-ID` resumes. What is no longer kept is answered with `cursor.gone` and the oldest ' +
    'sequence, never skipped.',
  ...secured('event.read'),
  request: { params: agentPath, query: streamQuery },
  responses: {
    200: jsonResponseOr('Events.', agentEventsSchema, ['text/event-stream']),
    ...problemResponses,
  },
});

export const listAgentEvents = operation(route, async (context) => {
  const { agentId } = context.req.valid('param');
  const query = withoutUndefined(context.req.valid('query'));
  const read = (page: EventsQuery) => askAgent(context, agentId, (agent) => agent.events(page));
  if (wantsEventStream(context.req.header('accept'))) {
    const known = await askAgent(context, agentId, (agent) => agent.get());
    if (!known.ok) return problem(context, known.error);
    const from = await findStart(context.req.header('last-event-id'), query, known.value.sequence, read);
    if (!from.ok) return problem(context, from.error);
    const { services, principal } = context.var;
    const object = services.objects.agent(principal.workspaceId, agentId);
    return otherForm(await streamEvents(context, object, from.value));
  }
  const { after, limit } = query;
  const result = await read(withoutUndefined({ after, limit, since: query.since }));
  if (!result.ok) return problem(context, result.error);
  return context.json({ events: result.value, next: result.value.at(-1)?.sequence ?? after }, 200);
});
