import { createRoute } from '@hono/zod-openapi';
import { effectListSchema } from '../../../../shared/schemas/effects.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { effectQuery } from '../../../../shared/schemas/paging.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/effects',
  tags: ['effects'],
  summary: 'List effects of which nobody knows whether they happened',
  description: 'Calls of tools that were sent and not answered, oldest first; with `status` also those settled since.',
  ...secured('project.read'),
  request: { params: projectPath, query: effectQuery },
  responses: { 200: jsonResponse('A page of effects.', effectListSchema), ...problemResponses },
});

export const listEffects = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const query = context.req.valid('query');
  const result = await askProject(context, projectId, (project) => project.effects(query));
  if (!result.ok) return problem(context, result.error);
  const effects = result.value;
  const next = effects.length < query.limit ? undefined : effects.at(-1)?.number;
  return context.json({ effects, ...(next === undefined ? {} : { next }) }, 200);
});
