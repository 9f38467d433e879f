import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { diffQuery, diffSchema } from '../../../../shared/schemas/repository.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askRepository } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/diff',
  tags: ['files'],
  summary: 'Compare two branches or commits',
  ...secured('file.read'),
  request: { params: projectPath, query: diffQuery },
  responses: { 200: jsonResponse('What changed, file by file.', diffSchema), ...problemResponses },
});

export const getDiff = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const query = context.req.valid('query');
  const result = await askRepository(context, projectId, (repository) => repository.diff(query));
  if (!result.ok) return problem(context, result.error);
  return context.json({ files: result.value }, 200);
});
