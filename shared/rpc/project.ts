/** What a Project object offers over Workers RPC. Its `fetch` accepts WebSocket upgrades (`?after=<sequence>`). */
import type { AgentId, MessageId, ProjectId, QuestionId, RunId, TaskId, WorkspaceId } from '../domain/ids.ts';
import type { ProjectBudget } from '../domain/budget/amounts.ts';
import type { AgentGrantAnswer } from '../domain/budget/usage.ts';
import type { Acknowledgement, Message } from '../domain/message/envelope.ts';
import type { SettleDecision } from '../domain/effect/doubt.ts';
import type { QualityScope } from '../domain/model/quality/measures.ts';
import type { Result } from '../errors/result.ts';
import type { EffectClass } from '../domain/engine/effect-class.ts';
import type { ConnectedTool } from '../protocol/connected-tools.ts';
import type { EventsQuery } from './events-query.ts';
import type { PoolSettings } from '../protocol/pools.ts';
import type { AgentSeat, Gate, Measurement, PlannedTask, ProjectEvent } from '../protocol/project-events.ts';
import type { ProjectStatus, RoleName, Stage, TaskStatus } from '../protocol/stages.ts';
import type { ProjectMutationRpc } from './mutation.ts';
import type { DeadLetterView, ReplayDeadLetter } from './dead-letters.ts';
import type { Stuck } from '../protocol/stuck.ts';
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
  /** How many agents of a role there are at a time; roles without a pool have as many as the platform gives them. */
  readonly pools?: readonly PoolSettings[];
  /** HTTP tools of the project's own; refused when an address is not on the operator's list. */
  readonly tools?: readonly ConnectedTool[];
  /** Who is asked first about effects in doubt; absent: a person. */
  readonly inDoubt?: 'person' | 'project_manager';
  /** How long an agent may be silent before its task is given to another; 60 unless told. */
  readonly leaseSeconds?: number;
  /** How long nothing may move before the project counts as stalled; 300 unless told. */
  readonly stallSeconds?: number;
  /** How long a question to a person may stay open before its task fails; for ever unless told. */
  readonly questionTimeoutSeconds?: number;
  /** Models to go on with, in order, when a run is stuck. */
  readonly fallbackModels?: readonly string[];
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

/** Who acts for a task, and under which lease. */
export interface TaskHolder {
  readonly taskId: TaskId;
  readonly fencingToken: number;
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
  /** The effect in doubt for which the task waits. */
  readonly inDoubt?: string;
  /** The task that a review is about. */
  readonly subject?: TaskId;
  readonly summary?: string;
  readonly comments: readonly string[];
  /** The model its runs go on with, when another than the project's. */
  readonly model?: string;
  /** How it is stuck, while it is. */
  readonly stuck?: Stuck;
  /** Whose help it waits for. */
  readonly waitingFor?: 'colleague' | 'person';
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
}

export interface AgentView extends AgentSeat {
  /** `resting`: its pool has no use for it now. */
  readonly status: 'idle' | 'working' | 'resting';
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
  /** When something last moved. */
  readonly progressAt: number;
  /** Set while nothing has moved for too long. */
  readonly stalled?: { readonly since: number; readonly waitingFor: readonly string[] };
  /** Questions that wait for a person's answer. */
  readonly openQuestions: number;
  /** Effects of which nobody knows whether they happened, and which somebody has to settle. */
  readonly effectsInDoubt: number;
  /** Work of the project and its agents that failed too often and waits to be replayed. */
  readonly deadLetters: number;
}

/** An effect that is or was in doubt. */
export interface EffectView {
  readonly effectId: string;
  /** Counts from 1 in the order in which they were told; the cursor of pages. */
  readonly number: number;
  readonly status: 'in_doubt' | 'settled';
  readonly taskId: TaskId;
  readonly agentId: AgentId;
  readonly runId: RunId;
  readonly tool: string;
  readonly effectClass: EffectClass;
  /** Beginning of the call's arguments. */
  readonly detail: string;
  /** Why it is not known. */
  readonly cause: string;
  /** When the call was made, and when it was told to be in doubt. */
  readonly startedAt: number;
  readonly raisedAt: number;
  readonly decision?: SettleDecision;
  /** `person:<key id>`, `agent:<id>`, or `lookup` when the tool's server knew. */
  readonly by?: string;
  readonly result?: string;
  readonly reason?: string;
  readonly settledAt?: number;
}

/** A question to the person who ordered the project. */
export interface QuestionView {
  readonly questionId: QuestionId;
  readonly taskId: TaskId;
  readonly taskTitle: string;
  readonly text: string;
  readonly choices?: readonly string[];
  readonly status: 'open' | 'answered' | 'expired' | 'closed';
  readonly askedAt: number;
  readonly deadlineAt?: number;
  readonly answer?: { readonly text: string; readonly answeredBy: string; readonly at: number };
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

/** A command that takes its time. */
export interface ReleaseCommand {
  readonly commandId: string;
  /** What a repeat is answered while the first still runs: the same in the end (`wait`, unless told), or `idempotency.running`. */
  readonly whileRunning?: 'wait' | 'refuse';
  /** For whom an agent acts. */
  readonly holder?: TaskHolder;
}

export interface ProjectRpc extends ProjectMutationRpc {
  create(command: CreateProject): Promise<Result<ProjectView>>;
  get(): Promise<Result<ProjectView>>;
  specification(): Promise<Result<{ readonly path: string; readonly content: string }>>;
  /** Events after a sequence, oldest first, at most 1,000. */
  events(query: EventsQuery): Promise<Result<readonly StoredProjectEvent[]>>;
  tasks(): Promise<Result<readonly TaskView[]>>;
  agents(): Promise<Result<readonly AgentView[]>>;
  report(): Promise<Result<ProjectReport>>;
  pause(command: { readonly commandId: string }): Promise<Result<ProjectView>>;
  resume(command: { readonly commandId: string }): Promise<Result<ProjectView>>;
  cancel(command: { readonly commandId: string; readonly reason?: string }): Promise<Result<ProjectView>>;
  /** All questions to a person, oldest first. */
  questions(): Promise<Result<readonly QuestionView[]>>;
  /** Answers an open question: the task that asked goes on with it. */
  answerQuestion(command: {
    readonly commandId: string;
    readonly questionId: QuestionId;
    readonly text: string;
    readonly answeredBy: string;
  }): Promise<Result<QuestionView>>;
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
  /** With a holder, these are refused as `lease.stale` once the holder's lease has passed on. A cancelled project refuses all. */
  deploy(command: ReleaseCommand & { readonly slot: Slot }): Promise<Result<DeploymentView>>;
  promote(command: ReleaseCommand & { readonly from: Slot; readonly to: Slot }): Promise<Result<DeploymentView>>;
  rollback(command: ReleaseCommand & { readonly slot: Slot }): Promise<Result<DeploymentView>>;
  /** HTTP exchanges with a slot, in order; recorded as the `acceptance` measurement of the slot's version. */
  runChecks(
    command: ReleaseCommand & { readonly slot: Slot; readonly checks: readonly AcceptanceCheck[] },
  ): Promise<Result<{ readonly commit: string; readonly passed: number; readonly failures: readonly string[] }>>;
  /** The latest measurement of each kind, and the gates computed from them. */
  measurements(): Promise<Result<{ readonly measurements: readonly Measurement[]; readonly gates: readonly Gate[] }>>;
  /** Effects that are or were in doubt, oldest first, at most 100. */
  effects(query: {
    readonly status: 'in_doubt' | 'settled' | 'all';
    readonly after: number;
    readonly limit: number;
  }): Promise<Result<readonly EffectView[]>>;
  /** Decides an effect in doubt, once; refused for one that is unknown or settled. */
  settleEffect(command: {
    readonly commandId: string;
    readonly effectId: string;
    readonly decision: SettleDecision;
    /** What the tool gave back, for `done`. */
    readonly result?: string;
    readonly reason?: string;
    readonly by: string;
  }): Promise<Result<EffectView>>;
  /** Work of the project and its agents that failed too often, oldest first, at most 500. */
  deadLetters(): Promise<Result<readonly DeadLetterView[]>>;
  /** Does it again, once; refused as not found when there is none of that id any longer. */
  replayDeadLetter(command: ReplayDeadLetter): Promise<Result<{ readonly replayed: true }>>;
  /**
   * Grants an agent its next call, or says why not. Repeating a request is harmless: the agent's revision tells which
   * statement is the newest, and all figures are totals.
   */
  extendGrant(command: ExtendAgentGrant): Promise<Result<AgentGrantAnswer>>;
  /** What was used, by agent and by model, and what is left. */
  usage(): Promise<Result<ProjectUsage>>;
  /** Whose work the project is, or one of its tasks: what a person's rating is about. */
  workers(query: { readonly taskId?: TaskId }): Promise<Result<readonly QualityScope[]>>;
  /** Replaces the project's limits, also while it runs; a limit in money is refused for a model without a known price. */
  setBudget(command: { readonly commandId: string; readonly budget: ProjectBudget }): Promise<Result<ProjectUsage>>;
  /** The workspace's limits are others now: the workspace is asked before the next call. */
  workspaceBudgetChanged(command: { readonly commandId: string }): Promise<Result<{ readonly noted: boolean }>>;
  /** Writes all directory rows of this project again. */
  republish(command: { readonly commandId: string }): Promise<Result<{ readonly rows: number }>>;
}
