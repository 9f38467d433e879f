import { createRoute } from '@hono/zod-openapi';
import { objectLifecycleSchema, objectPath } from '../../../../shared/schemas/managed-object.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { askObject } from '../../object-access.ts';
import { jsonResponse, operation } from '../../operation.ts';

const route = createRoute({
  method: 'get',
  path: '/api/objects/{kind}/{objectId}/lifecycle',
  tags: ['objects'],
  summary: 'Show the phase of life an object is in, and what it has to do',
  ...secured('object.read'),
  request: { params: objectPath },
  responses: { 200: jsonResponse('Its life.', objectLifecycleSchema), ...problemResponses },
});

export const getLifecycle = operation(route, async (context) => {
  const result = await askObject(context, context.req.valid('param'), (object) => object.objectLifecycle());
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
