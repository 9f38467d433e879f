import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { messageQuery } from '../../../../shared/schemas/paging.ts';
import { projectMessagesSchema } from '../../../../shared/schemas/team.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/messages',
  tags: ['messages'],
  summary: 'Read the messages of the team, oldest first',
  ...secured('message.read'),
  request: { params: projectPath, query: messageQuery },
  responses: { 200: jsonResponse('A page of messages.', projectMessagesSchema), ...problemResponses },
});

export const listProjectMessages = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const query = context.req.valid('query');
  const result = await askProject(context, projectId, (project) => project.messages(query));
  if (!result.ok) return problem(context, result.error);
  return context.json({ messages: result.value }, 200);
});
