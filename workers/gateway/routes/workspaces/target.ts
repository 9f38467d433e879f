import { isAllowed } from '../../../../shared/domain/access/policy.ts';
import type { WorkspaceId } from '../../../../shared/domain/ids.ts';
import type { WorkspaceRpc } from '../../../../shared/rpc/workspace-access.ts';
import { err, type Result } from '../../../../shared/errors/result.ts';
import type { AppContext } from '../../app-environment.ts';
import { deadlines } from '../../deadline.ts';
import { notFound } from '../../errors/problem.ts';
import { ask, askValue } from '../../objects.ts';

/**
 * Asks a workspace: the caller's own, or, for an operator, any that exists. Every other id is not found, and wakes
 * no object.
 */
export const askWorkspace = async <Value>(
  context: AppContext,
  workspaceId: WorkspaceId,
  call: (workspace: WorkspaceRpc) => Promise<Result<Value>>,
): Promise<Result<Value>> => {
  const { services, principal, requestId } = context.var;
  const options = { log: services.log, requestId, part: 'workspace' };
  if (workspaceId !== principal.workspaceId) {
    if (!isAllowed(principal.role, 'workspace.cross')) return err(notFound('workspace'));
    const row = await askValue(() => services.directory.findWorkspace(workspaceId), {
      ...options,
      part: 'directory',
      timeoutMs: deadlines.directoryMs,
    });
    if (!row.ok) return row;
    if (row.value === undefined) return err(notFound('workspace'));
  }
  return await ask(() => call(services.objects.workspace(workspaceId)), options);
};
