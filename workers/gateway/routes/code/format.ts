import { createRoute } from '@hono/zod-openapi';
import { formatQuery, formatSchema } from '../../../../shared/schemas/code.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askAboutCode } from './ask.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/code/format',
  tags: ['code'],
  summary: 'What formatting a file would change',
  ...secured('file.read'),
  request: { params: projectPath, query: formatQuery },
  responses: { 200: jsonResponse('The edits; nothing is written.', formatSchema), ...problemResponses },
});

export const planFormat = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { ref, path } = context.req.valid('query');
  const result = await askAboutCode(context, { projectId, ref }, { kind: 'format', path });
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
