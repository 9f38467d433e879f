/**
 * The project's heart: the log, and the one way to change it. Each change writes the events that were decided, the
 * events that follow by themselves, and the effects of both, in one transaction.
 */
import type { AgentId, TaskId } from '../../shared/domain/ids.ts';
import { advance } from '../../shared/domain/project/advance.ts';
import { composeAssignment } from '../../shared/domain/project/assignment.ts';
import { taskVerdictsOf, type TaskVerdict } from '../../shared/domain/model/quality/task-quality.ts';
import { effectsOf, type Effect } from '../../shared/domain/project/effects.ts';
import { activeSeats } from '../../shared/domain/project/roster.ts';
import { nextDueAt } from '../../shared/domain/project/due.ts';
import type { ProjectState } from '../../shared/domain/project/state.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import { EventStore, type Outbox, type Storage, type Timers } from '../platform/index.ts';
import { projectAggregate } from './aggregate.ts';
import type { Mailbox } from './mailbox.ts';
import { quotaTimer, stateDelayMs } from './quota-desk.ts';
import { settleSeat } from './seats.ts';

/** How long rows for the read model may gather before they are written together. */
const directoryDelayMs = 100;

/** Whoever made the project gets the answer and the first events before the work begins. */
const setUpDelayMs = 40;

/** Agents that are needed earlier are enrolled with their first message. */
const enrollDelayMs = 1_000;

export interface EngineParts {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly outbox: Outbox;
  readonly ids: Ids;
  readonly now: () => number;
  /** Counts what an event says of models. */
  readonly judge: (verdicts: readonly TaskVerdict[]) => void;
  /** Has the workspace asked or told what the project has of its quotas, in time. */
  readonly watchQuota: () => void;
}

export class Engine {
  readonly events: EventStore<ProjectState, ProjectEvent>;
  readonly #parts: EngineParts;
  readonly #mailbox: () => Mailbox;

  constructor(parts: EngineParts, mailbox: () => Mailbox) {
    this.#parts = parts;
    this.#mailbox = mailbox;
    this.events = new EventStore(parts.storage, projectAggregate);
  }

  get state(): ProjectState {
    return this.events.state;
  }

  /** Writes what was decided and all that follows. Inside a transaction. */
  apply(decide: (state: ProjectState) => readonly ProjectEvent[]): void {
    const now = this.#parts.now();
    const decided = decide(this.state);
    this.#write(decided, now);
    const following = advance(this.state, { now, ids: this.#parts.ids });
    this.#write(following, now);
    if (decided.length + following.length === 0) return;
    this.announce();
    this.watchTime();
    this.#parts.watchQuota();
  }

  /** Has the read model follow soon. Inside a transaction. */
  announce(): void {
    this.#parts.timers.ensure({ name: 'directory', dueAt: this.#parts.now() + directoryDelayMs });
  }

  /** One by one, because the effects of an event follow from the state right after it. */
  #write(events: readonly ProjectEvent[], now: number): void {
    for (const event of events) {
      this.#parts.judge(taskVerdictsOf(this.state, event));
      this.events.append([event], now);
      for (const effect of effectsOf(event, this.state)) this.#schedule(effect, now);
    }
  }

  #schedule(effect: Effect, now: number): void {
    const { timers, outbox } = this.#parts;
    switch (effect.type) {
      case 'set_up':
        timers.set({ name: 'set_up', dueAt: now + setUpDelayMs });
        timers.set({ name: 'enroll_team', dueAt: now + enrollDelayMs });
        return;
      case 'state_quota':
        timers.ensure({ name: quotaTimer, dueAt: now + stateDelayMs });
        return;
      case 'enroll_team':
        timers.set({ name: 'enroll_team', dueAt: now });
        return;
      case 'measure':
        timers.set({ name: 'measure', dueAt: now });
        return;
      case 'open_branch':
        outbox.enqueue({ lane: `agent/${effect.agentId}`, kind: 'open_branch', payload: effect });
        return;
      case 'merge':
        outbox.enqueue({ lane: 'merge', kind: 'merge', payload: { taskId: effect.taskId } });
        return;
      case 'assign':
        this.#assign(effect.agentId, effect.taskId);
        return;
      case 'settle':
        this.#mailbox().send(`agent:${effect.agentId}`, 'step.settle', JSON.stringify(effect.settlement));
        return;
      case 'help':
        this.#mailbox().send(`agent:${effect.agentId}`, 'task.help', JSON.stringify(effect.help));
        return;
      case 'fence_off':
        outbox.enqueue({ lane: 'repository', kind: 'fence_off', payload: effect });
        return;
      case 'settle_seats':
        for (const agentId of effect.agents) outbox.enqueue(settleSeat(agentId));
        return;
      case 'withdraw_app':
        outbox.enqueue({ lane: `service/${effect.slot}`, kind: 'withdraw_app', payload: effect });
        return;
      case 'tell_budget':
        this.tellBudget(effect.agents);
        return;
      case 'cancel':
        this.#mailbox().send(`agent:${effect.agentId}`, 'task.cancel', JSON.stringify({ taskId: effect.taskId }));
        return;
    }
  }

  #assign(agentId: AgentId, taskId: TaskId): void {
    const assignment = composeAssignment(this.state, taskId);
    if (assignment !== undefined) this.#mailbox().send(`agent:${agentId}`, 'task.assign', JSON.stringify(assignment));
  }

  /** The agents ask before their next call, also those that wait. Inside a transaction. */
  tellBudget(agents: readonly AgentId[] = activeSeats(this.state).map(({ agentId }) => agentId)): void {
    for (const agentId of agents) this.#mailbox().send(`agent:${agentId}`, 'budget.changed', '{}');
  }

  /** A timer at the next moment at which something follows from the time alone, such as the end of a lease. */
  watchTime(): void {
    const dueAt = nextDueAt(this.state);
    if (dueAt !== undefined) this.#parts.timers.ensure({ name: 'tick', dueAt });
  }
}
