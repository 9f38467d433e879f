/** How a run's steps reach the log, the project and the timer. Everything here belongs inside a transaction. */
import type { Outcome } from '../../shared/domain/agent/assignment.ts';
import type { AgentEvent } from '../../shared/domain/agent/events.ts';
import type { AgentState, Run } from '../../shared/domain/agent/state.ts';
import type { RunId } from '../../shared/domain/ids.ts';
import type { AgentActivity } from '../../shared/protocol/agent-activity.ts';
import type { EventStore, Journal, Storage, Timers } from '../platform/index.ts';
import type { Budget } from './budget.ts';
import type { AgentMailbox } from './mailbox.ts';

/** How soon a run goes on by itself after its object died. */
const wakeMs = 1_000;

export interface RunLogParts {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly journal: Pick<Journal, 'end'>;
  readonly events: EventStore<AgentState, AgentEvent>;
  readonly mailbox: AgentMailbox;
  readonly budget: Pick<Budget, 'statement'>;
  readonly now: () => number;
}

export class RunLog {
  readonly #parts: RunLogParts;

  constructor(parts: RunLogParts) {
    this.#parts = parts;
  }

  /** True while the run is the one under way: what a cancelled run still brings is dropped. */
  isCurrent(runId: RunId): boolean {
    return this.#parts.events.state.run?.runId === runId;
  }

  /** Wakes the object a little later, should it die meanwhile. */
  stayAwake(): void {
    this.#parts.timers.set({ name: 'run', dueAt: this.#parts.now() + wakeMs });
  }

  /** Adds an event of the run; dropped when the run was cancelled meanwhile. */
  append(run: Run, event: AgentEvent): void {
    if (!this.isCurrent(run.runId)) return;
    this.#parts.events.append([event], this.#parts.now());
    if (event.type !== 'run.finished') this.stayAwake();
  }

  /** Tells the project what the agent does, which also extends the lease. */
  tell(run: Run, activity: AgentActivity): void {
    if (!this.isCurrent(run.runId)) return;
    const { taskId, fencingToken } = run.assignment;
    const usage = this.#parts.budget.statement();
    this.#parts.mailbox.sendProgress({ taskId, fencingToken, activity, ...(usage === undefined ? {} : { usage }) });
  }

  /** Tells the project what was used and gives back what was granted and is not needed. Inside a transaction. */
  giveBack(): void {
    const usage = this.#parts.budget.statement(true);
    if (usage !== undefined) this.#parts.mailbox.sendUsage(usage);
  }

  /** Ends the run and hands its outcome to the project. */
  finish(run: Run, outcome: Outcome): void {
    const { storage, mailbox, timers, journal } = this.#parts;
    const { taskId, attempt, fencingToken } = run.assignment;
    storage.transaction(() => {
      if (!this.isCurrent(run.runId)) return;
      this.append(run, { type: 'run.finished', runId: run.runId, taskId, outcome });
      this.giveBack();
      mailbox.sendReport({ taskId, attempt, fencingToken, outcome });
      timers.cancel('run');
      journal.end(`${run.runId}/`);
    });
  }
}
