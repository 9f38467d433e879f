import { createRoute } from '@hono/zod-openapi';
import { groupPath, groupSchema, putGroupBody } from '../../../../shared/schemas/topics.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askTopic, checkTarget } from '../../topic-access.ts';

const route = createRoute({
  method: 'put',
  path: '/api/topics/{topic}/groups/{group}',
  tags: ['consumers'],
  summary: 'Make a consumer group, or change its settings',
  description: 'The cursor of a group that is there stays where it is.',
  ...secured('topic.change'),
  request: { params: groupPath, body: { required: true, content: { 'application/json': { schema: putGroupBody } } } },
  responses: { 200: jsonResponse('The group.', groupSchema), ...problemResponses },
});

export const putGroup = operation(route, async (context) => {
  const { topic, group } = context.req.valid('param');
  const command = { commandId: context.var.commandId, group, settings: context.req.valid('json') };
  const target = await checkTarget(context, command.settings);
  if (!target.ok) return problem(context, target.error);
  const result = await askTopic(context, topic, (stub) => stub.putGroup(command));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
