import { createRoute } from '@hono/zod-openapi';
import { objectPath, objectStateSchema, stateQuery } from '../../../../shared/schemas/managed-object.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { askObject } from '../../object-access.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { etagOf } from './etag.ts';

const route = createRoute({
  method: 'get',
  path: '/api/objects/{kind}/{objectId}',
  tags: ['objects'],
  summary: 'Show the state of an object: now, at a version, or at a time',
  description: '`ETag` names the version; pass it as `If-Match` where something is to be changed.',
  ...secured('object.read'),
  request: { params: objectPath, query: stateQuery },
  responses: { 200: jsonResponse('The state. Secrets are not part of it.', objectStateSchema), ...problemResponses },
});

export const getState = operation(route, async (context) => {
  const place = context.req.valid('param');
  const query = withoutUndefined(context.req.valid('query'));
  const result = await askObject(context, place, (object) => object.objectState(query));
  if (!result.ok) return problem(context, result.error);
  context.header('etag', etagOf(result.value));
  return context.json({ ...place, ...result.value }, 200);
});
