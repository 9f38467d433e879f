/**
 * Drives a run: asks the pure loop for the next action, does it as a journaled step, appends its event in the
 * transaction that writes the step's result, and asks again. A timer that is always a little ahead wakes the object
 * when it died in between; the journal and the log then say where to go on.
 */
import { collectAnswer, type CollectedAnswer } from '../../shared/domain/model/collect.ts';
import type { Outcome } from '../../shared/domain/agent/assignment.ts';
import type { AgentEvent } from '../../shared/domain/agent/events.ts';
import { defaultRunLimits, nextAction, type NextAction } from '../../shared/domain/agent/loop.ts';
import { composeMessages, composeSystem } from '../../shared/domain/agent/prompt.ts';
import type { AgentState, Run } from '../../shared/domain/agent/state.ts';
import type { RunId } from '../../shared/domain/ids.ts';
import { findRole } from '../../shared/domain/team/roles/index.ts';
import { toolsFor } from '../../shared/domain/tool/index.ts';
import type { Tool, ToolContext, ToolResult } from '../../shared/domain/tool/tool.ts';
import type { ModelClient, ToolCall } from '../../shared/ports/model-client.ts';
import type { AgentActivity } from '../../shared/protocol/project-events.ts';
import type { EventStore, Journal, Storage, StepOutcome, Timers } from '../platform/index.ts';
import type { AgentMailbox } from './mailbox.ts';

/** How soon a run goes on by itself after its object died. */
const wakeMs = 1_000;
const maxOutputTokens = 32_000;
const detailLength = 300;

export interface RunnerParts {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly journal: Journal;
  readonly events: EventStore<AgentState, AgentEvent>;
  readonly mailbox: AgentMailbox;
  readonly now: () => number;
  readonly waitUntil: (work: Promise<unknown>) => void;
  readonly resolveModel: (name: string) => { readonly client: ModelClient; readonly model: string };
  readonly toolContext: (run: Run, commandId: string) => Omit<ToolContext, 'sendMessage'>;
}

export class Runner {
  readonly #parts: RunnerParts;
  #driving: Promise<void> | undefined;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    parts.timers.on('run', () => {
      this.wake();
    });
  }

  /** Goes on with the run, if there is one and nobody drives it yet. */
  wake(): void {
    const { events, timers, now, waitUntil } = this.#parts;
    if (events.state.run === undefined) return;
    timers.set({ name: 'run', dueAt: now() + wakeMs });
    this.#driving ??= this.#drive().finally(() => {
      this.#driving = undefined;
    });
    waitUntil(this.#driving);
  }

  async #drive(): Promise<void> {
    for (;;) {
      // Not inside the caller's transaction; and between two steps the runtime gets to requests that wait, which a
      // model and tools in the same process would otherwise keep from it.
      await scheduler.wait(0);
      const { run } = this.#parts.events.state;
      if (run === undefined) return;
      const action = nextAction(run, defaultRunLimits);
      const goesOn = await this.#perform(run, action);
      if (!goesOn) return;
    }
  }

  /** False when the run waits for somebody or for a later time. */
  async #perform(run: Run, action: NextAction): Promise<boolean> {
    switch (action.type) {
      case 'call_model':
        if (action.delayMs > 0 && this.#postpone(run, action.delayMs)) return false;
        await this.#callModel(run, action.step);
        return true;
      case 'call_tool':
        return this.#callTool(run, action.call);
      case 'nudge':
        this.#record(run.runId, { type: 'run.nudged', runId: run.runId, text: action.text });
        return true;
      case 'finish':
        this.#finish(run, action.outcome);
        return false;
    }
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

  async #callModel(run: Run, step: number): Promise<void> {
    const { journal, events, resolveModel, now } = this.#parts;
    const { identity } = events.state;
    const role = findRole(identity?.role ?? '');
    if (identity === undefined || role === undefined) {
      this.#finish(run, { type: 'failed', reason: `There is no role ${identity?.role ?? 'without a name'}.` });
      return;
    }
    const { client, model } = resolveModel(identity.model);
    this.#parts.storage.transaction(() => {
      this.#tell(run, { type: 'thinking', step: step + 1, model: identity.model });
    });
    const startedAt = now();
    await journal.run<CollectedAnswer>({
      key: `${run.runId}/model/${step}`,
      effectClass: 'idempotent',
      execute: ({ idempotencyKey }) =>
        collectAnswer(client, {
          model,
          system: composeSystem(role, run.assignment.context.projectName),
          messages: composeMessages(run),
          tools: toolsFor(run.assignment.task.kind, role.tools).map(({ definition }) => definition),
          maxOutputTokens,
          idempotencyKey,
        }),
      onSettled: (outcome) => {
        this.#modelAnswered(run, outcome, now() - startedAt);
      },
    });
  }

  #modelAnswered(run: Run, outcome: StepOutcome<CollectedAnswer>, modelTimeMs: number): void {
    const { runId } = run;
    const answer: CollectedAnswer =
      outcome.status === 'done'
        ? outcome.value
        : {
            ok: false,
            failure: {
              kind: 'provider_error',
              message: outcome.status === 'failed' ? outcome.message : 'It is not known whether the call was answered.',
              retryable: true,
            },
          };
    if (!answer.ok) {
      this.#append(run, { type: 'model.failed', runId, failure: answer.failure });
      this.#tell(run, { type: 'said', text: `The model failed: ${answer.failure.message}` });
      return;
    }
    const { ok: _ok, ...response } = answer;
    this.#append(run, { type: 'model.responded', runId, ...response, modelTimeMs });
    if (response.text.trim() !== '') this.#tell(run, { type: 'said', text: response.text.slice(0, detailLength) });
  }

  async #callTool(run: Run, call: ToolCall): Promise<boolean> {
    const { journal, events, toolContext } = this.#parts;
    const role = findRole(events.state.identity?.role ?? '');
    const tool = toolsFor(run.assignment.task.kind, role?.tools ?? []).find(({ name }) => name === call.name);
    if (tool === undefined) {
      this.#toolReturned(run, call, undefined, {
        content: `There is no tool ${call.name} for this task.`,
        isError: true,
      });
      return true;
    }
    const messages: (readonly [string, string, string])[] = [];
    const outcome = await journal.run<ToolResult>({
      key: `${run.runId}/tool/${run.toolCalls}/${call.id}`,
      effectClass: tool.effectClass,
      ...(tool.effectClass === 'lookup' ? { lookup: async () => ({ found: false as const }) } : {}),
      execute: ({ idempotencyKey }) =>
        tool.run(call.argumentsJson, {
          ...toolContext(run, idempotencyKey.slice(-180)),
          sendMessage: (...message) => {
            messages.push(message);
          },
        }),
      onSettled: (settled) => {
        if (settled.status === 'in_doubt') return;
        for (const message of messages) this.#parts.mailbox.send(...message);
        this.#toolReturned(
          run,
          call,
          tool,
          settled.status === 'done' ? settled.value : { content: `The tool failed: ${settled.message}`, isError: true },
        );
      },
    });
    return outcome.status !== 'in_doubt';
  }

  #toolReturned(run: Run, call: ToolCall, tool: Tool | undefined, result: ToolResult): void {
    const isError = result.isError ?? false;
    this.#parts.storage.transaction(() => {
      const returned = { toolCallId: call.id, tool: call.name, content: result.content, isError };
      this.#append(run, { type: 'tool.returned', runId: run.runId, ...returned });
      const detail = (tool?.describe(call.argumentsJson) ?? '').slice(0, detailLength);
      this.#tell(run, result.activity ?? { type: 'tool_called', tool: call.name, detail, failed: isError });
      if (result.outcome !== undefined) this.#finish(run, result.outcome);
    });
  }

  #finish(run: Run, outcome: Outcome): void {
    const { storage, mailbox } = this.#parts;
    const { taskId, attempt, fencingToken } = run.assignment;
    storage.transaction(() => {
      if (!this.#isCurrent(run.runId)) return;
      this.#append(run, { type: 'run.finished', runId: run.runId, taskId, outcome });
      mailbox.sendReport({ taskId, attempt, fencingToken, outcome });
      this.#parts.timers.cancel('run');
    });
  }

  #record(runId: RunId, event: AgentEvent): void {
    this.#parts.storage.transaction(() => {
      if (this.#isCurrent(runId)) this.#parts.events.append([event], this.#parts.now());
    });
  }

  /** Results of a run that was cancelled meanwhile are dropped: nothing follows from them. */
  #append(run: Run, event: AgentEvent): void {
    if (!this.#isCurrent(run.runId)) return;
    this.#parts.events.append([event], this.#parts.now());
    if (event.type !== 'run.finished') this.#parts.timers.set({ name: 'run', dueAt: this.#parts.now() + wakeMs });
  }

  #tell(run: Run, activity: AgentActivity): void {
    if (!this.#isCurrent(run.runId)) return;
    const { taskId, fencingToken } = run.assignment;
    this.#parts.mailbox.sendProgress({ taskId, fencingToken, activity });
  }

  #isCurrent(runId: RunId): boolean {
    return this.#parts.events.state.run?.runId === runId;
  }
}
