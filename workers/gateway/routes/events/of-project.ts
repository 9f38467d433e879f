import { createRoute } from '@hono/zod-openapi';
import type { EventsQuery } from '../../../../shared/rpc/events-query.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { streamQuery } from '../../../../shared/schemas/paging.ts';
import { projectEventsSchema } from '../../../../shared/schemas/report.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponseOr, operation, otherForm } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { findStart, streamEvents, wantsEventStream } from './stream.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/events',
  tags: ['events'],
  summary: 'Read or follow what happened in a project, oldest first',
  description:
    'A page as JSON; with `Accept: text/event-stream` everything after `after` and then live, with the sequence as the ' +
    'event id, so that `Last-Event-ID` resumes. What is no longer kept is answered with `cursor.gone` and the oldest ' +
    'sequence, never skipped.',
  ...secured('event.read'),
  request: { params: projectPath, query: streamQuery },
  responses: {
    200: jsonResponseOr('Events.', projectEventsSchema, ['text/event-stream']),
    ...problemResponses,
  },
});

export const listProjectEvents = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const query = withoutUndefined(context.req.valid('query'));
  const read = (page: EventsQuery) => askProject(context, projectId, (project) => project.events(page));
  if (wantsEventStream(context.req.header('accept'))) {
    const known = await askProject(context, projectId, (project) => project.get());
    if (!known.ok) return problem(context, known.error);
    const from = await findStart(context.req.header('last-event-id'), query, known.value.sequence, read);
    if (!from.ok) return problem(context, from.error);
    const { services, principal } = context.var;
    const object = services.objects.project(principal.workspaceId, projectId);
    return otherForm(await streamEvents(context, object, from.value));
  }
  const { after, limit } = query;
  const result = await read(withoutUndefined({ after, limit, since: query.since }));
  if (!result.ok) return problem(context, result.error);
  return context.json({ events: result.value, next: result.value.at(-1)?.sequence ?? after }, 200);
});
