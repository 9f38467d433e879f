import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { taskListSchema } from '../../../../shared/schemas/team.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/tasks',
  tags: ['tasks'],
  summary: 'List tasks in the order they were made',
  ...secured('project.read'),
  request: { params: projectPath },
  responses: { 200: jsonResponse('All tasks of the project.', taskListSchema), ...problemResponses },
});

export const listTasks = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const result = await askProject(context, projectId, (project) => project.tasks());
  if (!result.ok) return problem(context, result.error);
  return context.json({ tasks: result.value }, 200);
});
