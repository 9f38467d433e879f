import { createRoute } from '@hono/zod-openapi';
import { workspaceOwner } from '../../../../shared/domain/service-registry/decide.ts';
import { registerServiceBody, registrationSchema } from '../../../../shared/schemas/services.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { checkEndpoints } from './endpoints.ts';
import { askRegistry } from './registry.ts';

const route = createRoute({
  method: 'post',
  path: '/api/services',
  tags: ['services'],
  summary: 'Register an instance of a service',
  description:
    'With `leaseSeconds` the answer holds a token, and the instance is taken out when no heartbeat with it comes in time. ' +
    'An address that is registered already is refused while its lease runs.',
  ...secured('service.change'),
  request: { body: { required: true, content: { 'application/json': { schema: registerServiceBody } } } },
  responses: { 201: jsonResponse('The registration.', registrationSchema), ...problemResponses },
});

export const registerService = operation(route, async (context) => {
  const { metadata, ...body } = withoutUndefined(context.req.valid('json'));
  const allowed = await checkEndpoints(context, body.endpoints);
  if (!allowed.ok) return problem(context, allowed.error);
  const { commandId } = context.var;
  const given = { kind: 'external', owner: workspaceOwner, metadata: withoutUndefined(metadata) } as const;
  const registered = await askRegistry(context, body.name, (registry) =>
    registry.registerService({ commandId, ...body, ...given }),
  );
  return registered.ok ? context.json(registered.value, 201) : problem(context, registered.error);
});
