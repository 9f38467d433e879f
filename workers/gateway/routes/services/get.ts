import { createRoute } from '@hono/zod-openapi';
import { discoverySchema, instancePath, servicePath, serviceSchema } from '../../../../shared/schemas/services.ts';
import { notFound, problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';

const route = createRoute({
  method: 'get',
  path: '/api/services/{service}',
  tags: ['services'],
  summary: 'Get a service: all its instances',
  description: 'Requests to the service itself go to `/api/services/{service}/…`, with at least the slash.',
  ...secured('service.read'),
  request: { params: servicePath },
  responses: { 200: jsonResponse('Its instances.', discoverySchema), ...problemResponses },
});

export const getService = operation(route, async (context) => {
  const { services, principal } = context.var;
  const { service } = context.req.valid('param');
  const listed = await services.serviceLookup.list(principal.workspaceId, { name: service });
  if (!listed.ok) return problem(context, listed.error);
  if (listed.value.services.length === 0) return problem(context, notFound('service'));
  return context.json(listed.value, 200);
});

const instanceRoute = createRoute({
  method: 'get',
  path: '/api/service-instances/{service}/{instance}',
  tags: ['services'],
  summary: 'Get one instance of a service',
  ...secured('service.read'),
  request: { params: instancePath },
  responses: { 200: jsonResponse('The instance.', serviceSchema), ...problemResponses },
});

export const getServiceInstance = operation(instanceRoute, async (context) => {
  const { services, principal } = context.var;
  const { service, instance } = context.req.valid('param');
  const listed = await services.serviceLookup.list(principal.workspaceId, { name: service, instance });
  if (!listed.ok) return problem(context, listed.error);
  const [found] = listed.value.services;
  return found === undefined ? problem(context, notFound('service instance')) : context.json(found, 200);
});
