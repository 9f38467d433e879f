import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { commitQuery, commitListSchema } from '../../../../shared/schemas/repository.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askRepository } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/commits',
  tags: ['files'],
  summary: 'List commits, newest first',
  ...secured('file.read'),
  request: { params: projectPath, query: commitQuery },
  responses: { 200: jsonResponse('A page of commits.', commitListSchema), ...problemResponses },
});

export const listCommits = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const query = withoutUndefined(context.req.valid('query'));
  const result = await askRepository(context, projectId, (repository) => repository.log(query));
  if (!result.ok) return problem(context, result.error);
  return context.json({ commits: result.value }, 200);
});
