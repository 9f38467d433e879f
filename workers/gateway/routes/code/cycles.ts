import { createRoute } from '@hono/zod-openapi';
import { refQuery, cycleSchema } from '../../../../shared/schemas/code.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askAboutCode } from './ask.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/code/cycles',
  tags: ['code'],
  summary: 'Files that import each other in a circle',
  ...secured('file.read'),
  request: { params: projectPath, query: refQuery },
  responses: {
    200: jsonResponse('Every group of files that can all reach each other.', cycleSchema),
    ...problemResponses,
  },
});

export const readCycles = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { ref } = context.req.valid('query');
  const result = await askAboutCode(context, { projectId, ref }, { kind: 'cycles' });
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
