/** From the caller to the Composer of the caller's own workspace. */
import type { Result } from '../../../../shared/errors/result.ts';
import type { ComposerActor, ComposerRpc } from '../../../../shared/rpc/composer.ts';
import { isAllowed } from '../../../../shared/domain/access/policy.ts';
import type { AppContext } from '../../app-environment.ts';
import { ask } from '../../objects.ts';

export const askComposer = async <Value>(
  context: AppContext,
  call: (composer: ComposerRpc) => Promise<Result<Value>>,
): Promise<Result<Value>> => {
  const { services, principal, requestId } = context.var;
  return await ask(() => call(services.objects.composer(principal.workspaceId)), {
    log: services.log,
    requestId,
    part: 'composer',
  });
};

/** Whoever sends the request acts for the workspace. */
export const actorOf = (context: AppContext): ComposerActor => ({
  actor: context.var.principal.keyId,
  owner: 'workspace',
});

/** Whether the caller may let a composition reach services outside that the operator does not name. */
export const mayAllowOrigins = (context: AppContext): boolean =>
  isAllowed(context.var.principal.role, 'composition.allow_origins');
