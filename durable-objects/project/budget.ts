/**
 * The project's budget: what its agents used and hold, and what the project holds of its workspace's. Agents ask here
 * before their calls; the project asks its workspace when what it holds does not reach. A budget that is used up, with
 * nothing under way that could give some back, pauses the project.
 */
import { subtractAmounts, type Amounts, type BudgetLimits } from '../../shared/domain/budget/amounts.ts';
import { describePause, type Exhaustion } from '../../shared/domain/budget/exhaustion.ts';
import {
  applyStatement,
  grantTo,
  newHolder,
  standingOf,
  type Giver,
  type GrantRequest,
} from '../../shared/domain/budget/giver.ts';
import {
  ask,
  forgetGrant,
  newHolderState,
  receive,
  state as makeStatement,
  type Holder,
} from '../../shared/domain/budget/holder.ts';
import { passOn } from '../../shared/domain/budget/pass-on.ts';
import {
  toGrant,
  toSentGrant,
  type AgentGrantAnswer,
  type GrantAnswer,
  type UsageStatement,
} from '../../shared/domain/budget/usage.ts';
import type { AgentId, TaskId } from '../../shared/domain/ids.ts';
import type { QualityScope } from '../../shared/domain/model/quality/measures.ts';
import { ratedScopes, type TaskVerdict } from '../../shared/domain/model/quality/task-quality.ts';
import { addCounts, mergeTotals, sumTotals, type QualityTotals } from '../../shared/domain/model/quality/totals.ts';
import { leaseMsOf } from '../../shared/domain/project/lease-term.ts';
import { decideProgress, findHeldTask } from '../../shared/domain/project/decide.ts';
import { activeMs } from '../../shared/domain/project/views.ts';
import { err, ok, type AppError, type Result } from '../../shared/errors/result.ts';
import { isFinalStatus } from '../../shared/protocol/project-events.ts';
import type { ExtendAgentGrant, ProjectUsage } from '../../shared/rpc/usage.ts';
import type { WorkspaceProjects } from '../../shared/rpc/workspace.ts';
import { BudgetAccounts } from '../budget-accounts.ts';
import type { Storage, Timers } from '../platform/index.ts';
import type { Engine } from './engine.ts';
import { viewUsage, type AgentAccount } from './usage-view.ts';

export interface ProjectBudgetParts {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly engine: Engine;
  readonly now: () => number;
  readonly workspace: () => WorkspaceProjects;
}

type Verdict = GrantAnswer | { readonly status: 'ask_workspace' };

const notFound: AppError = { type: 'resource.not_found', detail: 'There is no such project.' };

/** How long what the agents report may gather before the workspace is told. */
const reportDelayMs = 2_000;
/** Asking the workspace more often for one call would mean that others were always faster. */
const maxRounds = 5;

export class ProjectBudgetDesk {
  readonly #parts: ProjectBudgetParts;
  readonly #agents: BudgetAccounts<AgentAccount>;
  readonly #workspace: BudgetAccounts<Holder>;
  /** What tasks, reviews and gates said of models. */
  readonly #verdicts: BudgetAccounts<{ readonly totals: QualityTotals }>;
  /** One question to the workspace at a time. */
  #asking: Promise<GrantAnswer> | undefined;

  constructor(parts: ProjectBudgetParts) {
    this.#parts = parts;
    this.#agents = new BudgetAccounts<AgentAccount>(parts.storage, 'agent', {
      ...newHolder,
      models: {},
      quality: {},
    });
    this.#verdicts = new BudgetAccounts(parts.storage, 'verdicts', { totals: {} });
    this.#workspace = new BudgetAccounts(parts.storage, 'workspace', newHolderState);
    parts.timers.on('report_usage', () => this.#report());
  }

  /** What was used, by agent and by model. */
  usage(): Result<ProjectUsage> {
    const usage = viewUsage(this.#parts.engine.state, this.#agents.all(), this.#parts.now());
    return usage === undefined ? err(notFound) : ok(usage);
  }

  /** Takes an agent's statement. Inside a transaction. */
  take(agentId: AgentId, { models, quality = {}, ...statement }: UsageStatement): void {
    const account = this.#agents.get(agentId);
    if (statement.revision <= account.revision) return;
    const merged = mergeTotals(account.quality, quality);
    this.#agents.put({ ...applyStatement(account, statement), models, quality: merged }, agentId);
    const { grant } = this.#workspace.get();
    this.#reportAfter(grant?.type === 'limited' && grant.tight ? 0 : reportDelayMs);
  }

  /** Counts what was said of models. In the transaction of the event that said it. */
  judge(verdicts: readonly TaskVerdict[]): void {
    if (verdicts.length === 0) return;
    const totals = verdicts.reduce(
      (sums, { scope, counts }) => addCounts(sums, scope, counts),
      this.#verdicts.get().totals,
    );
    this.#verdicts.put({ totals });
    this.#reportAfter(reportDelayMs);
  }

  /** Whose work the project or one of its tasks is. */
  workers(taskId: TaskId | undefined): Result<readonly QualityScope[]> {
    const { state } = this.#parts.engine;
    if (state.identity === undefined) return err(notFound);
    const scopes = ratedScopes(state, taskId);
    return scopes === undefined ? err({ type: 'resource.not_found', detail: 'There is no such task.' }) : ok(scopes);
  }

  #reportAfter(delayMs: number): void {
    this.#parts.timers.ensure({ name: 'report_usage', dueAt: this.#parts.now() + delayMs });
  }

  /** Grants an agent its next call, or says why not. */
  async extend(command: ExtendAgentGrant): Promise<Result<AgentGrantAnswer>> {
    const { state } = this.#parts.engine;
    if (!state.agents.some(({ agentId }) => agentId === command.agentId)) {
      return err({ type: 'auth.forbidden', detail: 'The asker is not an agent of this project.' });
    }
    for (let round = 0; round < maxRounds; round += 1) {
      const verdict = this.#decide(command);
      if (verdict.status !== 'ask_workspace') return ok({ ...verdict, ...this.#ownLimits() });
      const answer = await this.#askWorkspace(command);
      if (answer.status === 'exhausted') {
        this.#pause(answer.exhaustion, command);
        return ok(answer);
      }
      if (answer.status === 'wait') break;
    }
    this.#showWaiting(command);
    return ok({ status: 'wait' });
  }

  /** The workspace's limits are others now: it is asked again, and the agents ask again. Inside a transaction. */
  workspaceChanged(): Result<{ readonly noted: boolean }> {
    const { engine } = this.#parts;
    if (engine.state.identity === undefined) return err(notFound);
    this.#workspace.put(forgetGrant(this.#workspace.get()));
    if (!isFinalStatus(engine.state.status)) engine.tellBudget();
    return ok({ noted: true });
  }

  #ownLimits(): { readonly run?: BudgetLimits; readonly agent?: BudgetLimits } {
    const { run, agent } = this.#parts.engine.state.budget ?? {};
    return { ...(run === undefined ? {} : { run }), ...(agent === undefined ? {} : { agent }) };
  }

  #giver(): Giver {
    const { engine, now } = this.#parts;
    const { state } = engine;
    return {
      scope: 'project',
      limits: state.budget?.project ?? {},
      holders: this.#agents.all(),
      elapsedMs: activeMs(state, now()),
    };
  }

  /** One transaction: the agent's statement, the decision, and what follows from it. */
  #decide(command: ExtendAgentGrant): Verdict {
    const { storage, engine, now } = this.#parts;
    return storage.transaction((): Verdict => {
      this.take(command.agentId, command);
      if (isFinalStatus(engine.state.status)) return { status: 'wait' };
      const held = this.#workspace.get().grant;
      const decision = passOn(this.#giver(), command.agentId, command, held, now());
      switch (decision.status) {
        case 'granted': {
          const account = this.#agents.get(command.agentId);
          this.#agents.put({ ...account, ...grantTo(account, decision.granted) }, command.agentId);
          return { status: 'granted', grant: toSentGrant(decision) };
        }
        case 'exhausted':
          this.#pause(decision.exhaustion, command);
          return decision;
        case 'wait':
          this.#showWaiting(command);
          return decision;
        case 'ask_workspace':
          return decision;
      }
    });
  }

  #pause(exhaustion: Exhaustion, { agentId, taskId }: ExtendAgentGrant): void {
    const { storage, engine } = this.#parts;
    storage.transaction(() => {
      if (engine.state.status !== 'active') return;
      engine.apply(() => [
        { type: 'budget.exhausted', ...exhaustion, agentId, taskId },
        { type: 'project.paused', reason: describePause(exhaustion) },
      ]);
    });
  }

  /** An agent that waits for the budget is alive; said once in a while, so that its lease does not end. */
  #showWaiting({ taskId, fencingToken }: ExtendAgentGrant): void {
    const { storage, engine, now } = this.#parts;
    const task = findHeldTask(engine.state, taskId, fencingToken);
    if (task === undefined || (task.leaseExpiresAt ?? 0) > now() + leaseMsOf(engine.state) / 2) return;
    const activity = { type: 'waiting' as const, reason: 'the rest of the budget is with others' };
    storage.transaction(() => {
      engine.apply((state) => decideProgress(state, { taskId, fencingToken, activity }, now()));
    });
  }

  async #askWorkspace(command: GrantRequest): Promise<GrantAnswer> {
    if (this.#asking !== undefined) {
      const answer = await this.#asking;
      // It was for another agent's call: look again whether there is room now.
      return answer.status === 'granted' ? answer : { status: 'wait' };
    }
    this.#asking = this.#question(command).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #question({ need, unpricedModel }: GrantRequest): Promise<GrantAnswer> {
    const { storage, engine, workspace, now } = this.#parts;
    const { identity } = engine.state;
    if (identity === undefined) return { status: 'wait' };
    const request = storage.transaction(() => {
      const asked = ask(this.#asHolder(), need, unpricedModel);
      this.#workspace.put(asked.holder);
      return asked.request;
    });
    try {
      const reply = await workspace().extendGrant({ ...request, projectId: identity.projectId });
      if (!reply.ok) return { status: 'wait' };
      const answer = reply.value;
      if (answer.status !== 'granted') return answer;
      storage.transaction(() => {
        this.#workspace.put(receive(this.#workspace.get(), request.revision, toGrant(answer.grant, now())));
      });
      return answer;
    } catch {
      // The workspace is not to be reached: the agent asks again by itself.
      return { status: 'wait' };
    }
  }

  /** The project as a holder of its workspace's budget: what its agents used, and what they hold beyond that. */
  #asHolder(): Holder {
    const { used, committed } = standingOf(this.#agents.all());
    return { ...this.#workspace.get(), used, reserved: subtractAmounts(committed, used) };
  }

  /** Tells the workspace what was used, and gives back what no agent holds when little is left or all are done. */
  async #report(): Promise<void> {
    const { storage, engine, workspace } = this.#parts;
    const { identity } = engine.state;
    if (identity === undefined) return;
    const statement = storage.transaction(() => {
      const holder = this.#asHolder();
      const { grant } = holder;
      const release = grant?.type === 'limited' && (grant.tight || isNothing(holder.reserved));
      const stated = makeStatement(holder, release);
      this.#workspace.put(stated.holder);
      return stated.statement;
    });
    const own = Object.values(this.#agents.all()).map((account) => account.quality);
    const quality = sumTotals([...own, this.#verdicts.get().totals]);
    const noted = await workspace().reportUsage({ ...statement, projectId: identity.projectId, quality });
    if (!noted.ok) throw new Error(noted.error.detail);
  }
}

const isNothing = ({ tokens, costMicros, steps }: Amounts): boolean => tokens + costMicros + steps === 0;
