import { createRoute } from '@hono/zod-openapi';
import { credentialPath, credentialSchema } from '../../../../shared/schemas/credentials.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askWorkspace } from '../workspaces/target.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/credentials/{provider}/{name}',
  tags: ['credentials'],
  summary: 'Remove a key of a provider',
  description:
    'It is erased, and used for no call that begins 5 seconds later. Without any key of its own the workspace is ' +
    'served with the platform’s, where it has some.',
  ...secured('credential.change'),
  request: { params: credentialPath },
  responses: { 200: jsonResponse('The credential that was removed.', credentialSchema), ...problemResponses },
});

export const removeCredential = operation(route, async (context) => {
  const { services, principal, commandId } = context.var;
  const command = { commandId, actor: principal.keyId, ...context.req.valid('param') };
  const { workspaceId } = principal;
  const removed = await askWorkspace(context, workspaceId, (workspace) => workspace.removeCredential(command));
  services.vaults.expire(workspaceId);
  return removed.ok ? context.json(removed.value, 200) : problem(context, removed.error);
});
