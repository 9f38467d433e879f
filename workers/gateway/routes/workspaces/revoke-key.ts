import { createRoute } from '@hono/zod-openapi';
import { keyPath } from '../../../../shared/schemas/ids.ts';
import { apiKeySchema } from '../../../../shared/schemas/workspace.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askWorkspace } from './target.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/workspaces/{workspaceId}/keys/{keyId}',
  tags: ['keys'],
  summary: 'Revoke an API key',
  description: 'It stops working everywhere within 5 seconds.',
  ...secured('key.revoke'),
  request: { params: keyPath },
  responses: { 200: jsonResponse('The key, revoked.', apiKeySchema), ...problemResponses },
});

export const revokeKey = operation(route, async (context) => {
  const { workspaceId, keyId } = context.req.valid('param');
  const { commandId, services } = context.var;
  const result = await askWorkspace(context, workspaceId, (workspace) => workspace.revokeKey({ commandId, keyId }));
  if (!result.ok) return problem(context, result.error);
  services.keys.forget(keyId);
  return context.json(result.value, 200);
});
