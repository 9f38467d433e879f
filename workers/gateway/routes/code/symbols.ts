import { createRoute } from '@hono/zod-openapi';
import { symbolQuery, symbolListSchema } from '../../../../shared/schemas/code.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askAboutCode } from './ask.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/code/symbols',
  tags: ['code'],
  summary: 'Find symbols by their names',
  ...secured('file.read'),
  request: { params: projectPath, query: symbolQuery },
  responses: { 200: jsonResponse('The symbols, the nearest names first.', symbolListSchema), ...problemResponses },
});

export const findSymbols = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { ref, ...query } = context.req.valid('query');
  const result = await askAboutCode(context, { projectId, ref }, { kind: 'symbols', ...query });
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
