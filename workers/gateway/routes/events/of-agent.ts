import { createRoute } from '@hono/zod-openapi';
import { agentPath } from '../../../../shared/schemas/ids.ts';
import { streamQuery } from '../../../../shared/schemas/paging.ts';
import { agentEventsSchema } from '../../../../shared/schemas/report.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponseOr, operation, otherForm } from '../../operation.ts';
import { askAgent } from '../../project-access.ts';
import { resumePoint, streamEvents, wantsEventStream } from './stream.ts';

const route = createRoute({
  method: 'get',
  path: '/api/agents/{agentId}/events',
  tags: ['events'],
  summary: 'Read or follow what happened in an agent, oldest first',
  description:
    'A page as JSON; with `Accept: text/event-stream` everything after `after` and then live, with the sequence as the ' +
    'event id, so that `Last-Event-ID` resumes.',
  ...secured('event.read'),
  request: { params: agentPath, query: streamQuery },
  responses: {
    200: jsonResponseOr('Events.', agentEventsSchema, ['text/event-stream']),
    ...problemResponses,
  },
});

export const listAgentEvents = operation(route, async (context) => {
  const { agentId } = context.req.valid('param');
  const { after, limit } = context.req.valid('query');
  if (wantsEventStream(context.req.header('accept'))) {
    const known = await askAgent(context, agentId, (agent) => agent.get());
    if (!known.ok) return problem(context, known.error);
    const { services, principal } = context.var;
    const from = resumePoint(context.req.header('last-event-id'), after);
    return otherForm(await streamEvents(context, services.objects.agent(principal.workspaceId, agentId), from));
  }
  const result = await askAgent(context, agentId, (agent) => agent.events({ after, limit }));
  if (!result.ok) return problem(context, result.error);
  return context.json({ events: result.value, next: result.value.at(-1)?.sequence ?? after }, 200);
});
