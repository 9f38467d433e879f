import { createRoute } from '@hono/zod-openapi';
import { placeQuery, hoverSchema } from '../../../../shared/schemas/code.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askAboutCode } from './ask.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/code/hover',
  tags: ['code'],
  summary: 'What a name is',
  ...secured('file.read'),
  request: { params: projectPath, query: placeQuery },
  responses: {
    200: jsonResponse('Its signature and documentation; empty where no name stands.', hoverSchema),
    ...problemResponses,
  },
});

export const readHover = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { ref, path, line, column } = context.req.valid('query');
  const result = await askAboutCode(context, { projectId, ref }, { kind: 'hover', path, at: { line, column } });
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
