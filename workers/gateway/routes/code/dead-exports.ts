import { createRoute } from '@hono/zod-openapi';
import { limitQuery, deadExportSchema } from '../../../../shared/schemas/code.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askAboutCode } from './ask.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/code/dead-exports',
  tags: ['code'],
  summary: 'Exports that nothing imports',
  ...secured('file.read'),
  request: { params: projectPath, query: limitQuery },
  responses: { 200: jsonResponse('The exports, by path and line.', deadExportSchema), ...problemResponses },
});

export const readDeadExports = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { ref, ...query } = context.req.valid('query');
  const result = await askAboutCode(context, { projectId, ref }, { kind: 'deadExports', ...query });
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
