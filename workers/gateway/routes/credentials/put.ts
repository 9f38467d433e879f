import { createRoute } from '@hono/zod-openapi';
import { credentialPath, credentialSchema, putCredentialBody } from '../../../../shared/schemas/credentials.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { askWorkspace } from '../workspaces/target.ts';

const route = createRoute({
  method: 'put',
  path: '/api/credentials/{provider}/{name}',
  tags: ['credentials'],
  summary: 'Add a key of a provider, or replace the one of this name',
  description:
    'From now on the workspace’s calls of this provider are made with its own keys and no others. A key that is ' +
    'replaced is used for no call that begins 5 seconds later.',
  ...secured('credential.change'),
  request: {
    params: credentialPath,
    body: { required: true, content: { 'application/json': { schema: putCredentialBody } } },
  },
  responses: { 200: jsonResponse('The credential.', credentialSchema), ...problemResponses },
});

/** Of a shorter key four characters would be too many. */
const shortestShown = 16;

export const putCredential = operation(route, async (context) => {
  const { services, principal, commandId } = context.var;
  const { workspaceId, keyId: actor } = principal;
  const { apiKey, ...address } = withoutUndefined(context.req.valid('json'));
  const place = { ...context.req.valid('param'), ...address };
  const provider = services.vaultDesk.check(place.provider, place.baseUrl);
  if (!provider.ok) return problem(context, provider.error);
  const sealed = await services.vaultDesk.seal({ workspaceId, ...place }, apiKey);
  if (!sealed.ok) return problem(context, sealed.error);
  const fingerprint = (await services.hash.sign(`credential:${workspaceId}:${apiKey}`)).slice(0, 16);
  const shown = apiKey.length < shortestShown ? {} : { lastFour: apiKey.slice(-4) };
  const command = { commandId, actor, ...place, ...sealed.value, fingerprint, ...shown };
  const put = await askWorkspace(context, workspaceId, (workspace) => workspace.putCredential(command));
  services.vaults.expire(workspaceId);
  return put.ok ? context.json(put.value, 200) : problem(context, put.error);
});
