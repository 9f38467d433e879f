import { createRoute } from '@hono/zod-openapi';
import {
  ifMatchHeader,
  objectPath,
  restoreBody,
  restoredObjectSchema,
} from '../../../../shared/schemas/managed-object.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { askObject } from '../../object-access.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { expectedVersionOf } from './etag.ts';

const route = createRoute({
  method: 'post',
  path: '/api/objects/{kind}/{objectId}/restore',
  tags: ['objects'],
  summary: 'Restore the state that an object had at an earlier version',
  description:
    'By a new event; nothing of the log is rewritten. Refused as `state.irreversible` where something happened since that a ' +
    'restored state would contradict: what agents did, commits, deployments.',
  ...secured('object.change'),
  request: {
    params: objectPath,
    headers: ifMatchHeader,
    body: { required: true, content: { 'application/json': { schema: restoreBody } } },
  },
  responses: { 200: jsonResponse('What was changed.', restoredObjectSchema), ...problemResponses },
});

export const restoreState = operation(route, async (context) => {
  const { commandId, principal } = context.var;
  const expectedVersion = expectedVersionOf(context.req.valid('header')['if-match']);
  const command = withoutUndefined({
    commandId,
    by: `person:${principal.keyId}`,
    expectedVersion,
    ...context.req.valid('json'),
  });
  const result = await askObject(context, context.req.valid('param'), (object) => object.restoreObject(command));
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
