import { createRoute } from '@hono/zod-openapi';
import { checkKey } from '../../../../shared/adapters/models/check-key.ts';
import { credentialPath, credentialTestSchema } from '../../../../shared/schemas/credentials.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askWorkspace } from '../workspaces/target.ts';

const route = createRoute({
  method: 'post',
  path: '/api/credentials/{provider}/{name}/test',
  tags: ['credentials'],
  summary: 'Ask the provider whether it takes the key',
  description: 'By a call that costs nothing. That the key is refused is an answer here, not a failure.',
  ...secured('credential.change'),
  request: { params: credentialPath },
  responses: { 200: jsonResponse('What the provider said.', credentialTestSchema), ...problemResponses },
});

export const testCredential = operation(route, async (context) => {
  const { services, principal } = context.var;
  const { workspaceId } = principal;
  const name = context.req.valid('param');
  const opened = await services.vaultDesk.open(workspaceId, name);
  if (!opened.ok) return problem(context, opened.error);
  const { provider, account, fingerprint } = opened.value;
  const taken = await checkKey(provider, account);
  const result = taken.ok ? ('answered' as const) : taken.error.kind;
  const use = { ...name, fingerprint, usedAt: services.clock.now(), result };
  // What the provider said is told also when it cannot be noted; `ask` has logged why.
  await askWorkspace(context, workspaceId, (workspace) => workspace.noteCredentialUses({ uses: [use] }));
  const message = taken.ok ? `${provider.title} takes this key.` : taken.error.message;
  return context.json({ accepted: taken.ok, result, message, ...(taken.ok ? taken.value : {}) }, 200);
});
