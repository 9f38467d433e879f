import { createRoute } from '@hono/zod-openapi';
import { manifestBody, planSchema } from '../../../../shared/schemas/compositions.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { actorOf, askComposer } from './composer.ts';

const route = createRoute({
  method: 'post',
  path: '/api/compositions/plan',
  tags: ['compositions'],
  summary: 'Say what composing a manifest would do, and change nothing',
  ...secured('composition.read'),
  request: { body: { required: true, content: { 'application/json': { schema: manifestBody } } } },
  responses: { 200: jsonResponse('The plan.', planSchema), ...problemResponses },
});

export const planComposition = operation(route, async (context) => {
  const { manifest } = context.req.valid('json');
  const plan = await askComposer(context, (composer) => composer.plan({ ...actorOf(context), manifest }));
  return plan.ok ? context.json(plan.value, 200) : problem(context, plan.error);
});
