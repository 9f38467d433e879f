/** What an Agent object offers over Workers RPC. Its `fetch` accepts WebSocket upgrades (`?after=<sequence>`). */
import type { Amounts } from '../domain/budget/amounts.ts';
import type { AgentId, ProjectId, RunId, TaskId, WorkspaceId } from '../domain/ids.ts';
import type { Acknowledgement, Message } from '../domain/message/envelope.ts';
import type { Result } from '../errors/result.ts';
import type { EventsQuery } from './events-query.ts';
import type { ModelUsage, ToolCall } from '../ports/model-client.ts';
import type { RoleName } from '../protocol/stages.ts';
import type { DeadLetterView, ReplayDeadLetter } from './dead-letters.ts';

export interface EnrollAgent {
  readonly commandId: string;
  readonly workspaceId: WorkspaceId;
  readonly projectId: ProjectId;
  readonly agentId: AgentId;
  readonly role: RoleName;
  readonly name: string;
  /** `<provider>/<model>`. */
  readonly model: string;
}

export interface AgentDetail {
  readonly agentId: AgentId;
  readonly projectId: ProjectId;
  readonly workspaceId: WorkspaceId;
  readonly role: RoleName;
  readonly name: string;
  readonly model: string;
  readonly status: 'idle' | 'working';
  readonly run?: {
    readonly runId: RunId;
    readonly taskId: TaskId;
    readonly title: string;
    readonly attempt: number;
    readonly steps: number;
    readonly startedAt: number;
    /** Ids of the effects for which it waits. */
    readonly inDoubt: readonly string[];
  };
  readonly runsFinished: number;
  readonly usage: {
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly modelCalls: number;
    readonly modelTimeMs: number;
  };
  readonly sequence: number;
}

export type ModelCallStatus = 'started' | 'answered' | 'failed' | 'interrupted';

/** One attempt of one call of the model, as the agent's ledger has it. */
export interface ModelCallView {
  readonly sequence: number;
  readonly runId: RunId;
  /** The run's how-manieth call, from 0; more than one attempt means that it was paid for more than once. */
  readonly step: number;
  readonly attempt: number;
  readonly model: string;
  readonly status: ModelCallStatus;
  readonly usage: ModelUsage;
  /** The usage was computed from sizes, because the provider never told it. */
  readonly estimated: boolean;
  /** Micro-dollars; absent when the price is not known, and until the call is settled. */
  readonly costMicros?: number;
  readonly reserved: Amounts;
  /** SHA-256 of the request. */
  readonly requestHash: string;
  /** What had arrived of an answer that never became one. */
  readonly partial?: { readonly text: string; readonly toolCalls: readonly ToolCall[] };
  readonly startedAt: number;
  readonly settledAt?: number;
}

export interface StoredAgentEvent {
  readonly sequence: number;
  readonly recordedAt: number;
  /** One of the agent's events; see `shared/domain/agent/events.ts`. */
  readonly event: { readonly type: string } & Readonly<Record<string, unknown>>;
}

export interface AgentRpc {
  /** Gives the agent its identity; once. */
  enroll(command: EnrollAgent): Promise<Result<AgentDetail>>;
  get(): Promise<Result<AgentDetail>>;
  receiveMessage(message: Message): Promise<Result<Acknowledgement>>;
  /** Sends a message through the project to `agent:<id>`, `role:<name>` or `*`; kept, and delivered until acknowledged. */
  sendMessage(command: {
    readonly commandId: string;
    readonly recipient: string;
    readonly messageType: string;
    readonly content: string;
  }): Promise<Result<{ readonly sent: true }>>;
  /**
   * Ends the run of an assignment whose fencing token is lower, and takes no such assignment any more. When it has
   * answered, nothing of those runs begins again.
   */
  standDown(command: {
    readonly commandId: string;
    readonly fencingToken: number;
  }): Promise<Result<{ readonly stoodDown: true }>>;
  /** Messages received and sent, oldest first. */
  messages(query: { readonly after: number; readonly limit: number }): Promise<
    Result<
      readonly {
        readonly sequence: number;
        readonly direction: 'received' | 'sent';
        readonly message: Message;
        readonly acknowledgedAt?: number;
      }[]
    >
  >;
  events(query: EventsQuery): Promise<Result<readonly StoredAgentEvent[]>>;
  events(query: { readonly after: number; readonly limit: number }): Promise<Result<readonly StoredAgentEvent[]>>;
  /** The ledger of model calls, oldest first. */
  modelCalls(query: { readonly after: number; readonly limit: number }): Promise<Result<readonly ModelCallView[]>>;
  /** Writes a snapshot of the state and answers its sequence. */
  saveState(): Promise<Result<{ readonly sequence: number }>>;
  /** The state as it was at a sequence. */
  loadState(query: { readonly sequence: number }): Promise<Result<Readonly<Record<string, unknown>>>>;
  /** Work of this agent that failed too often, oldest first. */
  deadLetters(): Promise<Result<readonly DeadLetterView[]>>;
  /** Does it again, once; refused as not found when there is none of that id any longer. */
  replayDeadLetter(command: ReplayDeadLetter): Promise<Result<{ readonly replayed: true }>>;
  republish(command: { readonly commandId: string }): Promise<Result<{ readonly rows: number }>>;
}
