import { createRoute } from '@hono/zod-openapi';
import { compositionPath, compositionSchema } from '../../../../shared/schemas/compositions.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { actorOf, askComposer } from './composer.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/compositions/{composition}',
  tags: ['compositions'],
  summary: 'Take a composition down, with everything that its services hold',
  description:
    'Begins and answers at once; it is gone when it is not found any more. Also breaks off what else is done to it.',
  ...secured('composition.change'),
  request: { params: compositionPath },
  responses: { 202: jsonResponse('The composition as it is now.', compositionSchema), ...problemResponses },
});

export const tearDownComposition = operation(route, async (context) => {
  const { composition: name } = context.req.valid('param');
  const command = { commandId: context.var.commandId, ...actorOf(context), name };
  const stopped = await askComposer(context, (composer) => composer.tearDown(command));
  return stopped.ok ? context.json(stopped.value, 202) : problem(context, stopped.error);
});
