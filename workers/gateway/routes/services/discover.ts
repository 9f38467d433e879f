import { createRoute } from '@hono/zod-openapi';
import { discoverQuery, discoverySchema } from '../../../../shared/schemas/services.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { criteriaOf } from './registry.ts';

const route = createRoute({
  method: 'get',
  path: '/api/service-discovery',
  tags: ['services'],
  summary: 'Find services by what they can do: the instances that can be sent requests now, best first',
  description:
    'All criteria must hold; a region only puts near ones first. An empty list means that nothing offers it. Answered ' +
    'from a snapshot, also while the registry is down.',
  ...secured('service.read'),
  request: { query: discoverQuery },
  responses: { 200: jsonResponse('What was found.', discoverySchema), ...problemResponses },
});

export const discoverServices = operation(route, async (context) => {
  const { services, principal } = context.var;
  const found = await services.serviceLookup.discover(principal.workspaceId, criteriaOf(context.req.valid('query')));
  return found.ok ? context.json(found.value, 200) : problem(context, found.error);
});
