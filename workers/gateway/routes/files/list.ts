import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { fileListQuery, fileListSchema } from '../../../../shared/schemas/repository.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askRepository } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/files',
  tags: ['files'],
  summary: 'List the files of a branch or commit',
  ...secured('file.read'),
  request: { params: projectPath, query: fileListQuery },
  responses: { 200: jsonResponse('A page of files, sorted by path.', fileListSchema), ...problemResponses },
});

export const listFiles = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const query = withoutUndefined(context.req.valid('query'));
  const result = await askRepository(context, projectId, (repository) => repository.listFiles(query));
  if (!result.ok) return problem(context, result.error);
  return context.json({ ref: query.ref, ...result.value }, 200);
});
