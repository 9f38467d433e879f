/**
 * The workspace's budget over all its projects. Each project is a holder: it asks before what it holds is used up, and
 * reports what its agents used.
 */
import { isLimited, subtractAmounts, type BudgetLimits } from '../../shared/domain/budget/amounts.ts';
import {
  applyStatement,
  committedOf,
  decideGrant,
  newHolder,
  standingOf,
  type Giver,
  type HolderRow,
} from '../../shared/domain/budget/giver.ts';
import { remainingOf } from '../../shared/domain/budget/remaining.ts';
import { toSentGrant, type GrantAnswer } from '../../shared/domain/budget/usage.ts';
import { parseId, type ProjectId } from '../../shared/domain/ids.ts';
import type { ProjectRpc } from '../../shared/rpc/project.ts';
import type { ExtendProjectGrant, ProjectStatement, WorkspaceBudget } from '../../shared/rpc/usage.ts';
import { BudgetAccounts } from '../budget-accounts.ts';
import type { Outbox, Storage } from '../platform/index.ts';

export interface WorkspaceBudgetParts {
  readonly storage: Storage;
  readonly outbox: Outbox;
  readonly now: () => number;
  readonly projects: () => readonly ProjectId[];
  readonly project: (projectId: ProjectId) => Pick<ProjectRpc, 'workspaceBudgetChanged'>;
}

interface Settings {
  readonly limits: BudgetLimits;
  /** When wall time was limited first; the clock of the workspace. */
  readonly wallSince?: number;
}

export class WorkspaceBudgetDesk {
  readonly #parts: WorkspaceBudgetParts;
  readonly #projects: BudgetAccounts<HolderRow>;
  readonly #settings: BudgetAccounts<Settings>;

  constructor(parts: WorkspaceBudgetParts) {
    this.#parts = parts;
    this.#projects = new BudgetAccounts(parts.storage, 'project', newHolder);
    this.#settings = new BudgetAccounts<Settings>(parts.storage, 'settings', { limits: {} });
    parts.outbox.on('budget_changed', async (payload, { deliveryId }) => {
      // SAFETY: entries of this kind are enqueued only by `set`.
      const { projectId } = payload as { readonly projectId: ProjectId };
      const told = await parts.project(projectId).workspaceBudgetChanged({ commandId: deliveryId });
      // A project that was reserved and never made asks when it begins.
      if (!told.ok && told.error.type !== 'resource.not_found') throw new Error(told.error.detail);
    });
  }

  /** Grants a project its next call, or says why not: one transaction. */
  extend({ projectId, ...request }: ExtendProjectGrant): GrantAnswer {
    return this.#parts.storage.transaction((): GrantAnswer => {
      this.#take(projectId, request);
      const { limits } = this.#settings.get();
      if (!isLimited(limits)) return { status: 'granted', grant: { type: 'unlimited' } };
      const decision = decideGrant(this.#giver(), projectId, request);
      if (decision.status !== 'granted') return decision;
      this.#projects.put({ ...this.#projects.get(projectId), granted: decision.granted }, projectId);
      return { status: 'granted', grant: toSentGrant(decision) };
    });
  }

  /** Notes what a project used. */
  report({ projectId, ...statement }: ProjectStatement): void {
    this.#parts.storage.transaction(() => {
      this.#take(projectId, statement);
    });
  }

  view(): WorkspaceBudget {
    const { limits, holders, elapsedMs } = this.#giver();
    const { used, committed } = standingOf(holders);
    return {
      limits,
      used,
      reserved: subtractAmounts(committed, used),
      wallMs: elapsedMs,
      remaining: remainingOf(limits, committed, elapsedMs),
      projects: Object.entries(holders).flatMap(([name, row]) => {
        const projectId = parseId('prj', name);
        const reserved = subtractAmounts(committedOf(row), row.used);
        return projectId === undefined ? [] : [{ projectId, used: row.used, reserved }];
      }),
    };
  }

  /** Replaces the limits and tells the projects. Inside a transaction. */
  set(limits: BudgetLimits): void {
    const { outbox, projects, now } = this.#parts;
    const wallSince = this.#settings.get().wallSince ?? (limits.maxWallMs === undefined ? undefined : now());
    this.#settings.put({ limits, ...(wallSince === undefined ? {} : { wallSince }) });
    for (const projectId of projects()) {
      outbox.enqueue({ lane: `budget/${projectId}`, kind: 'budget_changed', payload: { projectId } });
    }
  }

  #take(projectId: ProjectId, statement: Omit<ProjectStatement, 'projectId'>): void {
    const row = this.#projects.get(projectId);
    if (statement.revision > row.revision) this.#projects.put(applyStatement(row, statement), projectId);
  }

  #giver(): Giver {
    const { limits, wallSince } = this.#settings.get();
    const elapsedMs = wallSince === undefined ? 0 : Math.max(0, this.#parts.now() - wallSince);
    return { scope: 'workspace', limits, holders: this.#projects.all(), elapsedMs };
  }
}
