import { createRoute } from '@hono/zod-openapi';
import { objectLifecycleSchema, objectPath } from '../../../../shared/schemas/managed-object.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { askObject } from '../../object-access.ts';
import { jsonResponse, operation } from '../../operation.ts';

const route = createRoute({
  method: 'post',
  path: '/api/objects/{kind}/{objectId}/revive',
  tags: ['objects'],
  summary: 'Wake an object that rests',
  ...secured('object.change'),
  request: { params: objectPath },
  responses: { 200: jsonResponse('Its life.', objectLifecycleSchema), ...problemResponses },
});

export const reviveObject = operation(route, async (context) => {
  const { commandId } = context.var;
  const result = await askObject(context, context.req.valid('param'), (object) => object.reviveObject({ commandId }));
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
