import { createRoute } from '@hono/zod-openapi';
import { groupPath, groupSchema, seekBody } from '../../../../shared/schemas/topics.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askTopic } from '../../topic-access.ts';

const route = createRoute({
  method: 'post',
  path: '/api/topics/{topic}/groups/{group}/seek',
  tags: ['consumers'],
  summary: 'Move a consumer group, back to replay or forward to skip',
  ...secured('topic.consume'),
  request: { params: groupPath, body: { required: true, content: { 'application/json': { schema: seekBody } } } },
  responses: { 200: jsonResponse('The group.', groupSchema), ...problemResponses },
});

export const seekGroup = operation(route, async (context) => {
  const { topic, group } = context.req.valid('param');
  const command = { commandId: context.var.commandId, group, ...context.req.valid('json') };
  const result = await askTopic(context, topic, (stub) => stub.seek(command));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});
