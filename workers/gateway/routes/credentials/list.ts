import { createRoute } from '@hono/zod-openapi';
import { credentialListSchema } from '../../../../shared/schemas/credentials.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askWorkspace } from '../workspaces/target.ts';

const route = createRoute({
  method: 'get',
  path: '/api/credentials',
  tags: ['credentials'],
  summary: 'List the workspace’s own keys of providers, without the keys',
  ...secured('credential.read'),
  responses: { 200: jsonResponse('All credentials.', credentialListSchema), ...problemResponses },
});

export const listCredentials = operation(route, async (context) => {
  const { services, principal } = context.var;
  const credentials = await askWorkspace(context, principal.workspaceId, (workspace) => workspace.listCredentials());
  if (!credentials.ok) return problem(context, credentials.error);
  return context.json({ available: services.vaultDesk.isOpen, credentials: credentials.value }, 200);
});
