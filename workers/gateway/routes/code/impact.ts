import { createRoute } from '@hono/zod-openapi';
import type { ProjectId } from '../../../../shared/domain/ids.ts';
import { ok, type Result } from '../../../../shared/errors/result.ts';
import { impactQuery, impactSchema } from '../../../../shared/schemas/code.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import type { AppContext } from '../../app-environment.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askRepository } from '../../project-access.ts';
import { askAboutCode } from './ask.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/code/impact',
  tags: ['code'],
  summary: 'Which files, tests and endpoints a change can reach',
  description: 'An upper bound over imports: what is not listed cannot be reached by them.',
  ...secured('file.read'),
  request: { params: projectPath, query: impactQuery },
  responses: { 200: jsonResponse('What is reached, the nearest first.', impactSchema), ...problemResponses },
});

const changedPaths = async (
  context: AppContext,
  projectId: ProjectId,
  from: string,
  to: string,
): Promise<Result<readonly string[]>> => {
  const diff = await askRepository(context, projectId, (repository) => repository.diff({ from, to }));
  return diff.ok ? ok(diff.value.map(({ path }) => path)) : diff;
};

export const readImpact = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { ref, paths, base } = context.req.valid('query');
  const changed =
    base === undefined
      ? ok((paths ?? '').split(',').filter((path) => path !== ''))
      : await changedPaths(context, projectId, base, ref);
  if (!changed.ok) return problem(context, changed.error);
  const result = await askAboutCode(context, { projectId, ref }, { kind: 'impact', paths: changed.value });
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
