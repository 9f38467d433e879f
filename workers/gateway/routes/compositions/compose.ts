import { createRoute } from '@hono/zod-openapi';
import { composedSchema, manifestBody } from '../../../../shared/schemas/compositions.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { actorOf, askComposer, mayAllowOrigins } from './composer.ts';

const route = createRoute({
  method: 'post',
  path: '/api/compositions',
  tags: ['compositions'],
  summary: 'Bring a composition up, or to what its manifest says now',
  description:
    'Begins and answers at once; read the composition to follow it. What fails before its routes are switched is undone. ' +
    'A manifest that is up already changes nothing.',
  ...secured('composition.change'),
  request: { body: { required: true, content: { 'application/json': { schema: manifestBody } } } },
  responses: { 202: jsonResponse('The plan, and the composition as it is now.', composedSchema), ...problemResponses },
});

export const compose = operation(route, async (context) => {
  const { manifest } = context.req.valid('json');
  const { commandId } = context.var;
  const command = { commandId, ...actorOf(context), manifest, mayAllowOrigins: mayAllowOrigins(context) };
  const composed = await askComposer(context, (composer) => composer.compose(command));
  return composed.ok ? context.json(composed.value, 202) : problem(context, composed.error);
});
