import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { findingsQuery, findingsSchema } from '../../../../shared/schemas/quality.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/quality/findings',
  tags: ['quality'],
  summary: 'Read the findings of a scan',
  description:
    'Each with its place, its way from the source to the sink, what it can do, and how to mend it. Of main, or with `subject` of the change of a task.',
  ...secured('project.read'),
  request: { params: projectPath, query: findingsQuery },
  responses: {
    200: jsonResponse('The findings, the worst first; at most 300 of all that are counted.', findingsSchema),
    ...problemResponses,
  },
});

export const getFindings = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const query = withoutUndefined(context.req.valid('query'));
  const result = await askProject(context, projectId, (project) => project.findings(query));
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
