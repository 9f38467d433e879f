import { createRoute } from '@hono/zod-openapi';
import { limitQuery, duplicationSchema } from '../../../../shared/schemas/code.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askAboutCode } from './ask.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/code/duplication',
  tags: ['code'],
  summary: 'Passages that stand in the project more than once',
  ...secured('file.read'),
  request: { params: projectPath, query: limitQuery },
  responses: { 200: jsonResponse('The longest copies first.', duplicationSchema), ...problemResponses },
});

export const readDuplication = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { ref, ...query } = context.req.valid('query');
  const result = await askAboutCode(context, { projectId, ref }, { kind: 'duplication', ...query });
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
