import { createRoute } from '@hono/zod-openapi';
import { discoverQuery } from '../../../../shared/schemas/service-queries.ts';
import { discoverySchema } from '../../../../shared/schemas/services.ts';
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
    'from a snapshot, also while the registry is down. With the name of a kind of the platform’s objects ' +
    '(`aidevos-agent`) its single objects are found as well, those with nothing to do first.',
  ...secured('service.read'),
  request: { query: discoverQuery },
  responses: { 200: jsonResponse('What was found.', discoverySchema), ...problemResponses },
});

export const discoverServices = operation(route, async (context) => {
  const { services, principal } = context.var;
  const found = await services.serviceFinder.discover(principal.workspaceId, criteriaOf(context.req.valid('query')));
  return found.ok ? context.json(found.value, 200) : problem(context, found.error);
});
