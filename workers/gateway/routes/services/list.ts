import { createRoute } from '@hono/zod-openapi';
import { serviceListQuery } from '../../../../shared/schemas/service-queries.ts';
import { serviceListSchema } from '../../../../shared/schemas/services.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { criteriaOf } from './registry.ts';

const route = createRoute({
  method: 'get',
  path: '/api/services',
  tags: ['services'],
  summary: 'List the services of the workspace, by name and instance, whatever their health',
  description:
    'With the name of a kind of the platform’s objects (`aidevos-agent`) its single objects are listed as well, by id, ' +
    'those of ended projects included; the kind itself comes first, on the first page besides.',
  ...secured('service.read'),
  request: { query: serviceListQuery },
  responses: { 200: jsonResponse('A page of instances.', serviceListSchema), ...problemResponses },
});

export const listServices = operation(route, async (context) => {
  const { services, principal } = context.var;
  const listed = await services.serviceFinder.page(principal.workspaceId, criteriaOf(context.req.valid('query')));
  return listed.ok ? context.json(listed.value, 200) : problem(context, listed.error);
});
