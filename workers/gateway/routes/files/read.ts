import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { fileQuery, fileSchema } from '../../../../shared/schemas/repository.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askRepository } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/file',
  tags: ['files'],
  summary: 'Read a file',
  ...secured('file.read'),
  request: { params: projectPath, query: fileQuery },
  responses: { 200: jsonResponse('The file.', fileSchema), ...problemResponses },
});

export const readFile = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const query = context.req.valid('query');
  const result = await askRepository(context, projectId, (repository) => repository.readFile(query));
  if (!result.ok) return problem(context, result.error);
  return context.json({ ...query, ...result.value }, 200);
});
