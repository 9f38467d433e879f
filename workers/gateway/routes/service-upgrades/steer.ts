import { createRoute } from '@hono/zod-openapi';
import { steerUpgradePath, upgradeSchema } from '../../../../shared/schemas/service-upgrades.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askRegistry } from '../services/registry.ts';

const route = createRoute({
  method: 'post',
  path: '/api/service-upgrades/{service}/{action}',
  tags: ['services'],
  summary: 'Pause, resume or abort a rolling upgrade',
  description:
    'A paused upgrade stays at its step and is still stopped when the new version does worse; resumed, the step has its ' +
    'whole time again. `abort` sends all requests to the old version at once.',
  ...secured('service.change'),
  request: { params: steerUpgradePath },
  responses: { 200: jsonResponse('The upgrade.', upgradeSchema), ...problemResponses },
});

export const steerUpgrade = operation(route, async (context) => {
  const { service: name, action } = context.req.valid('param');
  const { commandId, principal } = context.var;
  const command = { commandId, name, action, by: principal.keyId };
  const steered = await askRegistry(context, name, (registry) => registry.steerUpgrade(command));
  return steered.ok ? context.json(steered.value, 200) : problem(context, steered.error);
});
