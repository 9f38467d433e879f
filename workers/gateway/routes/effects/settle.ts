import { createRoute } from '@hono/zod-openapi';
import { effectPath, effectSchema, settleBody } from '../../../../shared/schemas/effects.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'post',
  path: '/api/projects/{projectId}/effects/{effectId}/settle',
  tags: ['effects'],
  summary: 'Decide an effect in doubt, once',
  description:
    'The agent that waits for it goes on with the result that is given, makes the call again, or goes without.',
  ...secured('effect.settle'),
  request: {
    params: effectPath,
    body: { required: true, content: { 'application/json': { schema: settleBody } } },
  },
  responses: { 200: jsonResponse('The effect, settled.', effectSchema), ...problemResponses },
});

export const settleEffect = operation(route, async (context) => {
  const { projectId, effectId } = context.req.valid('param');
  const { commandId, principal } = context.var;
  const decision = withoutUndefined(context.req.valid('json'));
  const command = { commandId, effectId, ...decision, by: `person:${principal.keyId}` };
  const result = await askProject(context, projectId, (project) => project.settleEffect(command));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
