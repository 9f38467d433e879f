import { createRoute } from '@hono/zod-openapi';
import { instanceListQuery } from '../../../../shared/schemas/service-queries.ts';
import { instancePath, serviceListSchema, servicePath, serviceSchema } from '../../../../shared/schemas/services.ts';
import { notFound, problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { criteriaOf } from './registry.ts';

const route = createRoute({
  method: 'get',
  path: '/api/services/{service}',
  tags: ['services'],
  summary: 'Get a service: its instances in pages, by name',
  description:
    'A kind of the platform’s objects (`aidevos-agent`) has its single objects as instances, by id, after the kind itself, ' +
    'which is on the first page besides. Requests to the service itself go to `/api/services/{service}/…`, with at least ' +
    'the slash.',
  ...secured('service.read'),
  request: { params: servicePath, query: instanceListQuery },
  responses: { 200: jsonResponse('A page of its instances.', serviceListSchema), ...problemResponses },
});

export const getService = operation(route, async (context) => {
  const { services, principal } = context.var;
  const { workspaceId } = principal;
  const { service: name } = context.req.valid('param');
  const listed = await services.serviceFinder.page(workspaceId, { name, ...criteriaOf(context.req.valid('query')) });
  if (!listed.ok) return problem(context, listed.error);
  if (listed.value.services.length > 0) return context.json(listed.value, 200);
  // A filter that nothing meets, or a page past the end, is no service that is missing.
  const known = await services.serviceLookup.list(workspaceId, { name });
  if (!known.ok) return problem(context, known.error);
  return known.value.services.length === 0 ? problem(context, notFound('service')) : context.json(listed.value, 200);
});

const instanceRoute = createRoute({
  method: 'get',
  path: '/api/service-instances/{service}/{instance}',
  tags: ['services'],
  summary: 'Get one instance of a service, or one object of the platform (`aidevos-agent/agt_…`)',
  ...secured('service.read'),
  request: { params: instancePath },
  responses: { 200: jsonResponse('The instance.', serviceSchema), ...problemResponses },
});

export const getServiceInstance = operation(instanceRoute, async (context) => {
  const { services, principal } = context.var;
  const { service, instance } = context.req.valid('param');
  const found = await services.serviceFinder.get(principal.workspaceId, { name: service, instance });
  if (!found.ok) return problem(context, found.error);
  return found.value === undefined ? problem(context, notFound('service instance')) : context.json(found.value, 200);
});
