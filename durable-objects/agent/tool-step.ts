/** One call of a tool as a journaled step under the tool's effect class; its result is an event of the run. */
import type { AgentEvent } from '../../shared/domain/agent/events.ts';
import type { AgentState, Run } from '../../shared/domain/agent/state.ts';
import { toolStepKey } from '../../shared/domain/agent/step-keys.ts';
import type { Role } from '../../shared/domain/team/role.ts';
import { findRole } from '../../shared/domain/team/roles/index.ts';
import { refuseCall, toolsOfRun } from '../../shared/domain/tool/index.ts';
import { toolError, type Tool, type ToolContext, type ToolResult } from '../../shared/domain/tool/tool.ts';
import type { ToolCall } from '../../shared/ports/model-client.ts';
import { OutcomeUnknown, type EventStore, type Journal, type Step, type Storage } from '../platform/index.ts';
import type { Budget } from './budget.ts';
import type { Doubts } from './doubts.ts';
import type { AgentMailbox } from './mailbox.ts';
import { JournaledProgramCalls, programTools } from './program-calls.ts';
import type { RunLog } from './run-log.ts';
import type { StepContext, StepTools } from './tool-context.ts';
import { performTool } from './perform-tool.ts';

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
  readonly budget: Pick<Budget, 'beginStep' | 'withinStep'>;
  readonly now: () => number;
  readonly toolContext: (run: Run, step: StepContext) => Omit<ToolContext, keyof StepTools>;
}

type Note = readonly [recipient: string, messageType: string, content: string];

/** A call that the run makes, with the tool that it is of. */
interface Made {
  readonly run: Run;
  readonly role: Role;
  readonly call: ToolCall;
  readonly tool: Tool;
  readonly key: string;
  /** What calls want to send once they are settled, by the key of their step. */
  readonly notes: Map<string, Note[]>;
}

/** What the journal is told when it asks the other side. */
const lookUp = async (
  tool: Extract<Tool, { effectClass: 'lookup' }>,
  context: ToolContext,
): Promise<{ readonly found: true; readonly value: ToolResult } | { readonly found: false }> => {
  const answer = await tool.lookUp(context);
  if (answer.status === 'unknown') throw new OutcomeUnknown(answer.reason);
  return answer.status === 'found' ? { found: true, value: answer.result } : { found: false };
};

const isLong = ({ isConnected, isLong: takesTime }: Tool): boolean => isConnected === true || takesTime === true;

export class ToolStep {
  readonly #parts: ToolStepParts;

  constructor(parts: ToolStepParts) {
    this.#parts = parts;
  }

  /** Calls the tool, or reads how the call ended. False while it is in doubt and waits for somebody to settle it. */
  async call(run: Run, call: ToolCall): Promise<boolean> {
    const { journal, events, doubts } = this.#parts;
    const role = findRole(events.state.identity?.role ?? '');
    const tool = role === undefined ? undefined : toolsOfRun(run, role).find(({ name }) => name === call.name);
    if (role === undefined || tool === undefined) {
      const reason = role === undefined ? 'The role of this agent is not known.' : refuseCall(call.name, run, role);
      this.#returned(run, call, undefined, toolError(reason));
      return true;
    }
    doubts.apply(run, call);
    const key = toolStepKey(run, call);
    const outcome = await journal.run<ToolResult>(this.#step({ run, role, call, tool, key, notes: new Map() }));
    return outcome.status !== 'in_doubt' || doubts.wait(run, call);
  }

  #step(made: Made): Step<ToolResult> {
    const { run, call, tool, key, notes } = made;
    const { log, budget, doubts } = this.#parts;
    let tries = 0;
    return {
      key,
      effectClass: tool.effectClass,
      isWanted: () => log.isCurrent(run.runId),
      ...(tool.attempts === undefined ? {} : { attempts: tool.attempts }),
      ...(tool.effectClass === 'lookup'
        ? { lookup: ({ idempotencyKey }) => lookUp(tool, this.#context(made, key, idempotencyKey, 0)) }
        : {}),
      onIntent: () => {
        budget.beginStep(run);
        if (isLong(tool)) this.#showLife(run, call, tool);
      },
      execute: async ({ idempotencyKey, attempt }) => {
        // What an attempt that failed wanted to send is not sent.
        notes.clear();
        if (tries > 0) await scheduler.wait(pauseMs * 2 ** (tries - 1));
        if (!log.isCurrent(run.runId)) throw new Error('The run ended before the call was tried again.');
        tries += 1;
        const context = this.#context(made, key, idempotencyKey, attempt);
        const work = this.#perform(made, tool, call.argumentsJson, context, key);
        const result = await (isLong(tool) ? this.#whileShowingLife(run, call, tool, work) : work);
        if (result.effect === 'unknown') throw new OutcomeUnknown(result.content);
        return result;
      },
      onSettled: (settled) => {
        if (settled.status === 'in_doubt') {
          doubts.raise(run, call);
          return;
        }
        this.#send(made, key);
        this.#returned(run, call, tool, doubts.close(run, call, settled));
      },
    };
  }

  #perform(made: Made, tool: Tool, argumentsJson: string, context: ToolContext, key: string): Promise<ToolResult> {
    const { run, role } = made;
    const isPaged = key === made.key;
    return performTool(tool, argumentsJson, context, {
      run,
      role,
      now: this.#parts.now,
      ...(isPaged ? { cursor: key.slice(run.runId.length + 1) } : {}),
    });
  }

  #context(made: Made, key: string, idempotencyKey: string, attempt: number): ToolContext {
    const { run, role, call, notes } = made;
    const { journal, toolContext, log, budget, events } = this.#parts;
    const calls = new JournaledProgramCalls(
      { journal, events, log, budget },
      {
        run,
        role,
        toolCallId: call.id,
        key,
        contextOf: (innerKey, innerIdempotencyKey, innerAttempt) =>
          this.#context(made, innerKey, innerIdempotencyKey, innerAttempt),
        execute: (tool, argumentsJson, context) => this.#perform(made, tool, argumentsJson, context, `${key}/call`),
        settle: (innerKey) => {
          this.#send(made, innerKey);
        },
      },
    );
    const tools = programTools(run, role).map(({ name }) => name);
    return {
      ...toolContext(run, { idempotencyKey, attempt }),
      once: (name, work) => this.#once(run, `${key}/part/${name}`, work),
      program: { tools, calls, startedAt: run.startedAt, seed: key },
      wholeResult: (cursor) => this.#wholeResult(run, cursor),
      sendMessage: (...note) => {
        notes.set(key, [...(notes.get(key) ?? []), note]);
      },
    };
  }

  /** A part of a call that is pure or idempotent itself: done once, as far as its answer was kept. */
  async #once<T>(run: Run, key: string, work: () => Promise<T>): Promise<T> {
    const { journal, log } = this.#parts;
    const outcome = await journal.run<T>({
      key,
      effectClass: 'idempotent',
      isWanted: () => log.isCurrent(run.runId),
      execute: work,
    });
    if (outcome.status === 'done') return outcome.value;
    throw new Error(outcome.status === 'failed' ? outcome.message : 'It is not known how a part of the call ended.');
  }

  #wholeResult(run: Run, cursor: string): string | undefined {
    const value = this.#parts.journal.valueOf(`${run.runId}/${cursor}`);
    if (typeof value !== 'object' || value === null || !('whole' in value)) return undefined;
    return typeof value.whole === 'string' ? value.whole : undefined;
  }

  /** Inside the transaction that writes the result of the step. */
  #send({ notes }: Made, key: string): void {
    for (const note of notes.get(key) ?? []) this.#parts.mailbox.send(...note);
    notes.delete(key);
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
    const { content, isError = false, provenance, found } = result;
    storage.transaction(() => {
      const returned = {
        toolCallId: call.id,
        tool: call.name,
        content,
        isError,
        ...(provenance === undefined ? {} : { provenance }),
        ...(found === undefined ? {} : { found }),
      };
      log.append(run, { type: 'tool.returned', runId: run.runId, ...returned });
      const detail = (tool?.describe(call.argumentsJson) ?? '').slice(0, detailLength);
      log.tell(run, result.activity ?? { type: 'tool_called', tool: call.name, detail, failed: isError });
      if (result.outcome !== undefined) log.finish(run, result.outcome);
    });
  }
}
