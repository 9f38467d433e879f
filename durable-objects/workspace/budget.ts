/**
 * The workspace's budget over all its projects and the calls of `/v1`. Each project is a holder: it asks before what it
 * holds is used up, and reports what its agents used. So is each isolate of the gateway that makes calls.
 */
import { isLimited, subtractAmounts, type BudgetLimits } from '../../shared/domain/budget/amounts.ts';
import {
  applyStatement,
  committedOf,
  decideGrant,
  grantTo,
  newHolder,
  standingOf,
  type Giver,
  type GrantDecision,
  type GrantRequest,
  type HolderRow,
} from '../../shared/domain/budget/giver.ts';
import { remainingOf } from '../../shared/domain/budget/remaining.ts';
import { toSentGrant, type GrantAnswer } from '../../shared/domain/budget/usage.ts';
import { parseId, type ProjectId } from '../../shared/domain/ids.ts';
import type { ProjectRpc } from '../../shared/rpc/project.ts';
import type { ExtendProjectGrant, ProjectStatement, WorkspaceBudget } from '../../shared/rpc/usage.ts';
import type { CallReport, CallReportReply, ExtendCallGrant } from '../../shared/rpc/workspace-calls.ts';
import { BudgetAccounts } from '../budget-accounts.ts';
import type { Outbox, Storage } from '../platform/index.ts';
import type { ApiCallTable } from './call-table.ts';
import { Isolates } from './isolates.ts';
import type { QualityDesk } from './quality.ts';

export interface WorkspaceBudgetParts {
  readonly storage: Storage;
  readonly outbox: Outbox;
  readonly now: () => number;
  readonly calls: ApiCallTable;
  readonly quality: Pick<QualityDesk, 'takeBatch' | 'takeTotals' | 'factors'>;
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
  readonly #isolates: Isolates;
  readonly #settings: BudgetAccounts<Settings>;

  constructor(parts: WorkspaceBudgetParts) {
    this.#parts = parts;
    this.#projects = new BudgetAccounts(parts.storage, 'project', newHolder);
    this.#isolates = new Isolates(parts.storage);
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
      return this.#answer(projectId, request, ({ granted }) => {
        this.#projects.put(grantTo(this.#projects.get(projectId), granted), projectId);
      });
    });
  }

  /** The same for an isolate of the gateway. */
  extendCalls({ holderId, ...request }: ExtendCallGrant): GrantAnswer {
    const { storage, now } = this.#parts;
    return storage.transaction((): GrantAnswer => {
      this.#isolates.take(holderId, request, now());
      return this.#answer(holderId, request, ({ granted }) => {
        this.#isolates.grant(holderId, granted);
      });
    });
  }

  /** Notes what an isolate's calls came to. */
  reportCalls({
    holderId,
    batch,
    rows,
    quality = [],
    answers = [],
    ...statement
  }: Omit<CallReport, 'credentialUses'>): CallReportReply {
    const { storage, calls, now, quality: desk } = this.#parts;
    return storage.transaction(() => {
      this.#isolates.take(holderId, statement, now());
      if (this.#isolates.isFresh(holderId, batch)) {
        for (const row of rows) calls.add(row);
        desk.takeBatch(quality, answers);
      }
      return { limited: isLimited(this.#settings.get().limits), qualityFactors: desk.factors() };
    });
  }

  /** Notes what a project used. */
  report({ projectId, quality, ...statement }: ProjectStatement): void {
    this.#parts.storage.transaction(() => {
      this.#take(projectId, statement);
      if (quality !== undefined) this.#parts.quality.takeTotals(projectId, quality);
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
      api: this.#isolates.standing(this.#parts.now()),
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

  #answer(
    holder: string,
    request: GrantRequest,
    keep: (decision: Extract<GrantDecision, { status: 'granted' }>) => void,
  ): GrantAnswer {
    if (!isLimited(this.#settings.get().limits)) return { status: 'granted', grant: { type: 'unlimited' } };
    const decision = decideGrant(this.#giver(), holder, request);
    if (decision.status !== 'granted') return decision;
    keep(decision);
    return { status: 'granted', grant: toSentGrant(decision) };
  }

  #take(projectId: ProjectId, statement: Omit<ProjectStatement, 'projectId'>): void {
    const row = this.#projects.get(projectId);
    if (statement.revision > row.revision) this.#projects.put(applyStatement(row, statement), projectId);
  }

  #giver(): Giver {
    const { limits, wallSince } = this.#settings.get();
    const now = this.#parts.now();
    const elapsedMs = wallSince === undefined ? 0 : Math.max(0, now - wallSince);
    const holders = { ...this.#projects.all(), ...this.#isolates.holders(now) };
    return { scope: 'workspace', limits, holders, elapsedMs };
  }
}
