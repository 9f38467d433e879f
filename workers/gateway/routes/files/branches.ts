import { createRoute } from '@hono/zod-openapi';
import { ok } from '../../../../shared/errors/result.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { branchListSchema } from '../../../../shared/schemas/repository.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askRepository } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/branches',
  tags: ['files'],
  summary: 'List branches',
  ...secured('file.read'),
  request: { params: projectPath },
  responses: { 200: jsonResponse('All branches.', branchListSchema), ...problemResponses },
});

export const listBranches = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const result = await askRepository(context, projectId, async (repository) => ok(await repository.branches()));
  if (!result.ok) return problem(context, result.error);
  return context.json({ branches: result.value }, 200);
});
