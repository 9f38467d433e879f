import { createRoute } from '@hono/zod-openapi';
import { deadLetterListSchema } from '../../../../shared/schemas/dead-letters.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/dead-letters',
  tags: ['dead letters'],
  summary: 'List work that failed too often',
  description:
    'Of the project and all its agents, oldest first, at most 500. Nothing of it is lost; it waits to be replayed.',
  ...secured('project.read'),
  request: { params: projectPath },
  responses: { 200: jsonResponse('The dead letters.', deadLetterListSchema), ...problemResponses },
});

export const listDeadLetters = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const result = await askProject(context, projectId, (project) => project.deadLetters());
  if (!result.ok) return problem(context, result.error);
  return context.json({ deadLetters: result.value }, 200);
});
