import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { questionListSchema } from '../../../../shared/schemas/questions.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/questions',
  tags: ['questions'],
  summary: 'List what the team asks you, oldest first',
  ...secured('question.read'),
  request: { params: projectPath },
  responses: { 200: jsonResponse('All questions of the project.', questionListSchema), ...problemResponses },
});

export const listQuestions = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const result = await askProject(context, projectId, (project) => project.questions());
  if (!result.ok) return problem(context, result.error);
  return context.json({ questions: result.value }, 200);
});
