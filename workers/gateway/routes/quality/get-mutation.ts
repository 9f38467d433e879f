import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { mutationSchema } from '../../../../shared/schemas/mutation.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/quality/mutation',
  tags: ['quality'],
  summary: 'Read the last mutation test with the coverage of its commit',
  description: 'While it runs, `progress` says how many mutants have a verdict.',
  ...secured('project.read'),
  request: { params: projectPath },
  responses: { 200: jsonResponse('The run.', mutationSchema), ...problemResponses },
});

/** 404 before the first run. */
export const getMutation = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const result = await askProject(context, projectId, (project) => project.mutation());
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
