import { createRoute } from '@hono/zod-openapi';
import { platformCards } from '../../../../shared/domain/tool/index.ts';
import { toolCardSchema, toolPath } from '../../../../shared/schemas/tool-calls.ts';
import { notFound, problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';

const route = createRoute({
  method: 'get',
  path: '/api/tools/{tool}',
  tags: ['tools'],
  summary: 'One tool: its arguments, its effect, examples',
  ...secured('tool.read'),
  request: { params: toolPath },
  responses: { 200: jsonResponse('The tool.', toolCardSchema), ...problemResponses },
});

export const getTool = operation(route, (context) => {
  const { tool: name } = context.req.valid('param');
  const card = platformCards().find((each) => each.name === name);
  return card === undefined ? problem(context, notFound('tool')) : context.json(card, 200);
});
