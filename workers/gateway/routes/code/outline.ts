import { createRoute } from '@hono/zod-openapi';
import { outlineQuery, outlineSchema } from '../../../../shared/schemas/code.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { askAboutCode } from './ask.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/code/outline',
  tags: ['code'],
  summary: 'Outline files: their symbols, or why there are none',
  ...secured('file.read'),
  request: { params: projectPath, query: outlineQuery },
  responses: { 200: jsonResponse('The files, sorted by path.', outlineSchema), ...problemResponses },
});

export const readOutline = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { ref, ...query } = context.req.valid('query');
  const result = await askAboutCode(context, { projectId, ref }, { kind: 'outline', ...withoutUndefined(query) });
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
