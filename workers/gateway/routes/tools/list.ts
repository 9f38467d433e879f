import { createRoute } from '@hono/zod-openapi';
import { searchTools } from '../../../../shared/domain/tool/catalogue.ts';
import { platformCards } from '../../../../shared/domain/tool/index.ts';
import { toolListQuery, toolListSchema } from '../../../../shared/schemas/tool-calls.ts';
import { problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';

const route = createRoute({
  method: 'get',
  path: '/api/tools',
  tags: ['tools'],
  summary: 'List or search the tools of the platform',
  ...secured('tool.read'),
  request: { query: toolListQuery },
  responses: { 200: jsonResponse('The tools; of a search, the best fits first.', toolListSchema), ...problemResponses },
});

export const listTools = operation(route, (context) => {
  const { query, capability, after = '', limit } = context.req.valid('query');
  const wanted = platformCards().filter((card) => capability === undefined || card.capability === capability);
  if (query !== undefined) return context.json({ tools: searchTools(wanted, query, limit) }, 200);
  const rest = wanted.filter(({ name }) => name > after);
  const tools = rest.slice(0, limit);
  const next = rest.length > limit ? tools.at(-1)?.name : undefined;
  return context.json({ tools, ...(next === undefined ? {} : { next }) }, 200);
});
