import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { projectSchema } from '../../../../shared/schemas/project.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { presentProject } from './present.ts';

const route = createRoute({
  method: 'post',
  path: '/api/projects/{projectId}/resume',
  tags: ['projects'],
  summary: 'Go on with a paused project',
  ...secured('project.control'),
  request: { params: projectPath },
  responses: { 200: jsonResponse('The project.', projectSchema), ...problemResponses },
});

export const resumeProject = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const result = await askProject(context, projectId, (project) =>
    project.resume({ commandId: context.var.commandId }),
  );
  if (!result.ok) return problem(context, result.error);
  return context.json(presentProject(context, result.value), 200);
});
