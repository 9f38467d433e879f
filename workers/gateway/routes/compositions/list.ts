import { createRoute } from '@hono/zod-openapi';
import { compositionListQuery, compositionListSchema } from '../../../../shared/schemas/compositions.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { askComposer } from './composer.ts';

const route = createRoute({
  method: 'get',
  path: '/api/compositions',
  tags: ['compositions'],
  summary: 'List the compositions of the workspace, by name',
  ...secured('composition.read'),
  request: { query: compositionListQuery },
  responses: { 200: jsonResponse('A page of compositions.', compositionListSchema), ...problemResponses },
});

export const listCompositions = operation(route, async (context) => {
  const query = withoutUndefined(context.req.valid('query'));
  const page = await askComposer(context, (composer) => composer.list(query));
  return page.ok ? context.json(page.value, 200) : problem(context, page.error);
});
