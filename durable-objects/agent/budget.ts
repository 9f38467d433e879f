/**
 * What the agent may spend. The limits of the run and of the agent are known here and checked in the transaction that
 * writes an intent. What the project and its workspace limit is granted by the project before: usually for several
 * calls at once, and for good when nothing is limited. What was granted and is not needed goes back with the next
 * progress message.
 */
import {
  addAmounts,
  noAmounts,
  subtractAmounts,
  type Amounts,
  type BudgetLimits,
} from '../../shared/domain/budget/amounts.ts';
import { checkBudget } from '../../shared/domain/budget/check.ts';
import { describeExhaustion, type Exhaustion } from '../../shared/domain/budget/exhaustion.ts';
import {
  ask,
  forgetGrant,
  mayBegin,
  newHolderState,
  receive,
  reserve,
  settle,
  state,
  type Holder,
} from '../../shared/domain/budget/holder.ts';
import {
  countCall,
  toGrant,
  type AgentGrantAnswer,
  type ModelTotals,
  type UsageStatement,
} from '../../shared/domain/budget/usage.ts';
import type { Outcome } from '../../shared/domain/agent/assignment.ts';
import type { AgentState, Run } from '../../shared/domain/agent/state.ts';
import type { RunId } from '../../shared/domain/ids.ts';
import type { QualityCounts, QualityScope } from '../../shared/domain/model/quality/measures.ts';
import { addCounts, type QualityTotals } from '../../shared/domain/model/quality/totals.ts';
import type { ModelUsage } from '../../shared/ports/model-client.ts';
import type { ProjectRpc } from '../../shared/rpc/project.ts';
import { BudgetAccounts } from '../budget-accounts.ts';
import type { Storage, Timers } from '../platform/index.ts';

export interface BudgetParts {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly now: () => number;
  readonly state: () => AgentState;
  readonly project: () => Pick<ProjectRpc, 'extendGrant'>;
  readonly finish: (run: Run, outcome: Outcome) => void;
}

interface RunAccount {
  readonly runId: string;
  readonly used: Amounts;
  readonly reserved: Amounts;
}

interface OwnLimits {
  readonly run?: BudgetLimits;
  readonly agent?: BudgetLimits;
}

/** How soon an agent asks again while others hold the rest, and while its project is not to be reached. */
const waitMs = 1_000;
/** The same while the project is paused; it wakes its agents when it goes on. */
const pausedMs = 60_000;

const oneStep: Amounts = { ...noAmounts, steps: 1 };

/** Thrown inside the transaction of an intent, which is thereby undone. */
class Refused extends Error {
  override readonly name = 'BudgetRefused';
  /** Absent: the grant does not cover the call, and the project has to be asked. */
  readonly exhaustion: Exhaustion | undefined;

  constructor(exhaustion?: Exhaustion) {
    super(exhaustion === undefined ? 'The call is not covered by the grant.' : describeExhaustion(exhaustion));
    this.exhaustion = exhaustion;
  }
}

export class Budget {
  readonly #parts: BudgetParts;
  readonly #holder: BudgetAccounts<Holder>;
  readonly #run: BudgetAccounts<RunAccount>;
  readonly #limits: BudgetAccounts<OwnLimits>;
  readonly #models: BudgetAccounts<{ readonly models: ModelTotals; readonly quality: QualityTotals }>;

  constructor(parts: BudgetParts) {
    const { storage } = parts;
    this.#parts = parts;
    this.#holder = new BudgetAccounts(storage, 'holder', newHolderState);
    this.#run = new BudgetAccounts(storage, 'run', { runId: '', used: noAmounts, reserved: noAmounts });
    this.#limits = new BudgetAccounts<OwnLimits>(storage, 'limits', {});
    this.#models = new BudgetAccounts(storage, 'models', { models: {}, quality: {} });
  }

  /**
   * Does work whose intent calls `begin` or `beginStep`, once a grant covers it. A limit of the run or the agent that is
   * used up ends the run. False when the run waits: a timer is set, and the project wakes its agents after a change.
   */
  async within(
    run: Run,
    need: Amounts,
    unpricedModel: string | undefined,
    work: () => Promise<boolean>,
  ): Promise<boolean> {
    for (;;) {
      if (!mayBegin(this.#holder.get(), need, this.#parts.now())) {
        const delayMs = await this.#ask(run, need, unpricedModel);
        if (delayMs !== undefined) {
          this.#parts.timers.set({ name: 'run', dueAt: this.#parts.now() + delayMs });
          return false;
        }
      }
      try {
        return await work();
      } catch (thrown) {
        if (!(thrown instanceof Refused)) throw thrown;
        if (thrown.exhaustion === undefined) continue;
        const reason = thrown.message;
        this.#parts.finish(run, { type: 'failed', reason, exhaustion: thrown.exhaustion });
        return false;
      }
    }
  }

  /** `within` for a call of a tool. */
  withinStep(run: Run, work: () => Promise<boolean>): Promise<boolean> {
    return this.within(run, oneStep, undefined, work);
  }

  /** Sets aside what a call of a model may use at most. In the transaction of its intent. */
  begin(run: Run, need: Amounts, unpricedModel: string | undefined): void {
    this.#check(run, need, unpricedModel);
    const account = this.#runAccount(run.runId);
    this.#run.put({ ...account, reserved: addAmounts(account.reserved, need) });
    this.#holder.put(reserve(this.#holder.get(), need));
  }

  /** Counts a call of a tool. In the transaction of its intent. */
  beginStep(run: Run): void {
    this.#check(run, oneStep, undefined);
    this.settle(run.runId, noAmounts, oneStep);
  }

  /** What a call used, in place of what was set aside. In the transaction of its result. */
  settle(runId: RunId, reserved: Amounts, used: Amounts): void {
    this.#holder.put(settle(this.#holder.get(), reserved, used));
    const account = this.#run.get();
    if (account.runId !== runId) return;
    this.#run.put({
      runId,
      used: addAmounts(account.used, used),
      reserved: subtractAmounts(account.reserved, reserved),
    });
  }

  countCall(
    model: string,
    status: 'answered' | 'failed' | 'interrupted',
    usage: ModelUsage,
    costMicros: number | undefined,
  ): void {
    const { models, quality } = this.#models.get();
    this.#models.put({ models: countCall(models, model, status, usage, costMicros), quality });
  }

  /** What an answer says of its model. In the transaction of its result. */
  countQuality(scope: QualityScope, counts: QualityCounts): void {
    const { models, quality } = this.#models.get();
    this.#models.put({ models, quality: addCounts(quality, scope, counts) });
  }

  /** The limits have changed: the project is asked before the next call. Inside a transaction. */
  forget(): void {
    this.#holder.put(forgetGrant(this.#holder.get()));
  }

  /**
   * What the project is told; undefined when it knows all. Where little is left, and with `release`, everything that no
   * call under way needs goes back. Inside a transaction.
   */
  statement(release = false): UsageStatement | undefined {
    const holder = this.#holder.get();
    const { grant } = holder;
    const givesBack = grant?.type === 'limited' && (release || grant.tight);
    if (!holder.changed && !givesBack) return undefined;
    const stated = state(holder, givesBack);
    this.#holder.put(stated.holder);
    return { ...stated.statement, ...this.#models.get() };
  }

  /** True when what a call left over should go back at once. */
  get isTight(): boolean {
    const { grant } = this.#holder.get();
    return grant?.type === 'limited' && grant.tight;
  }

  #check(run: Run, need: Amounts, unpricedModel: string | undefined): void {
    const now = this.#parts.now();
    const { used, reserved } = this.#runAccount(run.runId);
    const holder = this.#holder.get();
    const limits = this.#limits.get();
    const unpriced = unpricedModel === undefined ? {} : { unpricedModel };
    const elapsedMs = Math.max(0, now - run.startedAt);
    const workedMs = (this.#parts.state().workedMs ?? 0) + elapsedMs;
    const exhaustion =
      checkBudget('run', limits.run, { used, reserved, elapsedMs, need, ...unpriced }) ??
      checkBudget('agent', limits.agent, {
        used: holder.used,
        reserved: holder.reserved,
        elapsedMs: workedMs,
        need,
        ...unpriced,
      });
    if (exhaustion !== undefined) throw new Refused(exhaustion);
    if (!mayBegin(holder, need, now)) throw new Refused();
  }

  #runAccount(runId: RunId): RunAccount {
    const account = this.#run.get();
    return account.runId === runId ? account : { runId, used: noAmounts, reserved: noAmounts };
  }

  /** Asks the project; undefined when it granted, else how long to wait before asking again. */
  async #ask(run: Run, need: Amounts, unpricedModel: string | undefined): Promise<number | undefined> {
    const { storage, state: agentState, project } = this.#parts;
    const { identity } = agentState();
    if (identity === undefined) return waitMs;
    const request = storage.transaction(() => {
      const asked = ask(this.#holder.get(), need, unpricedModel);
      this.#holder.put(asked.holder);
      return asked.request;
    });
    const { taskId, fencingToken } = run.assignment;
    const command = { ...request, ...this.#models.get(), agentId: identity.agentId, taskId, fencingToken };
    let answer: AgentGrantAnswer;
    try {
      const reply = await project().extendGrant(command);
      if (!reply.ok) return waitMs;
      answer = reply.value;
    } catch {
      // The project died or is not to be reached; asking again is harmless.
      return waitMs;
    }
    if (answer.status !== 'granted') return answer.status === 'wait' ? waitMs : pausedMs;
    const { grant, run: runLimits, agent } = answer;
    storage.transaction(() => {
      this.#limits.put({
        ...(runLimits === undefined ? {} : { run: runLimits }),
        ...(agent === undefined ? {} : { agent }),
      });
      this.#holder.put(receive(this.#holder.get(), request.revision, toGrant(grant, this.#parts.now())));
    });
    return undefined;
  }
}
