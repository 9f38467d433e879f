/** The state of a project, folded from its events. Plain JSON, so that it can be a snapshot. */
import type { ToolSettings } from '../../protocol/tool-settings.ts';
import type { SettleDecision } from '../effect/doubt.ts';
import type { ConnectedTool } from '../../protocol/connected-tools.ts';
import type { EffectClass } from '../engine/effect-class.ts';
import type {
  AgentSeat,
  ForkChange,
  Gate,
  Measurement,
  PlannedTask,
  ProjectTerms,
} from '../../protocol/project-events.ts';
import type { ProjectStatus, RoleName, Stage, TaskStatus } from '../../protocol/stages.ts';
import type { HelpSource, Stuck } from '../../protocol/stuck.ts';
import type { PoolSettings } from '../../protocol/pools.ts';
import type { PoolChange } from '../../rpc/project-pools.ts';
import type { AgentId, ProjectId, QuestionId, RunId, TaskId, WorkspaceId } from '../ids.ts';
import type { ProjectBudget } from '../budget/amounts.ts';
import type { ProjectQuality } from './gates.ts';
import type { UnclearSentence } from '../agent/assignment.ts';
import type { Slot } from '../../rpc/sandbox.ts';

/** What a stuck task waits for before it goes on. */
export type Awaited =
  | { readonly type: 'colleague'; readonly taskId: TaskId }
  | { readonly type: 'person'; readonly questionId: QuestionId };

export interface Task {
  readonly taskId: TaskId;
  readonly task: PlannedTask;
  readonly stage: Stage;
  readonly revision: number;
  readonly status: TaskStatus;
  /** How often it was assigned. */
  readonly attempt: number;
  /** How often it came back for a reason that counts against the bound. */
  readonly returns: number;
  /** Who holds it now. */
  readonly agentId?: AgentId;
  /** Who held it last. */
  readonly lastAgentId?: AgentId;
  readonly branch?: string;
  readonly fencingToken?: number;
  readonly leaseExpiresAt?: number;
  /** The effect in doubt for which the task waits; its lease does not run meanwhile. */
  readonly inDoubt?: string;
  readonly subject?: TaskId;
  readonly summary?: string;
  readonly commit?: string;
  readonly comments: readonly string[];
  /** The model its runs go on with, when another than the project’s. */
  readonly model?: string;
  /** How it is stuck now, with the end of the conversation. */
  readonly stuck?: Stuck & { readonly excerpt?: string };
  readonly waitingFor?: Awaited;
  /** What was tried when it was stuck: the source, for models with the name, as in `model:openai/gpt-5`. */
  readonly tried?: readonly string[];
  /** How often in a row it came back for the same reason, and how often from a review in all. */
  readonly sameReturns?: number;
  /** Why it came back last. */
  readonly returnCause?: 'review' | 'conflict' | 'failure' | 'lease' | 'vote';
  readonly reviewReturns?: number;
  /** `returns` when the project last noticed that it is stuck. */
  readonly noticedReturns?: number;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
}

/** An effect that is or was in doubt. */
export interface EffectRecord {
  readonly effectId: string;
  /** Counts from 1 in the order in which they were told. */
  readonly number: number;
  readonly status: 'in_doubt' | 'settled';
  readonly taskId: TaskId;
  readonly agentId: AgentId;
  readonly runId: RunId;
  readonly fencingToken: number;
  readonly tool: string;
  readonly effectClass: EffectClass;
  readonly detail: string;
  readonly cause: string;
  readonly startedAt: number;
  readonly raisedAt: number;
  readonly decision?: SettleDecision;
  readonly by?: string;
  readonly result?: string;
  readonly reason?: string;
  readonly settledAt?: number;
}

export interface Deployment {
  readonly slot: Slot;
  readonly version: string;
  readonly action: 'deployed' | 'promoted' | 'rolled_back';
  readonly at: number;
}

export interface Question {
  readonly questionId: QuestionId;
  readonly taskId: TaskId;
  readonly text: string;
  readonly choices?: readonly string[];
  readonly askedAt: number;
  readonly deadlineAt?: number;
  readonly answer?: { readonly text: string; readonly answeredBy: string; readonly at: number };
  readonly expiredAt?: number;
}

/** A pool of agents of one role. */
export interface Pool extends PoolSettings {
  /** When it was set first. */
  readonly since: number;
  readonly lastChange?: PoolChange;
}

/** Messages that went back and forth between two agents since a task was last handed in. */
export interface Exchange {
  readonly lastSender: AgentId;
  readonly turns: number;
}

export interface ProjectIdentity extends ProjectTerms {
  readonly projectId: ProjectId;
  readonly workspaceId: WorkspaceId;
  readonly name: string;
  readonly format: 'markdown' | 'openapi';
  readonly specificationPath: string;
  readonly model: string;
  readonly roles: readonly RoleName[];
  readonly maxRevisions: number;
  readonly maxAttempts: number;
  readonly tools?: readonly ConnectedTool[];
  /** Who is asked first about effects in doubt; absent: a person. */
  readonly inDoubt?: 'person' | 'project_manager';
  readonly workflowVersion?: number;
  readonly createdAt: number;
}

export interface ProjectState {
  /** Absent until the project was created. */
  readonly identity?: ProjectIdentity;
  readonly status: ProjectStatus;
  readonly stage: Stage;
  readonly revision: number;
  readonly agents: readonly AgentSeat[];
  /** Absent: no role has a pool, and the team stays as it is. */
  readonly pools?: readonly Pool[];
  /** Agents that a pool has sent to rest. */
  readonly resting?: readonly AgentId[];
  /** How many agents the workspace grants, since a pool asked for more; absent: those who are there. */
  readonly agentsGranted?: number;
  /** When agents became free, since there are pools; absent for those who were free before, or hold a task. */
  readonly idleSince?: Readonly<Record<AgentId, number>>;
  /** In the order of creation. */
  readonly tasks: Readonly<Record<TaskId, Task>>;
  readonly nextFencingToken: number;
  /** Head of `main` as far as the project made it. */
  readonly commit?: string;
  /** The latest of each kind. */
  readonly measurements: readonly Measurement[];
  readonly gates: readonly Gate[];
  readonly gatesCommit?: string;
  /** What persons decided about tools; absent: nothing. */
  readonly toolRules?: Omit<ToolSettings, 'tools'>;
  /** What persons decided about its gates; absent: nothing. */
  readonly quality?: ProjectQuality;
  readonly votes: Readonly<Record<RoleName, 'approve' | 'reject'>>;
  readonly findings: readonly string[];
  readonly evidence: readonly string[];
  /** The latest of each slot. */
  readonly deployments: readonly Deployment[];
  /** Effects that are or were in doubt, by their ids; absent in snapshots from before there were any. */
  readonly effects?: Readonly<Record<string, EffectRecord>>;
  /** Dead letters by agent, where there are any. */
  readonly deadLetters?: Readonly<Record<AgentId, number>>;
  /** What this project is a copy of. */
  readonly forkedFrom?: { readonly projectId: ProjectId; readonly sequence: number };
  /** Forks whose events are being copied; absent when the project is whole. */
  readonly copying?: number;
  readonly changes?: readonly ForkChange[];
  readonly reason?: string;
  readonly budget?: ProjectBudget;
  /** Since when it is paused, and for how long it was before; absent in states of before budgets. */
  readonly pausedAt?: number;
  readonly pausedMs?: number;
  readonly sentences?: readonly UnclearSentence[];
  /** In the order in which they were asked. */
  readonly questions: Readonly<Record<QuestionId, Question>>;
  /** By the two agents’ ids, joined. */
  readonly exchanges: Readonly<Record<string, Exchange>>;
  /** Agents whose lease ran out and that were not heard of since. */
  readonly silent: readonly AgentId[];
  /** When something last moved. */
  readonly progressAt: number;
  readonly stalled?: { readonly since: number; readonly waitingFor: readonly string[] };
  readonly updatedAt: number;
}

export const initialProjectState: ProjectState = {
  status: 'active',
  stage: 'initialize',
  revision: 0,
  agents: [],
  tasks: {},
  nextFencingToken: 1,
  measurements: [],
  gates: [],
  votes: {},
  findings: [],
  evidence: [],
  deployments: [],
  questions: {},
  exchanges: {},
  silent: [],
  progressAt: 0,
  updatedAt: 0,
};

/** All tasks in the order of creation. */
export const tasksOf = (state: ProjectState): readonly Task[] => Object.values(state.tasks);

/** The name under which a way out is remembered as tried. */
export const remedyName = (remedy: { readonly type: HelpSource | 'none'; readonly model?: string }): string =>
  remedy.type === 'model' ? `model:${remedy.model ?? ''}` : remedy.type;

/** True while a task waits for the answer to the question. */
export const isOpenQuestion = (state: ProjectState, { questionId, taskId }: Question): boolean => {
  const waitingFor = state.tasks[taskId]?.waitingFor;
  return waitingFor?.type === 'person' && waitingFor.questionId === questionId;
};

/** True when nothing more will happen to the task. */
export const isFinalTask = (task: Task): boolean =>
  task.status === 'done' || task.status === 'failed' || task.status === 'cancelled';
