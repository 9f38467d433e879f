/** One call of a tool as a journaled step under the tool's effect class; its result is an event of the run. */
import type { AgentEvent } from '../../shared/domain/agent/events.ts';
import type { AgentState, Run } from '../../shared/domain/agent/state.ts';
import { toolStepKey } from '../../shared/domain/agent/step-keys.ts';
import { findRole } from '../../shared/domain/team/roles/index.ts';
import { toolsFor } from '../../shared/domain/tool/index.ts';
import { toolError, type Tool, type ToolContext, type ToolResult } from '../../shared/domain/tool/tool.ts';
import type { ToolCall } from '../../shared/ports/model-client.ts';
import { OutcomeUnknown, type EventStore, type Journal, type Step, type Storage } from '../platform/index.ts';
import type { Doubts } from './doubts.ts';
import type { Budget } from './budget.ts';
import type { AgentMailbox } from './mailbox.ts';
import type { RunLog } from './run-log.ts';
import type { StepContext } from './tool-context.ts';

const detailLength = 300;

/** Before a call is made again within its step; doubles. */
const pauseMs = 200;

/** How often a call that takes its time shows that its agent lives: well within the lease. */
const signOfLifeMs = 20_000;

export interface ToolStepParts {
  readonly storage: Storage;
  readonly journal: Journal;
  readonly events: EventStore<AgentState, AgentEvent>;
  readonly mailbox: AgentMailbox;
  readonly log: RunLog;
  readonly doubts: Doubts;
  readonly budget: Pick<Budget, 'beginStep'>;
  readonly toolContext: (run: Run, step: StepContext) => Omit<ToolContext, 'sendMessage'>;
}

type Note = readonly [recipient: string, messageType: string, content: string];

/** What the journal is told when it asks the other side. */
const lookUp = async (
  tool: Extract<Tool, { effectClass: 'lookup' }>,
  context: ToolContext,
): Promise<{ readonly found: true; readonly value: ToolResult } | { readonly found: false }> => {
  const answer = await tool.lookUp(context);
  if (answer.status === 'unknown') throw new OutcomeUnknown(answer.reason);
  return answer.status === 'found' ? { found: true, value: answer.result } : { found: false };
};

export class ToolStep {
  readonly #parts: ToolStepParts;

  constructor(parts: ToolStepParts) {
    this.#parts = parts;
  }

  /** Calls the tool, or reads how the call ended. False while it is in doubt and waits for somebody to settle it. */
  async call(run: Run, call: ToolCall): Promise<boolean> {
    const { journal, events, doubts } = this.#parts;
    const role = findRole(events.state.identity?.role ?? '');
    const { task, context } = run.assignment;
    const tool = toolsFor(task.kind, role?.tools ?? [], context.tools).find(({ name }) => name === call.name);
    if (tool === undefined) {
      this.#returned(run, call, undefined, toolError(`There is no tool ${call.name} for this task.`));
      return true;
    }
    doubts.apply(run, call);
    const outcome = await journal.run<ToolResult>(this.#step(run, call, tool));
    return outcome.status !== 'in_doubt' || doubts.wait(run, call);
  }

  #step(run: Run, call: ToolCall, tool: Tool): Step<ToolResult> {
    const { mailbox, log, budget, toolContext, doubts } = this.#parts;
    let notes: Note[] = [];
    let tries = 0;
    const contextOf = (idempotencyKey: string, attempt: number): ToolContext => ({
      ...toolContext(run, { idempotencyKey, attempt }),
      sendMessage: (...note) => {
        notes.push(note);
      },
    });
    return {
      key: toolStepKey(run, call),
      effectClass: tool.effectClass,
      isWanted: () => log.isCurrent(run.runId),
      ...(tool.attempts === undefined ? {} : { attempts: tool.attempts }),
      ...(tool.effectClass === 'lookup'
        ? { lookup: ({ idempotencyKey }) => lookUp(tool, contextOf(idempotencyKey, 0)) }
        : {}),
      onIntent: () => {
        budget.beginStep(run);
        if (tool.isConnected === true) this.#showLife(run, call, tool);
      },
      execute: async ({ idempotencyKey, attempt }) => {
        // What an attempt that failed wanted to send is not sent.
        notes = [];
        if (tries > 0) await scheduler.wait(pauseMs * 2 ** (tries - 1));
        if (!log.isCurrent(run.runId)) throw new Error('The run ended before the call was tried again.');
        tries += 1;
        const work = tool.run(call.argumentsJson, contextOf(idempotencyKey, attempt));
        const result = await (tool.isConnected === true ? this.#whileShowingLife(run, call, tool, work) : work);
        if (result.effect === 'unknown') throw new OutcomeUnknown(result.content);
        return result;
      },
      onSettled: (settled) => {
        if (settled.status === 'in_doubt') {
          doubts.raise(run, call);
          return;
        }
        for (const note of notes) mailbox.send(...note);
        this.#returned(run, call, tool, doubts.close(run, call, settled));
      },
    };
  }

  async #whileShowingLife<T>(run: Run, call: ToolCall, tool: Tool, work: Promise<T>): Promise<T> {
    const timer = setInterval(
      () => {
        this.#parts.storage.transaction(() => {
          this.#showLife(run, call, tool);
        });
      },
      Math.min(signOfLifeMs, run.assignment.leaseMs / 3),
    );
    try {
      return await work;
    } finally {
      clearInterval(timer);
    }
  }

  #showLife(run: Run, call: ToolCall, tool: Tool): void {
    const detail = tool.describe(call.argumentsJson).slice(0, detailLength);
    this.#parts.log.tell(run, { type: 'tool_started', tool: call.name, detail });
  }

  #returned(run: Run, call: ToolCall, tool: Tool | undefined, result: ToolResult): void {
    const { storage, log } = this.#parts;
    const isError = result.isError ?? false;
    storage.transaction(() => {
      const returned = { toolCallId: call.id, tool: call.name, content: result.content, isError };
      log.append(run, { type: 'tool.returned', runId: run.runId, ...returned });
      const detail = (tool?.describe(call.argumentsJson) ?? '').slice(0, detailLength);
      log.tell(run, result.activity ?? { type: 'tool_called', tool: call.name, detail, failed: isError });
      if (result.outcome !== undefined) log.finish(run, result.outcome);
    });
  }
}
