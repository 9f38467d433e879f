import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { cancelBody, projectSchema } from '../../../../shared/schemas/project.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { presentProject } from './present.ts';

const route = createRoute({
  method: 'post',
  path: '/api/projects/{projectId}/cancel',
  tags: ['projects'],
  summary: 'End a project for good',
  ...secured('project.control'),
  request: { params: projectPath, body: { content: { 'application/json': { schema: cancelBody } } } },
  responses: { 200: jsonResponse('The project.', projectSchema), ...problemResponses },
});

export const cancelProject = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const command = withoutUndefined({ commandId: context.var.commandId, reason: context.req.valid('json').reason });
  const result = await askProject(context, projectId, (project) => project.cancel(command));
  if (!result.ok) return problem(context, result.error);
  return context.json(presentProject(context, result.value), 200);
});
