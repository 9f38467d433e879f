/** One call of a tool as a journaled step under the tool's effect class; its result is an event of the run. */
import type { AgentEvent } from '../../shared/domain/agent/events.ts';
import type { AgentState, Run } from '../../shared/domain/agent/state.ts';
import { findRole } from '../../shared/domain/team/roles/index.ts';
import { toolsFor } from '../../shared/domain/tool/index.ts';
import type { Tool, ToolContext, ToolResult } from '../../shared/domain/tool/tool.ts';
import type { ToolCall } from '../../shared/ports/model-client.ts';
import type { EventStore, Journal, Storage } from '../platform/index.ts';
import type { AgentMailbox } from './mailbox.ts';
import type { RunLog } from './run-log.ts';

const detailLength = 300;

export interface ToolStepParts {
  readonly storage: Storage;
  readonly journal: Journal;
  readonly events: EventStore<AgentState, AgentEvent>;
  readonly mailbox: AgentMailbox;
  readonly log: RunLog;
  readonly toolContext: (run: Run, commandId: string) => Omit<ToolContext, 'sendMessage'>;
}

export class ToolStep {
  readonly #parts: ToolStepParts;

  constructor(parts: ToolStepParts) {
    this.#parts = parts;
  }

  /** Calls the tool, or reads how the call ended. False while it is in doubt and waits for somebody to settle it. */
  async call(run: Run, call: ToolCall): Promise<boolean> {
    const { journal, events, mailbox, toolContext } = this.#parts;
    const role = findRole(events.state.identity?.role ?? '');
    const tool = toolsFor(run.assignment.task.kind, role?.tools ?? []).find(({ name }) => name === call.name);
    if (tool === undefined) {
      this.#returned(run, call, undefined, {
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
        for (const message of messages) mailbox.send(...message);
        this.#returned(
          run,
          call,
          tool,
          settled.status === 'done' ? settled.value : { content: `The tool failed: ${settled.message}`, isError: true },
        );
      },
    });
    return outcome.status !== 'in_doubt';
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
