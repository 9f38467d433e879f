import { createRoute } from '@hono/zod-openapi';
import { compositionPath, compositionSchema } from '../../../../shared/schemas/compositions.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { actorOf, askComposer } from './composer.ts';

const route = createRoute({
  method: 'post',
  path: '/api/compositions/{composition}/heal',
  tags: ['compositions'],
  summary: 'Look at every member now, and bring up what is gone',
  description: 'This happens by itself as well, as often as the manifest’s `healthSeconds` says.',
  ...secured('composition.change'),
  request: { params: compositionPath },
  responses: { 202: jsonResponse('The composition as it was found.', compositionSchema), ...problemResponses },
});

export const healComposition = operation(route, async (context) => {
  const { composition: name } = context.req.valid('param');
  const command = { commandId: context.var.commandId, ...actorOf(context), name };
  const healed = await askComposer(context, (composer) => composer.heal(command));
  return healed.ok ? context.json(healed.value, 202) : problem(context, healed.error);
});
