import { createRoute } from '@hono/zod-openapi';
import { workspaceOwner } from '../../../../shared/domain/service-registry/decide.ts';
import { instancePath, serviceSchema } from '../../../../shared/schemas/services.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askRegistry, checkRegistered } from './registry.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/service-instances/{service}/{instance}',
  tags: ['services'],
  summary: 'Deregister an instance',
  description: 'Requests that are under way are not cut off; readers stop sending new ones within a second.',
  ...secured('service.change'),
  request: { params: instancePath },
  responses: { 200: jsonResponse('The instance as it was.', serviceSchema), ...problemResponses },
});

export const deregisterService = operation(route, async (context) => {
  const { service: name, instance } = context.req.valid('param');
  const registered = checkRegistered({ name, instance });
  if (!registered.ok) return problem(context, registered.error);
  const authority = { kind: 'owner', owner: workspaceOwner } as const;
  const command = { commandId: context.var.commandId, name, instance, authority };
  const gone = await askRegistry(context, name, (registry) => registry.deregisterService(command));
  return gone.ok ? context.json(gone.value, 200) : problem(context, gone.error);
});
