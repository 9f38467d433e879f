import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { stateHashSchema, stateQuery } from '../../../../shared/schemas/run.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/state-hash',
  tags: ['runs'],
  summary: 'The hash of a project’s state right after an event',
  ...secured('run.read'),
  request: { params: projectPath, query: stateQuery },
  responses: { 200: jsonResponse('The hash, to compare with a replay.', stateHashSchema), ...problemResponses },
});

export const projectStateHash = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { sequence } = context.req.valid('query');
  const result = await askProject(context, projectId, (project) => project.stateHash({ sequence }));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
