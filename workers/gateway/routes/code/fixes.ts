import { createRoute } from '@hono/zod-openapi';
import { fixQuery, fixSchema } from '../../../../shared/schemas/code.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { askAboutCode } from './ask.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/code/fixes',
  tags: ['code'],
  summary: 'Fixes for what is wrong in a file',
  ...secured('file.read'),
  request: { params: projectPath, query: fixQuery },
  responses: { 200: jsonResponse('The fixes with their edits; nothing is written.', fixSchema), ...problemResponses },
});

export const planFixes = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { ref, ...query } = context.req.valid('query');
  const result = await askAboutCode(context, { projectId, ref }, { kind: 'fixes', ...withoutUndefined(query) });
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
