import { createRoute } from '@hono/zod-openapi';
import { groupPath, removedSchema } from '../../../../shared/schemas/topics.ts';
import { notFound, problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askTopic } from '../../topic-access.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/topics/{topic}/groups/{group}',
  tags: ['consumers'],
  summary: 'Remove a consumer group with its dead letters',
  ...secured('topic.change'),
  request: { params: groupPath },
  responses: { 200: jsonResponse('It is gone.', removedSchema), ...problemResponses },
});

export const removeGroup = operation(route, async (context) => {
  const { topic, group } = context.req.valid('param');
  const command = { commandId: context.var.commandId, group };
  const result = await askTopic(context, topic, (stub) => stub.removeGroup(command));
  if (!result.ok) return problem(context, result.error);
  if (!result.value.removed) return problem(context, notFound('consumer group'));
  return context.json({ removed: true as const }, 200);
});
