import { createRoute } from '@hono/zod-openapi';
import { renameQuery, renameSchema } from '../../../../shared/schemas/code.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askAboutCode } from './ask.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/code/rename',
  tags: ['code'],
  summary: 'What renaming would change',
  ...secured('file.read'),
  request: { params: projectPath, query: renameQuery },
  responses: { 200: jsonResponse('The edits; nothing is written.', renameSchema), ...problemResponses },
});

export const planRename = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { ref, path, line, column, newName } = context.req.valid('query');
  const result = await askAboutCode(
    context,
    { projectId, ref },
    { kind: 'rename', path, at: { line, column }, newName },
  );
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
