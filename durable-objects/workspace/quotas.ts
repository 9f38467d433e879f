/**
 * The workspace's quotas. It is the one writer of what its projects hold together, so of two that ask for the last of
 * something one gets it. A project asks when it begins, when it deploys first and when a pool grows, never on a hot path.
 */
import { decideHold, exceededError, type QuotaStanding } from '../../shared/domain/quota/decide-hold.ts';
import { parseQuotas } from '../../shared/domain/quota/parse-quotas.ts';
import { quotaNames, quotas, type QuotaAmounts, type QuotaName } from '../../shared/domain/quota/quotas.ts';
import { parseId, type ProjectId } from '../../shared/domain/ids.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { ProjectRpc } from '../../shared/rpc/project.ts';
import type { QuotaView, WorkspaceQuotas } from '../../shared/rpc/workspace-quotas.ts';
import type { Storage, Timers } from '../platform/index.ts';
import { QuotaTable } from './quota-table.ts';

/** By then a project that asked has been made, or its maker has given up. */
const checkAfterMs = 10 * 60_000;

const checkTimer = 'check_holder';

type Command<Method extends 'holdQuota' | 'setQuotas'> = Parameters<WorkspaceQuotas[Method]>[0];

export interface WorkspaceQuotaParts {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly now: () => number;
  /** The platform's limits, as its variable says them; what cannot be read the edge reports. */
  readonly variable: string | undefined;
  readonly isRegistered: (projectId: ProjectId) => boolean;
  readonly project: (projectId: ProjectId) => Pick<ProjectRpc, 'get'>;
}

export class WorkspaceQuotaDesk {
  readonly #parts: WorkspaceQuotaParts;
  readonly #table: QuotaTable;
  readonly #platform: QuotaAmounts;

  constructor(parts: WorkspaceQuotaParts) {
    this.#parts = parts;
    this.#table = new QuotaTable(parts.storage);
    const platform = parseQuotas(parts.variable ?? '');
    this.#platform = platform.ok ? platform.value : {};
    parts.timers.on(checkTimer, async ({ key }) => {
      const projectId = parseId('prj', key);
      if (projectId !== undefined) await this.#check(projectId);
    });
  }

  view(): readonly QuotaView[] {
    const own = this.#table.limits();
    return quotaNames.map((quota): QuotaView => {
      const setBy = own[quota]?.setBy;
      return {
        quota,
        limit: this.#limit(quota, own),
        source: setBy !== undefined ? 'workspace' : this.#platform[quota] !== undefined ? 'platform' : 'default',
        ...this.#table.used(quota),
        ...(setBy === undefined ? {} : { setBy }),
      };
    });
  }

  /** Inside a transaction. */
  set({ limits, by }: Command<'setQuotas'>): readonly QuotaView[] {
    for (const quota of quotaNames) {
      const limit = limits[quota];
      if (limit !== undefined) this.#table.setLimit(quota, limit, by, this.#parts.now());
    }
    return this.view();
  }

  /** One transaction: what is held, the decision, and what is held then. */
  hold({ projectId, ...request }: Command<'holdQuota'>): Result<QuotaAmounts> {
    const { storage, timers, now, isRegistered } = this.#parts;
    return storage.transaction((): Result<QuotaAmounts> => {
      const decision = decideHold(this.#standings(projectId), request);
      if (decision.type === 'exceeded') return err(exceededError(decision));
      for (const quota of quotaNames) {
        const amount = decision.amounts[quota];
        if (amount === undefined) continue;
        this.#table.put(quota, projectId, { amount, revision: request.revision }, now());
      }
      if (!isRegistered(projectId)) timers.ensure({ name: checkTimer, key: projectId, dueAt: now() + checkAfterMs });
      return ok(decision.amounts);
    });
  }

  #limit(quota: QuotaName, own = this.#table.limits()): number {
    return own[quota]?.amount ?? this.#platform[quota] ?? quotas[quota].usual;
  }

  #standings(holder: string): Readonly<Record<QuotaName, QuotaStanding>> {
    const own = this.#table.limits();
    const standing = (quota: QuotaName): QuotaStanding => ({
      limit: this.#limit(quota, own),
      used: this.#table.used(quota).used,
      held: this.#table.held(quota, holder),
    });
    return {
      projects: standing('projects'),
      agents: standing('agents'),
      apps: standing('apps'),
      storedBytes: standing('storedBytes'),
    };
  }

  /** What was held for a project that was never made is given back. One that does not answer is asked again. */
  async #check(projectId: ProjectId): Promise<void> {
    const { storage, project, isRegistered } = this.#parts;
    if (isRegistered(projectId)) return;
    const found = await project(projectId).get();
    if (found.ok) return;
    if (found.error.type !== 'resource.not_found') throw new Error(found.error.detail);
    storage.transaction(() => this.#table.forget(projectId));
  }
}
