import { createRoute } from '@hono/zod-openapi';
import { deadLetterPath, replayedSchema } from '../../../../shared/schemas/dead-letters.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'post',
  path: '/api/projects/{projectId}/dead-letters/{letterId}/replay',
  tags: ['dead letters'],
  summary: 'Do work again that failed too often',
  description: 'With all its attempts. A letter that fails again comes back to the list.',
  ...secured('dead_letter.replay'),
  request: { params: deadLetterPath },
  responses: { 202: jsonResponse('It is under way.', replayedSchema), ...problemResponses },
});

export const replayDeadLetter = operation(route, async (context) => {
  const { projectId, letterId } = context.req.valid('param');
  const command = { commandId: context.var.commandId, letterId };
  const result = await askProject(context, projectId, (project) => project.replayDeadLetter(command));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 202);
});
