/**
 * The project's part in the quotas of its workspace. It asks before it begins, before its first deployment and before a
 * pool grows; it states what it has after each change of that, and what it stores from time to time. Asking and stating
 * are about totals, so a kill in between is made good by the next time. What is given up is given up in the log first:
 * nothing here grows by what the workspace has back already.
 */
import { decideGranted, grantedAgents } from '../../shared/domain/project/granted-agents.ts';
import { wantedAgents } from '../../shared/domain/project/pools.ts';
import type { AgentId, ProjectId, WorkspaceId } from '../../shared/domain/ids.ts';
import { ok, type Result } from '../../shared/errors/result.ts';
import { isFinalStatus } from '../../shared/protocol/project-events.ts';
import type { WorkspaceHoldings } from '../../shared/rpc/workspace-quotas.ts';
import type { Storage, Timers } from '../platform/index.ts';
import { workspaceStub, type ObjectBindings } from '../stubs.ts';
import type { Engine } from './engine.ts';
import { sumStoredBytes, type Measured } from './stored-bytes.ts';

export const quotaTimer = 'quota';

/** How long changes of what the project has may gather before the workspace is told. */
export const stateDelayMs = 2_000;
/** How old the workspace's figure of stored bytes may be while a project works. */
const reportMs = 5 * 60_000;
/** A pool that was refused asks again after this long. */
const askAgainMs = 30_000;
/** A first deployment ends within this long. */
const deployMs = 15 * 60_000;

export interface QuotaDeskParts {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly engine: Engine;
  readonly now: () => number;
  readonly workspace: () => WorkspaceHoldings;
  readonly repository: () => Measured;
  readonly agent: (agentId: AgentId) => Measured;
}

/** Agents of a project that is planned: its seats, or their number. */
type Team = { readonly seats: readonly { readonly count: number }[] } | { readonly agents: number };

const sizeOf = (team: Team): number =>
  'seats' in team ? team.seats.reduce((sum, { count }) => sum + count, 0) : team.agents;

export class QuotaDesk {
  readonly #parts: QuotaDeskParts;
  #askAgainAt = 0;
  /** Until when a first deployment may be under way. */
  #deployingUntil = 0;

  constructor(parts: QuotaDeskParts) {
    this.#parts = parts;
    parts.timers.on(quotaTimer, () => this.#settle());
  }

  /** Asks for a project that is not there yet, with its agents; answers it as it was planned, or the refusal. */
  async begin<Planned extends Team>(
    env: Pick<ObjectBindings, 'WORKSPACE'>,
    { workspaceId, projectId }: { readonly workspaceId: WorkspaceId; readonly projectId: ProjectId },
    planned: Result<Planned>,
  ): Promise<Result<Planned>> {
    if (!planned.ok || this.#parts.engine.state.identity !== undefined) return planned;
    const amounts = { projects: 1, agents: sizeOf(planned.value) };
    const held = await workspaceStub(env, workspaceId).holdQuota({ projectId, revision: 0, amounts, mode: 'all' });
    return held.ok ? planned : held;
  }

  /** Asks for the project's app, unless it has one. */
  async permitApp(): Promise<Result<undefined>> {
    const { engine, now, workspace } = this.#parts;
    const { identity, deployments } = engine.state;
    if (identity === undefined || deployments.length > 0) return ok(undefined);
    this.#deployingUntil = now() + deployMs;
    const { projectId } = identity;
    const revision = engine.events.sequence;
    const held = await workspace().holdQuota({ projectId, revision, amounts: { apps: 1 }, mode: 'all' });
    return held.ok ? ok(undefined) : held;
  }

  /** After each change, inside its transaction: has the workspace asked or told in time. */
  watch(): void {
    const { engine, timers, now } = this.#parts;
    const { state } = engine;
    if (state.identity === undefined || state.copying !== undefined || isFinalStatus(state.status)) return;
    const isShort = state.status === 'active' && wantedAgents(state) > grantedAgents(state);
    const dueAt = isShort ? Math.max(now(), this.#askAgainAt) : now() + reportMs;
    timers.ensure({ name: quotaTimer, dueAt });
  }

  async #settle(): Promise<void> {
    const { engine, workspace, storage } = this.#parts;
    if (engine.state.identity === undefined) return;
    const bytes = await sumStoredBytes(storage.sql.databaseSize, engine.state, this.#parts);
    this.#giveUp();
    const { identity, status, deployments } = engine.state;
    if (identity === undefined) return;
    const { projectId } = identity;
    const hasEnded = isFinalStatus(status);
    const amounts = {
      projects: hasEnded ? 0 : 1,
      agents: hasEnded ? 0 : grantedAgents(engine.state),
      apps: deployments.length > 0 || this.#parts.now() < this.#deployingUntil ? 1 : 0,
      ...(bytes === undefined ? {} : { storedBytes: bytes }),
    };
    const revision = engine.events.sequence;
    const stated = await workspace().holdQuota({ projectId, revision, amounts, mode: 'fact' });
    if (!stated.ok) throw new Error(stated.error.detail);
    await this.#ask(projectId);
  }

  /** What pools no longer want. */
  #giveUp(): void {
    const { engine, storage } = this.#parts;
    const wanted = wantedAgents(engine.state);
    if (wanted >= grantedAgents(engine.state)) return;
    storage.transaction(() => {
      engine.apply((state) => decideGranted(state, wanted, wanted));
    });
  }

  /** What pools want beyond what was granted; as much as there is. */
  async #ask(projectId: ProjectId): Promise<void> {
    const { engine, storage, timers, now, workspace } = this.#parts;
    const wanted = wantedAgents(engine.state);
    if (engine.state.status !== 'active' || wanted <= grantedAgents(engine.state)) return;
    const revision = engine.events.sequence;
    const held = await workspace().holdQuota({ projectId, revision, amounts: { agents: wanted }, mode: 'part' });
    if (!held.ok) throw new Error(held.error.detail);
    const { agents = 0 } = held.value;
    if (agents < wanted) this.#askAgainAt = now() + askAgainMs;
    storage.transaction(() => {
      engine.apply((state) => decideGranted(state, agents, wanted));
      if (agents < wanted) timers.set({ name: quotaTimer, dueAt: this.#askAgainAt });
    });
  }
}
