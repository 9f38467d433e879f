import { createRoute } from '@hono/zod-openapi';
import { agentPath } from '../../../../shared/schemas/ids.ts';
import { messageToAgentBody, sentMessageSchema } from '../../../../shared/schemas/team.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askAgent, askProject } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'post',
  path: '/api/agents/{agentId}/messages',
  tags: ['messages'],
  summary: 'Send a message to one agent',
  ...secured('message.send'),
  request: {
    params: agentPath,
    body: { required: true, content: { 'application/json': { schema: messageToAgentBody } } },
  },
  responses: { 202: jsonResponse('Stored, and on its way.', sentMessageSchema), ...problemResponses },
});

/** It goes through the agent's project, which keeps the record of all messages. */
export const sendToAgent = operation(route, async (context) => {
  const { agentId } = context.req.valid('param');
  const body = context.req.valid('json');
  const { commandId, principal } = context.var;
  const agent = await askAgent(context, agentId, (stub) => stub.get());
  if (!agent.ok) return problem(context, agent.error);
  const command = withoutUndefined({
    commandId,
    sender: `person:${principal.keyId}`,
    recipient: `agent:${agentId}`,
    messageType: body.messageType ?? 'note',
    content: body.content,
    replyTo: body.replyTo,
  });
  const result = await askProject(context, agent.value.projectId, (project) => project.sendMessage(command));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 202);
});
