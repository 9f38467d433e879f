import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { socketQuery } from '../../../../shared/schemas/paging.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { forwardSocket } from './stream.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/ws',
  tags: ['events'],
  summary: 'Follow a project over a WebSocket',
  description:
    'Frames as in `shared/protocol/socket-frames.ts`: events after `after`, then live; acknowledge to go on.',
  ...secured('event.read'),
  request: { params: projectPath, query: socketQuery },
  responses: { 101: { description: 'The socket.' }, ...problemResponses },
});

export const followProject = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { after } = context.req.valid('query');
  const known = await askProject(context, projectId, (project) => project.get());
  if (!known.ok) return problem(context, known.error);
  const { services, principal } = context.var;
  return await forwardSocket(context, services.objects.project(principal.workspaceId, projectId), after);
});
