import { createRoute } from '@hono/zod-openapi';
import { createApiKey } from '../../../../shared/adapters/crypto/api-keys.ts';
import { createWorkspaceBody, createdWorkspaceSchema } from '../../../../shared/schemas/workspace.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { ask } from '../../objects.ts';
import { jsonResponse, operation } from '../../operation.ts';

const route = createRoute({
  method: 'post',
  path: '/api/workspaces',
  tags: ['workspaces'],
  summary: 'Make a workspace with its first key',
  ...secured('workspace.create'),
  request: { body: { required: true, content: { 'application/json': { schema: createWorkspaceBody } } } },
  responses: {
    201: jsonResponse('The workspace and the key of its owner.', createdWorkspaceSchema),
    ...problemResponses,
  },
});

export const createWorkspace = operation(route, async (context) => {
  const { services, commandId, requestId } = context.var;
  const { name } = context.req.valid('json');
  const workspaceId = services.ids.create('wsp');
  const keyId = services.ids.create('key');
  const { key, hash } = await createApiKey(services.config.environment, keyId, services.config.keyPepper);
  const firstKey = { keyId, name: 'owner', role: 'owner', hash } as const;
  const created = await ask(
    () => services.objects.workspace(workspaceId).create({ commandId, workspaceId, name, firstKey }),
    { log: services.log, requestId, part: 'workspace' },
  );
  if (!created.ok) return problem(context, created.error);
  const { createdAt } = created.value;
  const ownerKey = { keyId, name: firstKey.name, role: firstKey.role, createdAt, key };
  return context.json({ ...created.value, ownerKey }, 201, { location: `/api/workspaces/${workspaceId}` });
});
