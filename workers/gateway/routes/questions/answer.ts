import { createRoute } from '@hono/zod-openapi';
import { questionPath } from '../../../../shared/schemas/ids.ts';
import { answerBody, questionSchema } from '../../../../shared/schemas/questions.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'post',
  path: '/api/projects/{projectId}/questions/{questionId}/answer',
  tags: ['questions'],
  summary: 'Answer a question, so that the task that asked goes on',
  ...secured('question.answer'),
  request: {
    params: questionPath,
    body: { required: true, content: { 'application/json': { schema: answerBody } } },
  },
  responses: { 200: jsonResponse('The question with its answer.', questionSchema), ...problemResponses },
});

export const answerQuestion = operation(route, async (context) => {
  const { projectId, questionId } = context.req.valid('param');
  const { text } = context.req.valid('json');
  const { commandId, principal } = context.var;
  const command = { commandId, questionId, text, answeredBy: `person:${principal.keyId}` };
  const result = await askProject(context, projectId, (project) => project.answerQuestion(command));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
