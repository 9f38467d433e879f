import { createRoute } from '@hono/zod-openapi';
import { busLetterPath } from '../../../../shared/schemas/topics.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askTopic } from '../../topic-access.ts';
import { replayedSchema } from '../../../../shared/schemas/dead-letters.ts';

const route = createRoute({
  method: 'post',
  path: '/api/topics/{topic}/groups/{group}/dead-letters/{deadLetter}/replay',
  tags: ['consumers'],
  summary: 'Hand a dead letter out again, with all its attempts',
  ...secured('dead_letter.replay'),
  request: { params: busLetterPath },
  responses: { 202: jsonResponse('It will be handed out again.', replayedSchema), ...problemResponses },
});

export const replayBusDeadLetter = operation(route, async (context) => {
  const { topic, group, deadLetter: letterId } = context.req.valid('param');
  const command = { commandId: context.var.commandId, group, letterId };
  const result = await askTopic(context, topic, (stub) => stub.replayDeadLetter(command));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 202);
});
