/** What happens to an agent, as its object stores it. */
import type { ModelFailure, ModelUsage, ReasoningBlock, StopReason, ToolCall } from '../../ports/model-client.ts';
import type { FoundTools, ToolProvenance } from '../../protocol/tool-settings.ts';
import type { RoleName } from '../../protocol/stages.ts';
import type { AgentId, MessageId, ProjectId, RunId, TaskId, WorkspaceId } from '../ids.ts';
import type { Settlement } from '../effect/doubt.ts';
import type { HelpSource, StuckKind } from '../../protocol/stuck.ts';
import type { Outcome, TaskAssignment } from './assignment.ts';

export type AgentEvent =
  | {
      readonly type: 'agent.initialized';
      readonly agentId: AgentId;
      readonly workspaceId: WorkspaceId;
      readonly projectId: ProjectId;
      readonly role: RoleName;
      readonly name: string;
      readonly model: string;
    }
  | {
      readonly type: 'message.received';
      readonly messageId: MessageId;
      readonly sender: string;
      readonly messageType: string;
      readonly excerpt: string;
    }
  | {
      readonly type: 'message.sent';
      readonly messageId: MessageId;
      readonly recipient: string;
      readonly messageType: string;
    }
  | {
      readonly type: 'run.started';
      readonly runId: RunId;
      readonly assignment: TaskAssignment;
      /** The version of the loop that leads the run to its end; absent: 1. */
      readonly workflowVersion?: number;
    }
  | {
      readonly type: 'model.responded';
      readonly runId: RunId;
      readonly text: string;
      readonly toolCalls: readonly ToolCall[];
      /** What the provider wants back with the calls; absent where it told nothing. */
      readonly reasoning?: readonly ReasoningBlock[];
      readonly stopReason: StopReason;
      readonly usage: ModelUsage;
      readonly modelTimeMs: number;
      /** Of the request as it was composed (`composeRequest`), so that a replay can tell that it asks the same. */
      readonly requestHash?: string;
    }
  | {
      readonly type: 'model.failed';
      readonly runId: RunId;
      readonly failure: ModelFailure;
      readonly requestHash?: string;
    }
  | {
      /** A call died with its object. It is booked as paid for, and made again if its run goes on. */
      readonly type: 'model.interrupted';
      readonly runId: RunId;
      readonly step: number;
      readonly attempt: number;
      /** Estimated, unless the provider had told it already. */
      readonly usage: ModelUsage;
      readonly costMicros?: number;
      /** The beginning of what had arrived. */
      readonly partialText: string;
    }
  | {
      readonly type: 'tool.returned';
      readonly runId: RunId;
      readonly toolCallId: string;
      readonly tool: string;
      readonly content: string;
      readonly isError: boolean;
      /** Absent in logs of before. */
      readonly provenance?: ToolProvenance;
      /** Tools that the run may call from now on. */
      readonly found?: FoundTools;
    }
  | {
      /** A program of the agent called a tool. Should it be run again, it has to ask the same. */
      readonly type: 'program.called';
      readonly runId: RunId;
      /** The call that the program is. */
      readonly toolCallId: string;
      /** Counts from 0 within the program. */
      readonly index: number;
      readonly tool: string;
      /** SHA-256 of the arguments as they were written. */
      readonly argumentsHash: string;
    }
  /** Nobody knows whether the call took effect; the run waits until it is settled. */
  | {
      readonly type: 'tool.parked';
      readonly runId: RunId;
      readonly toolCallId: string;
      readonly tool: string;
      readonly effectId: string;
      readonly cause: string;
    }
  | { readonly type: 'tool.settled'; readonly runId: RunId; readonly settlement: Settlement }
  | {
      /** The run does not get on and waits until it is helped. */
      readonly type: 'run.stuck';
      readonly runId: RunId;
      readonly kind: StuckKind;
      readonly evidence: readonly string[];
    }
  | { readonly type: 'run.helped'; readonly runId: RunId; readonly source: HelpSource; readonly text: string }
  | { readonly type: 'run.compacted'; readonly runId: RunId }
  | { readonly type: 'model.switched'; readonly runId: RunId; readonly from: string; readonly model: string }
  | {
      /** Assignments with a lower fencing token count no longer, also those that arrive later. */
      readonly type: 'agent.stood_down';
      readonly fencingToken: number;
    }
  | {
      /** The run goes on from steps of a run of another project, which stand before this event. */
      readonly type: 'run.forked';
      readonly runId: RunId;
      readonly from: { readonly projectId: ProjectId; readonly runId: RunId; readonly step: number };
    }
  | { readonly type: 'run.nudged'; readonly runId: RunId; readonly text: string }
  | { readonly type: 'run.finished'; readonly runId: RunId; readonly taskId: TaskId; readonly outcome: Outcome }
  | { readonly type: 'run.cancelled'; readonly runId: RunId; readonly taskId: TaskId; readonly reason: string };

/** Every type there is: a stored event of another type was written by newer code. */
export const agentEventTypes: Readonly<Record<AgentEvent['type'], true>> = {
  'agent.initialized': true,
  'message.received': true,
  'message.sent': true,
  'run.started': true,
  'run.forked': true,
  'model.responded': true,
  'model.failed': true,
  'model.interrupted': true,
  'tool.returned': true,
  'program.called': true,
  'tool.parked': true,
  'tool.settled': true,
  'run.stuck': true,
  'run.helped': true,
  'run.compacted': true,
  'model.switched': true,
  'agent.stood_down': true,
  'run.nudged': true,
  'run.finished': true,
  'run.cancelled': true,
};
