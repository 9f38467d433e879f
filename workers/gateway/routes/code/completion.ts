import { createRoute } from '@hono/zod-openapi';
import { completionQuery, completionSchema } from '../../../../shared/schemas/code.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askAboutCode } from './ask.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/code/completion',
  tags: ['code'],
  summary: 'What can stand at a place',
  ...secured('file.read'),
  request: { params: projectPath, query: completionQuery },
  responses: { 200: jsonResponse('The names, the likeliest first.', completionSchema), ...problemResponses },
});

export const readCompletion = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { ref, path, line, column, limit } = context.req.valid('query');
  const result = await askAboutCode(
    context,
    { projectId, ref },
    { kind: 'completion', path, at: { line, column }, limit },
  );
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
