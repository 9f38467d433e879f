import { createRoute } from '@hono/zod-openapi';
import { criteriaQuery, criteriaSchema } from '../../../../shared/schemas/behaviour.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/quality/criteria',
  tags: ['quality'],
  summary: 'Read the acceptance criteria with what proves them',
  description:
    'Each criterion of the specification and of the tasks, the tasks that have it, the checks that name it with their results, and what follows for the head of main.',
  ...secured('project.read'),
  request: { params: projectPath, query: criteriaQuery },
  responses: { 200: jsonResponse('A page of the criteria.', criteriaSchema), ...problemResponses },
});

export const getCriteria = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const query = withoutUndefined(context.req.valid('query'));
  const result = await askProject(context, projectId, (project) => project.criteria(query));
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
