/** What a Project object offers over Workers RPC. Its `fetch` accepts WebSocket upgrades (`?after=<sequence>`). */
import type { ProjectBudget } from '../domain/budget/amounts.ts';
import type { AgentGrantAnswer } from '../domain/budget/usage.ts';
import type { AgentId, MessageId, ProjectId, TaskId, WorkspaceId } from '../domain/ids.ts';
import type { Acknowledgement, Message } from '../domain/message/envelope.ts';
import type { Result } from '../errors/result.ts';
import type { ConnectedTool } from '../protocol/connected-tools.ts';
import type { AgentSeat, Gate, Measurement, PlannedTask, ProjectEvent } from '../protocol/project-events.ts';
import type { ProjectStatus, RoleName, Stage, TaskStatus } from '../protocol/stages.ts';
import type { Slot } from './sandbox.ts';
import type { ExtendAgentGrant, ProjectUsage } from './usage.ts';

export interface CreateProject {
  readonly commandId: string;
  readonly workspaceId: WorkspaceId;
  readonly projectId: ProjectId;
  /** Absent: taken from the specification. */
  readonly name?: string;
  readonly specification: string;
  /** As the person named the file, for example `spec.md`; decides nothing but the name it is kept under. */
  readonly fileName?: string;
  /** `<provider>/<model>`; absent: the platform's default. */
  readonly model?: string;
  /** Hard limits for runs, agents and the project; absent: none of its own. */
  readonly budget?: ProjectBudget;
  /** The roles of the team; absent: all. A workflow that needs a role that is not there fails and says so. */
  readonly roles?: readonly RoleName[];
  readonly maxRevisions?: number;
  readonly maxAttempts?: number;
  /** HTTP tools of the project's own; refused when an address is not on the operator's list. */
  readonly tools?: readonly ConnectedTool[];
}

/** One HTTP exchange that shows an acceptance criterion on a running app. */
export interface AcceptanceCheck {
  readonly criterion: string;
  readonly method: string;
  /** May hold `{name}`, replaced by a value captured by an earlier check. */
  readonly path: string;
  /** JSON text; may hold `{name}` in the same way. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly expectStatus: number;
  readonly expectContains?: string;
  /** Name → dotted path into the JSON answer. */
  readonly capture?: Readonly<Record<string, string>>;
}

export interface TaskView extends PlannedTask {
  readonly taskId: TaskId;
  readonly stage: Stage;
  readonly status: TaskStatus;
  readonly attempt: number;
  readonly agentId?: AgentId;
  readonly branch?: string;
  readonly fencingToken?: number;
  readonly leaseExpiresAt?: number;
  /** The task that a review is about. */
  readonly subject?: TaskId;
  readonly summary?: string;
  readonly comments: readonly string[];
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
}

export interface AgentView extends AgentSeat {
  readonly status: 'idle' | 'working';
  readonly taskId?: TaskId;
  readonly tasksDone: number;
}

export interface DeploymentView {
  readonly slot: Slot;
  readonly version: string;
  readonly action: 'deployed' | 'promoted' | 'rolled_back';
  readonly at: number;
}

export interface ProjectView {
  readonly projectId: ProjectId;
  readonly workspaceId: WorkspaceId;
  readonly name: string;
  readonly format: 'markdown' | 'openapi';
  readonly status: ProjectStatus;
  readonly stage: Stage;
  readonly revision: number;
  readonly model: string;
  /** Why it is blocked, failed or cancelled, or paused by its budget. */
  readonly reason?: string;
  /** The sentences of the specification that were not understood. */
  readonly sentences?: readonly { readonly sentence: string; readonly reason: string }[];
  /** Done tasks of all tasks known so far. */
  readonly progress: { readonly tasksDone: number; readonly tasksTotal: number };
  readonly sequence: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deployments: readonly DeploymentView[];
  readonly specificationPath: string;
}

export interface ProjectReport extends ProjectView {
  readonly tasks: readonly TaskView[];
  readonly agents: readonly AgentView[];
  readonly measurements: readonly Measurement[];
  readonly gates: readonly Gate[];
  readonly findings: readonly string[];
  readonly durationMs: number;
  /** The report as a person reads it. */
  readonly markdown: string;
}

export interface StoredProjectEvent {
  readonly sequence: number;
  readonly recordedAt: number;
  readonly event: ProjectEvent;
}

export interface ProjectRpc {
  create(command: CreateProject): Promise<Result<ProjectView>>;
  get(): Promise<Result<ProjectView>>;
  specification(): Promise<Result<{ readonly path: string; readonly content: string }>>;
  /** Events after a sequence, oldest first, at most 1,000. */
  events(query: { readonly after: number; readonly limit: number }): Promise<Result<readonly StoredProjectEvent[]>>;
  tasks(): Promise<Result<readonly TaskView[]>>;
  agents(): Promise<Result<readonly AgentView[]>>;
  report(): Promise<Result<ProjectReport>>;
  pause(command: { readonly commandId: string }): Promise<Result<ProjectView>>;
  resume(command: { readonly commandId: string }): Promise<Result<ProjectView>>;
  cancel(command: { readonly commandId: string; readonly reason?: string }): Promise<Result<ProjectView>>;
  /** Messages to `project:<id>`, and those it relays to agents, roles or everyone. */
  receiveMessage(message: Message): Promise<Result<Acknowledgement>>;
  /** The communication monitor: messages that passed through, newest last. */
  messages(query: {
    readonly after: number;
    readonly limit: number;
  }): Promise<
    Result<readonly { readonly sequence: number; readonly message: Message; readonly acknowledgedAt?: number }[]>
  >;
  /** A person's message to an agent, a role or everyone; answers the id it was stored under. */
  sendMessage(command: {
    readonly commandId: string;
    readonly sender: string;
    readonly recipient: string;
    readonly messageType: string;
    readonly content: string;
    readonly replyTo?: MessageId;
  }): Promise<Result<{ readonly messageId: MessageId }>>;
  deploy(command: { readonly commandId: string; readonly slot: Slot }): Promise<Result<DeploymentView>>;
  promote(command: {
    readonly commandId: string;
    readonly from: Slot;
    readonly to: Slot;
  }): Promise<Result<DeploymentView>>;
  rollback(command: { readonly commandId: string; readonly slot: Slot }): Promise<Result<DeploymentView>>;
  /** HTTP exchanges with a slot, in order; recorded as the `acceptance` measurement of the slot's version. */
  runChecks(command: {
    readonly commandId: string;
    readonly slot: Slot;
    readonly checks: readonly AcceptanceCheck[];
  }): Promise<Result<{ readonly commit: string; readonly passed: number; readonly failures: readonly string[] }>>;
  /** The latest measurement of each kind, and the gates computed from them. */
  measurements(): Promise<Result<{ readonly measurements: readonly Measurement[]; readonly gates: readonly Gate[] }>>;
  /**
   * Grants an agent its next call, or says why not. Repeating a request is harmless: the agent's revision tells which
   * statement is the newest, and all figures are totals.
   */
  extendGrant(command: ExtendAgentGrant): Promise<Result<AgentGrantAnswer>>;
  /** What was used, by agent and by model, and what is left. */
  usage(): Promise<Result<ProjectUsage>>;
  /** Replaces the project's limits, also while it runs; a limit in money is refused for a model without a known price. */
  setBudget(command: { readonly commandId: string; readonly budget: ProjectBudget }): Promise<Result<ProjectUsage>>;
  /** The workspace's limits are others now: the workspace is asked before the next call. */
  workspaceBudgetChanged(command: { readonly commandId: string }): Promise<Result<{ readonly noted: boolean }>>;
  /** Writes all directory rows of this project again. */
  republish(command: { readonly commandId: string }): Promise<Result<{ readonly rows: number }>>;
}
