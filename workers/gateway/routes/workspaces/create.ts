import { createRoute } from '@hono/zod-openapi';
import { createApiKey } from '../../../../shared/adapters/crypto/api-keys.ts';
import { relatedId, type WorkspaceId } from '../../../../shared/domain/ids.ts';
import { ok, type Result } from '../../../../shared/errors/result.ts';
import { createWorkspaceBody, createdWorkspaceSchema } from '../../../../shared/schemas/workspace.ts';
import type { AppContext } from '../../app-environment.ts';
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

/** The id that this command made before, or a new one, kept with the caller's own workspace. */
const chooseId = async (context: AppContext): Promise<Result<WorkspaceId>> => {
  const { services, principal, commandId, requestId } = context.var;
  const workspaceId = services.ids.create('wsp');
  if (context.req.header('idempotency-key') === undefined) return ok(workspaceId);
  return await ask(
    () => services.objects.workspace(principal.workspaceId).reserveWorkspace({ commandId, workspaceId }),
    { log: services.log, requestId, part: 'workspace' },
  );
};

export const createWorkspace = operation(route, async (context) => {
  const { services, commandId, requestId } = context.var;
  const { name } = context.req.valid('json');
  const { environment, keyPepper } = services.config;
  const chosen = await chooseId(context);
  if (!chosen.ok) return problem(context, chosen.error);
  const workspaceId = chosen.value;
  // Of the workspace's own id, so that a repeat names and makes the same key.
  const keyId = relatedId('key', workspaceId);
  const { key, hash } = await createApiKey(environment, keyId, keyPepper, commandId);
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
