import { createRoute } from '@hono/zod-openapi';
import { importQuery, importSchema } from '../../../../shared/schemas/code.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { askAboutCode } from './ask.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/code/imports',
  tags: ['code'],
  summary: 'Which file imports which',
  ...secured('file.read'),
  request: { params: projectPath, query: importQuery },
  responses: { 200: jsonResponse('A page of the import graph.', importSchema), ...problemResponses },
});

export const readImports = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { ref, ...query } = context.req.valid('query');
  const result = await askAboutCode(context, { projectId, ref }, { kind: 'imports', ...withoutUndefined(query) });
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
