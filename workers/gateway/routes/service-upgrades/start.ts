import { createRoute } from '@hono/zod-openapi';
import { startUpgradeBody, upgradeSchema } from '../../../../shared/schemas/service-upgrades.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askRegistry } from '../services/registry.ts';

const route = createRoute({
  method: 'post',
  path: '/api/service-upgrades',
  tags: ['services'],
  summary: 'Begin a rolling upgrade of a service to instances of another version',
  description:
    'Requests go over step by step. When the new version fails more often or takes longer than the old one, or an ' +
    'instance of it says that it is failing, all requests go back to the old one by themselves. Answers at once; read ' +
    'the upgrade to follow it. The weights of all instances together stay what they are.',
  ...secured('service.change'),
  request: { body: { required: true, content: { 'application/json': { schema: startUpgradeBody } } } },
  responses: { 202: jsonResponse('The upgrade at its first step.', upgradeSchema), ...problemResponses },
});

export const startUpgrade = operation(route, async (context) => {
  const { commandId, principal } = context.var;
  const command = { commandId, ...context.req.valid('json'), by: principal.keyId };
  const started = await askRegistry(context, command.name, (registry) => registry.startUpgrade(command));
  return started.ok ? context.json(started.value, 202) : problem(context, started.error);
});
