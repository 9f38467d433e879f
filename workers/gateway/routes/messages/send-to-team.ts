import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { messageToTeamBody, sentMessageSchema } from '../../../../shared/schemas/team.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';

const route = createRoute({
  method: 'post',
  path: '/api/projects/{projectId}/messages',
  tags: ['messages'],
  summary: 'Send a message to an agent, a role or the whole team',
  ...secured('message.send'),
  request: {
    params: projectPath,
    body: { required: true, content: { 'application/json': { schema: messageToTeamBody } } },
  },
  responses: { 202: jsonResponse('Stored, and on its way.', sentMessageSchema), ...problemResponses },
});

export const sendToTeam = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const body = context.req.valid('json');
  const { commandId, principal } = context.var;
  const command = withoutUndefined({
    commandId,
    sender: `person:${principal.keyId}`,
    recipient: body.recipient,
    messageType: body.messageType ?? 'note',
    content: body.content,
    replyTo: body.replyTo,
  });
  const result = await askProject(context, projectId, (project) => project.sendMessage(command));
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 202);
});
