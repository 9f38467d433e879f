import { createRoute } from '@hono/zod-openapi';
import { workspaceOwner } from '../../../../shared/domain/service-registry/decide.ts';
import { instancePath, serviceSchema, updateServiceBody } from '../../../../shared/schemas/services.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { checkEndpoints } from './endpoints.ts';
import { askRegistry, checkRegistered } from './registry.ts';

const route = createRoute({
  method: 'patch',
  path: '/api/service-instances/{service}/{instance}',
  tags: ['services'],
  summary: 'Change an instance’s metadata or endpoints',
  description:
    'Only what is given changes; lists and attributes are replaced as a whole. The weight of any service can be changed, ' +
    'for a canary or to drain it; everything else only of services that were registered over this API.',
  ...secured('service.change'),
  request: {
    params: instancePath,
    body: { required: true, content: { 'application/json': { schema: updateServiceBody } } },
  },
  responses: { 200: jsonResponse('The instance.', serviceSchema), ...problemResponses },
});

export const updateService = operation(route, async (context) => {
  const { service: name, instance } = context.req.valid('param');
  const registered = checkRegistered({ name, instance });
  if (!registered.ok) return problem(context, registered.error);
  const { metadata, ...body } = withoutUndefined(context.req.valid('json'));
  const allowed = await checkEndpoints(context, body.endpoints ?? []);
  if (!allowed.ok) return problem(context, allowed.error);
  const authority = { kind: 'owner', owner: workspaceOwner } as const;
  const change = metadata === undefined ? {} : { metadata: withoutUndefined(metadata) };
  const command = { commandId: context.var.commandId, name, instance, authority, ...body, ...change };
  const updated = await askRegistry(context, name, (registry) => registry.updateService(command));
  return updated.ok ? context.json(updated.value, 200) : problem(context, updated.error);
});
