import { createRoute } from '@hono/zod-openapi';
import { deactivateBody, objectLifecycleSchema, objectPath } from '../../../../shared/schemas/managed-object.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { askObject } from '../../object-access.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'post',
  path: '/api/objects/{kind}/{objectId}/deactivate',
  tags: ['objects'],
  summary: 'Have an object end its work and rest',
  description:
    'It takes no new command, ends what runs, delivers what waits, and sleeps without timers. The next command after that, or ' +
    '`revive`, wakes it; meanwhile its state can be read.',
  ...secured('object.change'),
  request: {
    params: objectPath,
    body: { required: true, content: { 'application/json': { schema: deactivateBody } } },
  },
  responses: {
    200: jsonResponse('Its life; `deactivating` until its work has ended.', objectLifecycleSchema),
    ...problemResponses,
  },
});

export const deactivateObject = operation(route, async (context) => {
  const { commandId, principal } = context.var;
  const command = withoutUndefined({ commandId, by: `person:${principal.keyId}`, ...context.req.valid('json') });
  const result = await askObject(context, context.req.valid('param'), (object) => object.deactivateObject(command));
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
