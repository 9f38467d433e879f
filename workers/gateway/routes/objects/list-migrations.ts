import { createRoute } from '@hono/zod-openapi';
import { objectMigrationsSchema, objectPath } from '../../../../shared/schemas/managed-object.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { askObject } from '../../object-access.ts';
import { jsonResponse, operation } from '../../operation.ts';

const route = createRoute({
  method: 'get',
  path: '/api/objects/{kind}/{objectId}/migrations',
  tags: ['objects'],
  summary: 'List the migrations of an object’s tables',
  ...secured('object.read'),
  request: { params: objectPath },
  responses: {
    200: jsonResponse('Those of the platform, then its own, in the order they are applied.', objectMigrationsSchema),
    ...problemResponses,
  },
});

export const listMigrations = operation(route, async (context) => {
  const result = await askObject(context, context.req.valid('param'), (object) => object.objectMigrations());
  return result.ok ? context.json({ migrations: result.value }, 200) : problem(context, result.error);
});
