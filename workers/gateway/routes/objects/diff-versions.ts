import { createRoute } from '@hono/zod-openapi';
import { diffQuery, objectDiffSchema, objectPath } from '../../../../shared/schemas/managed-object.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { askObject } from '../../object-access.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'get',
  path: '/api/objects/{kind}/{objectId}/diff',
  tags: ['objects'],
  summary: 'Show what is different between two versions of an object',
  description: 'Without `to`, up to the newest version.',
  ...secured('object.read'),
  request: { params: objectPath, query: diffQuery },
  responses: { 200: jsonResponse('The difference.', objectDiffSchema), ...problemResponses },
});

export const diffVersions = operation(route, async (context) => {
  const query = withoutUndefined(context.req.valid('query'));
  const result = await askObject(context, context.req.valid('param'), (object) => object.objectDiff(query));
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
