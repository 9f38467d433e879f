import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { streamQuery } from '../../../../shared/schemas/paging.ts';
import { projectEventsSchema } from '../../../../shared/schemas/report.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponseOr, operation, otherForm } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { resumePoint, streamEvents, wantsEventStream } from './stream.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/events',
  tags: ['events'],
  summary: 'Read or follow what happened in a project, oldest first',
  description:
    'A page as JSON; with `Accept: text/event-stream` everything after `after` and then live, with the sequence as the ' +
    'event id, so that `Last-Event-ID` resumes.',
  ...secured('event.read'),
  request: { params: projectPath, query: streamQuery },
  responses: {
    200: jsonResponseOr('Events.', projectEventsSchema, ['text/event-stream']),
    ...problemResponses,
  },
});

export const listProjectEvents = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { after, limit } = context.req.valid('query');
  if (wantsEventStream(context.req.header('accept'))) {
    const known = await askProject(context, projectId, (project) => project.get());
    if (!known.ok) return problem(context, known.error);
    const { services, principal } = context.var;
    const from = resumePoint(context.req.header('last-event-id'), after);
    return otherForm(await streamEvents(context, services.objects.project(principal.workspaceId, projectId), from));
  }
  const result = await askProject(context, projectId, (project) => project.events({ after, limit }));
  if (!result.ok) return problem(context, result.error);
  return context.json({ events: result.value, next: result.value.at(-1)?.sequence ?? after }, 200);
});
