import { createRoute } from '@hono/zod-openapi';
import { createApiKey } from '../../../../shared/adapters/crypto/api-keys.ts';
import { mayGrant } from '../../../../shared/domain/access/policy.ts';
import { workspacePath } from '../../../../shared/schemas/ids.ts';
import { createKeyBody, createdKeySchema } from '../../../../shared/schemas/workspace.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askWorkspace } from './target.ts';

const route = createRoute({
  method: 'post',
  path: '/api/workspaces/{workspaceId}/keys',
  tags: ['keys'],
  summary: 'Make an API key',
  description: 'The key is shown in this answer and never again.',
  ...secured('key.create'),
  request: {
    params: workspacePath,
    body: { required: true, content: { 'application/json': { schema: createKeyBody } } },
  },
  responses: { 201: jsonResponse('The key.', createdKeySchema), ...problemResponses },
});

export const createKey = operation(route, async (context) => {
  const { workspaceId } = context.req.valid('param');
  const { name, role } = context.req.valid('json');
  const { services, principal, commandId } = context.var;
  if (!mayGrant(principal.role, role)) {
    return problem(context, {
      type: 'auth.forbidden',
      detail: `A key with the role "${principal.role}" cannot make one with the role "${role}".`,
      issues: [{ field: 'body.role', reason: `is more than "${principal.role}"` }],
    });
  }
  const { environment, keyPepper } = services.config;
  const keyId = services.ids.create('key');
  const { hash } = await createApiKey(environment, keyId, keyPepper, commandId);
  const command = { commandId, keyId, name, role, hash };
  const result = await askWorkspace(context, workspaceId, (workspace) => workspace.createKey(command));
  if (!result.ok) return problem(context, result.error);
  // A repeat is answered the id that was made first, and the same key follows from it.
  const { key } = await createApiKey(environment, result.value.keyId, keyPepper, commandId);
  return context.json({ ...result.value, key }, 201);
});
