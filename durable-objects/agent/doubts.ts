/**
 * Steps in doubt, from the agent's side: tells the project in the transaction that parks the step, puts a settlement
 * into the journal before the step is asked for again, and says when a tool's server knew after all.
 */
import { createEffectId, maxDoubtDetailLength, type Settlement } from '../../shared/domain/effect/doubt.ts';
import { toolStepKey } from '../../shared/domain/agent/step-keys.ts';
import type { AgentEvent } from '../../shared/domain/agent/events.ts';
import type { AgentState, Run } from '../../shared/domain/agent/state.ts';
import { toolError, type ToolResult } from '../../shared/domain/tool/tool.ts';
import type { ToolCall } from '../../shared/ports/model-client.ts';
import type { EffectClass, EventStore, Journal, StepOutcome, Storage, Timers } from '../platform/index.ts';
import type { AgentMailbox } from './mailbox.ts';
import type { RunLog } from './run-log.ts';
import { callKeyOf } from './tool-context.ts';

/** How soon a tool's server is asked again when it could not say what became of a call. */
const askAgainMs = 30_000;

const longestCause = 2_000;

export interface DoubtsParts {
  /** The object's lasting name, the beginning of the journal's idempotency keys. */
  readonly object: string;
  readonly storage: Storage;
  readonly timers: Timers;
  readonly journal: Journal;
  readonly events: EventStore<AgentState, AgentEvent>;
  readonly mailbox: AgentMailbox;
  readonly log: RunLog;
  readonly now: () => number;
}

/** Classes whose effects are not simply made again. */
const isCareful = (effectClass: EffectClass): boolean => effectClass === 'lookup' || effectClass === 'unsafe';

const settledValue = ({ result }: Settlement): ToolResult => ({
  content: result === undefined || result.trim() === '' ? 'Done; whoever settled it gave no result.' : result,
});

const abandoned = ({ by, reason }: Settlement): ToolResult =>
  toolError(
    `Nobody knows whether this call took effect, and it was given up by ${by}${reason === undefined ? '' : ` (${reason})`}. Do not rely on it, and do not simply repeat it.`,
  );

export class Doubts {
  readonly #parts: DoubtsParts;

  constructor(parts: DoubtsParts) {
    this.#parts = parts;
  }

  /** Before the step is asked for: what was decided about it goes into the journal. A repeat changes nothing. */
  apply(run: Run, call: ToolCall): void {
    const { settlement, parked } = run;
    if (settlement === undefined || settlement.effectId !== parked?.effectId) return;
    const value = settlement.decision === 'done' ? settledValue(settlement) : undefined;
    this.#parts.journal.settle(toolStepKey(run, call), settlement.decision, value);
  }

  /** The step has just been parked. Inside the transaction that parks it. */
  raise(run: Run, call: ToolCall): void {
    const { journal, log } = this.#parts;
    const row = journal.find(toolStepKey(run, call));
    if (row === undefined) return;
    const cause = (row.message ?? 'The object was stopped while the step ran.').slice(0, longestCause);
    const effectId = this.#effectId(run, call, row.attempt);
    log.append(run, { type: 'tool.parked', runId: run.runId, toolCallId: call.id, tool: call.name, effectId, cause });
    this.#report(run, call, cause);
  }

  /** The run ends. A call that is still under way is told as evidence, since nobody will ask for its step again. */
  leave(run: Run): void {
    const call = run.openCalls[0];
    if (call === undefined) return;
    const row = this.#parts.journal.find(toolStepKey(run, call));
    if (row?.status === 'started' && isCareful(row.effectClass)) {
      this.#report(run, call, 'The run was ended while the call was under way.');
    }
  }

  /**
   * The step has ended. Inside the transaction that writes its result.
   * @returns what the tool gives back, which an abandoned one does not know itself.
   */
  close(run: Run, call: ToolCall, outcome: Exclude<StepOutcome<ToolResult>, { status: 'in_doubt' }>): ToolResult {
    const { events, mailbox, journal } = this.#parts;
    const current = events.state.run?.runId === run.runId ? events.state.run : undefined;
    const settlement = current?.settlement;
    const isSettled = settlement !== undefined && settlement.effectId === current?.parked?.effectId;
    const row = journal.find(toolStepKey(run, call));
    const effectId =
      current === undefined
        ? this.#effectId(run, call, row?.attempt ?? 1)
        : isSettled
          ? undefined
          : current.parked?.effectId;
    if (effectId !== undefined && row !== undefined && isCareful(row.effectClass)) {
      mailbox.sendResolved({ effectId, decision: outcome.status === 'done' ? 'done' : 'abandon' });
    }
    if (isSettled && settlement.decision === 'abandon') return abandoned(settlement);
    return outcome.status === 'done' ? outcome.value : toolError(`The tool failed: ${outcome.message}`);
  }

  /** What a person or the project manager decided. Inside a transaction. */
  take(settlement: Settlement): void {
    const { events, log } = this.#parts;
    const { run } = events.state;
    if (run?.parked?.effectId !== settlement.effectId || run.settlement?.effectId === settlement.effectId) return;
    log.append(run, { type: 'tool.settled', runId: run.runId, settlement });
  }

  /** The step is in doubt: sleeps until somebody decides. True when that has happened already. */
  wait(run: Run, call: ToolCall): boolean {
    const { events, journal, storage, timers, now } = this.#parts;
    // Parked by a version of the platform that told nobody.
    if (events.state.run?.runId === run.runId && events.state.run.parked === undefined) {
      storage.transaction(() => {
        this.raise(run, call);
      });
    }
    const current = events.state.run;
    if (current?.runId !== run.runId) return true;
    if (current.settlement !== undefined) return true;
    if (journal.find(toolStepKey(run, call))?.effectClass === 'lookup') {
      timers.set({ name: 'run', dueAt: now() + askAgainMs });
    } else timers.cancel('run');
    return false;
  }

  #report(run: Run, call: ToolCall, cause: string): void {
    const { journal, mailbox } = this.#parts;
    const row = journal.find(toolStepKey(run, call));
    if (row === undefined) return;
    mailbox.sendDoubt({
      effectId: this.#effectId(run, call, row.attempt),
      taskId: run.assignment.taskId,
      runId: run.runId,
      fencingToken: run.assignment.fencingToken,
      tool: call.name,
      effectClass: row.effectClass,
      detail: call.argumentsJson.slice(0, maxDoubtDetailLength),
      cause,
      startedAt: row.startedAt,
    });
  }

  #effectId(run: Run, call: ToolCall, attempt: number): string {
    return createEffectId(callKeyOf(`${this.#parts.object}/${toolStepKey(run, call)}`), attempt);
  }
}
