/**
 * Drives a run: asks the pure loop for the next action, does it as a journaled step, appends its event in the
 * transaction that writes the step's result, and asks again. A timer that is always a little ahead wakes the object
 * when it died in between; the journal and the log then say where to go on.
 */
import type { AgentEvent } from '../../shared/domain/agent/events.ts';
import { composeExcerpt } from '../../shared/domain/agent/help.ts';
import { defaultRunLimits, nextAction, type NextAction } from '../../shared/domain/agent/loop.ts';
import type { AgentState, Run } from '../../shared/domain/agent/state.ts';
import { contextTokensOf } from '../../shared/domain/model/context-window.ts';
import type { Stuck } from '../../shared/protocol/stuck.ts';
import type { EventStore, Storage, Timers } from '../platform/index.ts';
import type { AgentMailbox } from './mailbox.ts';
import type { Budget } from './budget.ts';
import type { ModelStep } from './model-step.ts';
import type { RunLog } from './run-log.ts';
import type { ToolStep } from './tool-step.ts';

export interface RunnerParts {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly events: EventStore<AgentState, AgentEvent>;
  readonly log: RunLog;
  readonly mailbox: AgentMailbox;
  readonly budget: Budget;
  readonly modelStep: ModelStep;
  readonly toolStep: ToolStep;
  readonly now: () => number;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

export class Runner {
  readonly #parts: RunnerParts;
  #driving: Promise<void> | undefined;
  #halted = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    parts.timers.on('run', () => {
      this.wake();
    });
  }

  /** Goes on with the run, if there is one and nobody drives it yet. */
  wake(): void {
    const { events, log, waitUntil } = this.#parts;
    if (this.#halted || events.state.run === undefined) return;
    log.stayAwake();
    this.#driving ??= this.#drive().finally(() => {
      this.#driving = undefined;
    });
    waitUntil(this.#driving);
  }

  /** Takes no further step; ends when the one under way is in the log. The run goes on after `resume`. */
  async halt(): Promise<void> {
    this.#halted = true;
    await this.#driving;
  }

  /**
   * Sees that the run goes on after the object was loaded; by the timer, which gives late objects their turns. Not by
   * the alarm alone: the runtime lets one that failed wait for seconds.
   */
  resume(): void {
    const { events, timers, now, waitUntil } = this.#parts;
    this.#halted = false;
    if (events.state.run === undefined) return;
    timers.ensure({ name: 'run', dueAt: now() });
    waitUntil(timers.fire());
  }

  async #drive(): Promise<void> {
    for (;;) {
      // Not inside the caller's transaction; and between two steps the runtime gets to requests that wait, which a
      // model and tools in the same process would otherwise keep from it.
      await scheduler.wait(0);
      const { run, identity } = this.#parts.events.state;
      if (run === undefined || this.#halted) return;
      const contextTokens = contextTokensOf(run.model ?? identity?.model ?? '');
      const goesOn = await this.#perform(run, nextAction(run, defaultRunLimits, contextTokens));
      if (!goesOn) {
        // What is granted and not needed now is of use to others while this run waits.
        this.#parts.storage.transaction(() => {
          this.#parts.log.giveBack();
        });
        return;
      }
    }
  }

  /** False when the run waits for somebody or for a later time. */
  async #perform(run: Run, action: NextAction): Promise<boolean> {
    const { storage, timers, log, budget, modelStep, toolStep } = this.#parts;
    switch (action.type) {
      case 'call_model':
        if (action.delayMs > 0 && this.#postpone(run, action.delayMs)) return false;
        return modelStep.call(run, action.step);
      case 'call_tool':
        return budget.withinStep(run, () => toolStep.call(run, action.call));
      case 'nudge':
        storage.transaction(() => {
          log.append(run, { type: 'run.nudged', runId: run.runId, text: action.text });
        });
        return true;
      case 'report_stuck':
        this.#reportStuck(run, action.stuck);
        return false;
      case 'wait':
        // Whoever helps wakes the object with a message.
        timers.cancel('run');
        return false;
      case 'finish':
        log.finish(run, action.outcome);
        return false;
    }
  }

  /** Asks the project for help; the run waits for it. */
  #reportStuck(run: Run, { kind, evidence }: Stuck): void {
    const { storage, timers, log, mailbox } = this.#parts;
    const { taskId, fencingToken } = run.assignment;
    storage.transaction(() => {
      if (!log.isCurrent(run.runId)) return;
      log.append(run, { type: 'run.stuck', runId: run.runId, kind, evidence });
      mailbox.sendStuck({ taskId, fencingToken, kind, evidence, excerpt: composeExcerpt(run.messages) });
      timers.cancel('run');
    });
  }

  /** Sets the timer to when the model may be called again; false when that time has come. */
  #postpone(run: Run, delayMs: number): boolean {
    const { events, timers, now } = this.#parts;
    const failedAt = events.read({ after: events.sequence - 1, limit: 1 })[0]?.recordedAt ?? run.startedAt;
    const dueAt = failedAt + delayMs;
    if (dueAt <= now()) return false;
    timers.set({ name: 'run', dueAt });
    return true;
  }
}
