/** The Workspace object with its quotas: one class over RPC, in two files. */
import { ok } from '../../shared/errors/result.ts';
import type { WorkspaceRpc } from '../../shared/rpc/workspace-access.ts';
import { projectStub } from '../stubs.ts';
import { notThere, WorkspaceObject, type WorkspaceEnvironment } from './object.ts';
import { WorkspaceQuotaDesk } from './quotas.ts';

interface QuotaEnvironment extends WorkspaceEnvironment {
  /** Limits of every workspace's quotas, as `agents=2000, projects=50`. */
  readonly AIDEVOS_QUOTAS?: string;
}

export class QuotaWorkspaceObject extends WorkspaceObject implements WorkspaceRpc {
  readonly #quotas: WorkspaceQuotaDesk;

  constructor(ctx: DurableObjectState, env: QuotaEnvironment) {
    super(ctx, env);
    this.#quotas = new WorkspaceQuotaDesk({
      storage: this.storage,
      timers: this.timers,
      now: this.now,
      variable: env.AIDEVOS_QUOTAS,
      isRegistered: (projectId) => this.store.hasProject(projectId),
      project: (projectId) => projectStub(env, this.knownId(), projectId),
    });
  }

  async holdQuota(command: Parameters<WorkspaceRpc['holdQuota']>[0]): ReturnType<WorkspaceRpc['holdQuota']> {
    return this.#quotas.hold(command);
  }

  async quotas(): ReturnType<WorkspaceRpc['quotas']> {
    return this.store.workspace() === undefined ? notThere : ok(this.#quotas.view());
  }

  async setQuotas(command: Parameters<WorkspaceRpc['setQuotas']>[0]): ReturnType<WorkspaceRpc['setQuotas']> {
    return this.once(command, () => (this.store.workspace() === undefined ? notThere : ok(this.#quotas.set(command))));
  }
}
