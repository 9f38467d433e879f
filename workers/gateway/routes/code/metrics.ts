import { createRoute } from '@hono/zod-openapi';
import { metricQuery, metricSchema } from '../../../../shared/schemas/code.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askRepository } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { askAboutCode } from './ask.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/code/metrics',
  tags: ['code'],
  summary: 'Size, complexity, maintainability and churn of files',
  ...secured('file.read'),
  request: { params: projectPath, query: metricQuery },
  responses: { 200: jsonResponse('A page of files, sorted by path.', metricSchema), ...problemResponses },
});

export const readMetrics = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { ref, ...query } = context.req.valid('query');
  const measured = await askAboutCode(context, { projectId, ref }, { kind: 'metrics', ...withoutUndefined(query) });
  if (!measured.ok) return problem(context, measured.error);
  const churn = await askRepository(context, projectId, (repository) => repository.churn({ ref }));
  if (!churn.ok) return problem(context, churn.error);
  const changes = new Map(churn.value.files.map((file) => [file.path, file.changes]));
  const files = measured.value.files.map((file) => ({ ...file, changes: changes.get(file.path) ?? 0 }));
  return context.json({ ...measured.value, files, commits: churn.value.commits }, 200);
});
