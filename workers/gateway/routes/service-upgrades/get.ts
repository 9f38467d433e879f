import { createRoute } from '@hono/zod-openapi';
import { allShards, shardOf } from '../../../../shared/domain/service-registry/shard.ts';
import { upgradeListSchema, upgradeSchema } from '../../../../shared/schemas/service-upgrades.ts';
import { servicePath } from '../../../../shared/schemas/services.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askShard } from '../services/registry.ts';

const route = createRoute({
  method: 'get',
  path: '/api/service-upgrades/{service}',
  tags: ['services'],
  summary: 'Get the latest rolling upgrade of a service: its step, what was seen, and the weights',
  ...secured('service.read'),
  request: { params: servicePath },
  responses: { 200: jsonResponse('The upgrade.', upgradeSchema), ...problemResponses },
});

export const getUpgrade = operation(route, async (context) => {
  const { service: name } = context.req.valid('param');
  const found = await askShard(context, shardOf(name), (registry) => registry.upgrade({ name }));
  return found.ok ? context.json(found.value, 200) : problem(context, found.error);
});

const listRoute = createRoute({
  method: 'get',
  path: '/api/service-upgrades',
  tags: ['services'],
  summary: 'List the latest rolling upgrade of each service, newest first',
  ...secured('service.read'),
  responses: { 200: jsonResponse('The upgrades; empty when there was none.', upgradeListSchema), ...problemResponses },
});

export const listUpgrades = operation(listRoute, async (context) => {
  const answers = await Promise.all(
    allShards.map((shard) => askShard(context, shard, (registry) => registry.upgrades())),
  );
  const refused = answers.find((answer) => !answer.ok);
  if (refused !== undefined && !refused.ok) return problem(context, refused.error);
  const upgrades = answers.flatMap((answer) => (answer.ok ? answer.value : []));
  return context.json({ upgrades: upgrades.toSorted((a, b) => b.startedAt - a.startedAt) }, 200);
});
