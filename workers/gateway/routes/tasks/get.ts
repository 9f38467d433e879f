import { createRoute } from '@hono/zod-openapi';
import { taskPath } from '../../../../shared/schemas/ids.ts';
import { taskDetailSchema } from '../../../../shared/schemas/team.ts';
import { notFound, problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/tasks/{taskId}',
  tags: ['tasks'],
  summary: 'Show a task with its agent and its reviews',
  ...secured('project.read'),
  request: { params: taskPath },
  responses: { 200: jsonResponse('The task.', taskDetailSchema), ...problemResponses },
});

export const getTask = operation(route, async (context) => {
  const { projectId, taskId } = context.req.valid('param');
  const tasks = await askProject(context, projectId, (project) => project.tasks());
  if (!tasks.ok) return problem(context, tasks.error);
  const task = tasks.value.find((entry) => entry.taskId === taskId);
  if (task === undefined) return problem(context, notFound('task'));
  const agents = await askProject(context, projectId, (project) => project.agents());
  if (!agents.ok) return problem(context, agents.error);
  const agent = agents.value.find((entry) => entry.agentId === task.agentId);
  const reviews = tasks.value.filter((entry) => entry.subject === taskId);
  return context.json({ task, reviews, ...(agent === undefined ? {} : { agent }) }, 200);
});
