import { createRoute } from '@hono/zod-openapi';
import { credentialEventQuery, credentialEventsSchema } from '../../../../shared/schemas/credentials.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askWorkspace } from '../workspaces/target.ts';

const route = createRoute({
  method: 'get',
  path: '/api/credentials/events',
  tags: ['credentials'],
  summary: 'Read what was done with the workspace’s credentials, oldest first',
  description: 'The last 1,000 events are kept.',
  ...secured('credential.read'),
  request: { query: credentialEventQuery },
  responses: { 200: jsonResponse('A page of events.', credentialEventsSchema), ...problemResponses },
});

export const listCredentialEvents = operation(route, async (context) => {
  const { after, limit } = context.req.valid('query');
  const { workspaceId } = context.var.principal;
  const events = await askWorkspace(context, workspaceId, (workspace) => workspace.credentialEvents({ after, limit }));
  if (!events.ok) return problem(context, events.error);
  return context.json({ events: events.value }, 200);
});
