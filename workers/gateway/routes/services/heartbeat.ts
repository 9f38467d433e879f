import { createRoute } from '@hono/zod-openapi';
import { shardOf } from '../../../../shared/domain/service-registry/shard.ts';
import { heartbeatBody, heartbeatSchema, instancePath } from '../../../../shared/schemas/services.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { askShard, checkRegistered } from './registry.ts';

const route = createRoute({
  method: 'post',
  path: '/api/service-instances/{service}/{instance}/heartbeat',
  tags: ['services'],
  summary: 'Extend an instance’s lease, and say how it is',
  description:
    'Send it every third of the lease. `lease.stale`: the token is not, or no longer, the instance’s; register again.',
  ...secured('service.change'),
  request: {
    params: instancePath,
    body: { required: true, content: { 'application/json': { schema: heartbeatBody } } },
  },
  responses: { 200: jsonResponse('The new end of the lease.', heartbeatSchema), ...problemResponses },
});

export const beatService = operation(route, async (context) => {
  const { service: name, instance } = context.req.valid('param');
  const registered = checkRegistered({ name, instance });
  if (!registered.ok) return problem(context, registered.error);
  const beat = { name, instance, ...withoutUndefined(context.req.valid('json')) };
  const taken = await askShard(context, shardOf(name), (registry) => registry.heartbeat(beat));
  return taken.ok ? context.json(taken.value, 200) : problem(context, taken.error);
});
