import { createRoute } from '@hono/zod-openapi';
import { historyQuery, objectHistorySchema, objectPath } from '../../../../shared/schemas/managed-object.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { askObject } from '../../object-access.ts';
import { jsonResponse, operation } from '../../operation.ts';

const route = createRoute({
  method: 'get',
  path: '/api/objects/{kind}/{objectId}/history',
  tags: ['objects'],
  summary: 'List what happened to an object, oldest first',
  ...secured('object.read'),
  request: { params: objectPath, query: historyQuery },
  responses: { 200: jsonResponse('A page of its events.', objectHistorySchema), ...problemResponses },
});

export const listHistory = operation(route, async (context) => {
  const query = context.req.valid('query');
  const result = await askObject(context, context.req.valid('param'), (object) => object.objectHistory(query));
  if (!result.ok) return problem(context, result.error);
  const last = result.value.events.at(-1)?.version;
  const next = last === undefined || last >= result.value.newestVersion ? {} : { next: last };
  return context.json({ ...result.value, ...next }, 200);
});
