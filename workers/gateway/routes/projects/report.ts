import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { reportSchema } from '../../../../shared/schemas/report.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponseOr, operation, otherForm } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { presentProject } from './present.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/report',
  tags: ['projects'],
  summary: 'Read what was built, tested, judged and deployed',
  description: 'As JSON, or with `Accept: text/markdown` as a person reads it.',
  ...secured('project.read'),
  request: { params: projectPath },
  responses: {
    200: jsonResponseOr('The report so far.', reportSchema, ['text/markdown']),
    ...problemResponses,
  },
});

export const getReport = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const result = await askProject(context, projectId, (project) => project.report());
  if (!result.ok) return problem(context, result.error);
  if ((context.req.header('accept') ?? '').includes('text/markdown')) {
    const headers = { 'content-type': 'text/markdown; charset=utf-8' };
    return otherForm(context.body(result.value.markdown, 200, headers));
  }
  return context.json(presentProject(context, result.value), 200);
});
