import { createRoute } from '@hono/zod-openapi';
import {
  serviceCallAnswerSchema,
  serviceCallBody,
  serviceObjectPath,
} from '../../../../shared/schemas/managed-object.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { callOwnService } from '../../service-objects.ts';

const route = createRoute({
  method: 'post',
  path: '/api/objects/service/{objectId}/call',
  tags: ['objects'],
  summary: 'Call a service of an app or a composition of your own',
  description:
    'What its code could do, by hand: give a role, make a key, read a funnel, ask a database. Methods that speak for a person ' +
    '(signing in, tokens of sessions) are not offered; which ones are is told when another is named. A call that is sent again is made again.',
  ...secured('object.call'),
  request: {
    params: serviceObjectPath,
    body: { required: true, content: { 'application/json': { schema: serviceCallBody } } },
  },
  responses: { 200: jsonResponse('What the service answered.', serviceCallAnswerSchema), ...problemResponses },
});

export const callServiceObject = operation(route, async (context) => {
  const { objectId } = context.req.valid('param');
  const result = await callOwnService(context, objectId, context.req.valid('json'));
  return result.ok ? context.json({ value: result.value }, 200) : problem(context, result.error);
});
