import { createRoute } from '@hono/zod-openapi';
import { addressText } from '../../../../shared/domain/service-registry/service.ts';
import { serviceListQuery, serviceListSchema } from '../../../../shared/schemas/services.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { criteriaOf } from './registry.ts';

const route = createRoute({
  method: 'get',
  path: '/api/services',
  tags: ['services'],
  summary: 'List the services of the workspace, by name and instance, whatever their health',
  ...secured('service.read'),
  request: { query: serviceListQuery },
  responses: { 200: jsonResponse('A page of instances.', serviceListSchema), ...problemResponses },
});

export const listServices = operation(route, async (context) => {
  const { services, principal } = context.var;
  const { after, limit, ...filter } = context.req.valid('query');
  const listed = await services.serviceLookup.list(principal.workspaceId, criteriaOf(filter));
  if (!listed.ok) return problem(context, listed.error);
  const all = listed.value.services;
  const rest = after === undefined ? all : all.filter((service) => addressText(service) > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const next = rest.length > page.length && last !== undefined ? { next: addressText(last) } : {};
  return context.json({ ...listed.value, services: page, ...next }, 200);
});
