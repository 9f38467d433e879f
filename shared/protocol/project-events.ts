/**
 * Everything that happens in a project, as its object stores it and as every client sees it: over WebSocket, over
 * server-sent events, and as pages. Names are noun.verb in the past tense. The order is the sequence, never the time.
 */
import type { AgentActivity } from './agent-activity.ts';
import type { ProjectBudget } from '../domain/budget/amounts.ts';
import type { DoubtReport, Settlement } from '../domain/effect/doubt.ts';
import type { BudgetEvent } from './budget-events.ts';
import type { ConnectedTool } from './connected-tools.ts';
import type { AgentId, MessageId, ProjectId, QuestionId, RunId, TaskId, WorkspaceId } from '../domain/ids.ts';
import type { TestCounts } from './test-counts.ts';
import type { PoolEvent } from './pools.ts';
import type { QualityEvent } from './quality-events.ts';
import type { ToolEvent } from './tool-settings.ts';
import type { ProjectStatus, RoleName, Stage, TaskKind } from './stages.ts';
import type { HelpSource, Remedy, StuckKind } from './stuck.ts';

export interface AgentSeat {
  readonly agentId: AgentId;
  readonly role: RoleName;
  /** For people, for example `backend-2`. */
  readonly name: string;
}

/** A piece of work as planned. `key` is the planner's own short name for it, unique in the project. */
export interface PlannedTask {
  readonly key: string;
  readonly title: string;
  readonly kind: TaskKind;
  readonly role: RoleName;
  readonly description: string;
  readonly acceptanceCriteria: readonly string[];
  /** Keys of tasks that must be done before. */
  readonly dependsOn: readonly string[];
  readonly priority: number;
  readonly estimateMinutes: number;
  /** The paths the task may write: exact, or a folder ending in `/`. */
  readonly paths: readonly string[];
}

export type { TestCounts };

/** A measurement made by the platform itself on one commit. An agent's word is never one. */
export type Measurement =
  | {
      readonly kind: 'tests';
      readonly commit: string;
      readonly status: 'passed' | 'failed' | 'empty' | 'crashed' | 'timed_out';
      readonly counts: TestCounts;
      readonly durationMs: number;
      /** The first failures, each one line. */
      readonly failures: readonly { readonly file: string; readonly name: string; readonly message: string }[];
    }
  | {
      readonly kind: 'types';
      readonly commit: string;
      readonly errors: number;
      readonly filesChecked: number;
      readonly findings: readonly string[];
    }
  | {
      readonly kind: 'security';
      readonly commit: string;
      readonly findings: readonly string[];
    }
  | {
      readonly kind: 'acceptance';
      readonly commit: string;
      readonly slot: 'preview' | 'staging' | 'production';
      readonly passed: number;
      readonly failed: number;
      readonly failures: readonly string[];
    }
  | {
      readonly kind: 'health';
      readonly commit: string;
      readonly slot: 'preview' | 'staging' | 'production';
      readonly status: number;
    };

export interface Gate {
  readonly name: string;
  readonly passed: boolean;
  /** What was measured, and what would turn it when it failed. */
  readonly evidence: string;
}

/** What a fork does differently from its original, from the fork on. */
export interface ForkChange {
  /** Whom it is for; absent: the whole team. */
  readonly role?: RoleName;
  readonly model?: string;
  /** Added to the system prompt. */
  readonly instructions?: string;
  /** Files that were put on `main`. */
  readonly paths?: readonly string[];
}

/** How long a project waits for whom, and what it does when work is stuck. Times are in milliseconds. */
export interface ProjectTerms {
  /** How long an agent may be silent; a minute unless told. */
  readonly leaseMs?: number;
  /** How long nothing may move before the project counts as stalled; five minutes unless told. */
  readonly stallMs?: number;
  /** How long a question to a person may stay open; for ever unless told. */
  readonly questionTimeoutMs?: number;
  /** Models to go on with when a run is stuck, in order. */
  readonly fallbackModels?: readonly string[];
}

export type ProjectEvent =
  | (ProjectTerms & {
      readonly type: 'project.created';
      readonly projectId: ProjectId;
      readonly workspaceId: WorkspaceId;
      readonly name: string;
      readonly format: 'markdown' | 'openapi';
      readonly specificationPath: string;
      readonly specificationLength: number;
      readonly model: string;
      readonly roles: readonly RoleName[];
      readonly maxRevisions: number;
      readonly maxAttempts: number;
      readonly budget?: ProjectBudget;
      /** Tools that the project brings for its agents. */
      readonly tools?: readonly ConnectedTool[];
      /** Who is asked first about effects in doubt; absent: a person. */
      readonly inDoubt?: 'person' | 'project_manager';
      /** The version of the workflow that leads the project to its end; absent: 1. */
      readonly workflowVersion?: number;
    })
  | (ProjectTerms & {
      /**
       * The project is a copy of another one. The other's events up to the sequence follow, under this project's own
       * ids; `fork.completed` ends them.
       */
      readonly type: 'project.forked';
      readonly from: ProjectId;
      readonly sequence: number;
      /** The step of an agent's run that goes on here. */
      readonly run?: { readonly runId: RunId; readonly step: number };
      readonly projectId: ProjectId;
      readonly workspaceId: WorkspaceId;
      readonly name: string;
      readonly format: 'markdown' | 'openapi';
      readonly specificationPath: string;
      readonly model: string;
      readonly roles: readonly RoleName[];
      readonly maxRevisions: number;
      readonly maxAttempts: number;
      /** Those of the original's own tools that go along. */
      readonly tools?: readonly ConnectedTool[];
      readonly inDoubt?: 'person' | 'project_manager';
      readonly workflowVersion?: number;
      /** Oldest first; those of forks that the original comes from stand before. */
      readonly changes: readonly ForkChange[];
    })
  | {
      /** The copy is whole: the project goes on by itself from here. Nothing of the original is deployed. */
      readonly type: 'fork.completed';
      readonly commit: string;
      readonly stage: Stage;
      /** Tasks that were held: they wait to be assigned again, as if they had not been. */
      readonly released: readonly TaskId[];
      /** Tasks of the workflow that are made anew. */
      readonly dropped: readonly TaskId[];
      /** The task whose run goes on. */
      readonly resumed?: { readonly taskId: TaskId; readonly leaseExpiresAt: number };
    }
  | { readonly type: 'team.formed'; readonly agents: readonly AgentSeat[] }
  | { readonly type: 'repository.created'; readonly commit: string }
  | {
      /** Somebody else, for example a person’s push, moved `main`. */
      readonly type: 'main.moved';
      readonly commit: string;
    }
  | { readonly type: 'stage.entered'; readonly stage: Stage; readonly revision: number }
  | {
      readonly type: 'task.created';
      readonly taskId: TaskId;
      readonly task: PlannedTask;
      readonly stage: Stage;
      readonly subject?: TaskId;
    }
  | {
      readonly type: 'task.assigned';
      readonly taskId: TaskId;
      readonly agentId: AgentId;
      readonly attempt: number;
      readonly fencingToken: number;
      readonly leaseExpiresAt: number;
      readonly branch: string;
    }
  | {
      readonly type: 'task.progressed';
      readonly taskId: TaskId;
      readonly agentId: AgentId;
      readonly activity: AgentActivity;
      readonly leaseExpiresAt: number;
    }
  | {
      readonly type: 'task.submitted';
      readonly taskId: TaskId;
      readonly agentId: AgentId;
      readonly summary: string;
      readonly commit: string | null;
    }
  | { readonly type: 'task.accepted'; readonly taskId: TaskId }
  | {
      readonly type: 'task.returned';
      readonly taskId: TaskId;
      readonly cause: 'review' | 'conflict' | 'failure' | 'lease' | 'vote';
      readonly comments: readonly string[];
    }
  | { readonly type: 'task.merged'; readonly taskId: TaskId; readonly commit: string }
  | { readonly type: 'task.completed'; readonly taskId: TaskId; readonly summary: string }
  | { readonly type: 'task.failed'; readonly taskId: TaskId; readonly reason: string }
  | { readonly type: 'task.cancelled'; readonly taskId: TaskId }
  | {
      readonly type: 'lease.expired';
      readonly taskId: TaskId;
      readonly agentId: AgentId;
      readonly fencingToken: number;
    }
  | {
      /** A task that does not get on, as the agent or the project noticed; its lease rests until it was helped. */
      readonly type: 'task.stuck';
      readonly taskId: TaskId;
      readonly agentId?: AgentId;
      readonly kind: StuckKind;
      readonly evidence: readonly string[];
      /** The end of the agent’s conversation, for whoever helps. */
      readonly excerpt?: string;
    }
  | { readonly type: 'remedy.started'; readonly taskId: TaskId; readonly remedy: Remedy }
  | {
      readonly type: 'task.helped';
      readonly taskId: TaskId;
      readonly source: HelpSource;
      readonly text: string;
    }
  | {
      readonly type: 'question.asked';
      readonly questionId: QuestionId;
      readonly taskId: TaskId;
      readonly text: string;
      readonly choices?: readonly string[];
      readonly deadlineAt?: number;
    }
  | {
      readonly type: 'question.answered';
      readonly questionId: QuestionId;
      readonly taskId: TaskId;
      readonly text: string;
      readonly answeredBy: string;
    }
  | { readonly type: 'question.expired'; readonly questionId: QuestionId; readonly taskId: TaskId }
  | {
      /** Nothing has moved since `since`. Told once; whatever moves next ends it. */
      readonly type: 'project.stalled';
      readonly since: number;
      readonly waitingFor: readonly string[];
    }
  | {
      readonly type: 'analysis.recorded';
      readonly taskId: TaskId;
      readonly summary: string;
      readonly findings: readonly string[];
    }
  | {
      readonly type: 'review.recorded';
      readonly taskId: TaskId;
      readonly subject: TaskId;
      readonly verdict: 'approve' | 'reject';
      readonly comments: readonly string[];
    }
  | {
      readonly type: 'vote.recorded';
      readonly taskId: TaskId;
      readonly role: RoleName;
      readonly vote: 'approve' | 'reject';
      readonly reason: string;
    }
  | { readonly type: 'measurement.recorded'; readonly measurement: Measurement }
  | {
      readonly type: 'gates.evaluated';
      readonly commit: string;
      readonly passed: boolean;
      readonly gates: readonly Gate[];
    }
  | QualityEvent
  | ToolEvent
  | PoolEvent
  | { readonly type: 'revision.started'; readonly revision: number; readonly evidence: readonly string[] }
  | {
      readonly type: 'deployment.recorded';
      readonly slot: 'preview' | 'staging' | 'production';
      readonly version: string;
      readonly action: 'deployed' | 'promoted' | 'rolled_back';
    }
  | {
      readonly type: 'message.relayed';
      readonly messageId: MessageId;
      readonly sender: string;
      readonly recipient: string;
      readonly messageType: string;
      readonly excerpt: string;
    }
  /** A call was sent and nobody knows whether it took effect. Its task waits, without a lease, until it is settled. */
  | ({ readonly type: 'effect.in_doubt'; readonly agentId: AgentId } & DoubtReport)
  | ({
      readonly type: 'effect.settled';
      readonly taskId: TaskId;
      /** The new lease of the task that waited; absent when nobody holds it any longer. */
      readonly leaseExpiresAt?: number;
    } & Settlement)
  /** How many dead letters an agent has has changed. */
  | { readonly type: 'dead_letters.counted'; readonly agentId: AgentId; readonly depth: number }
  | BudgetEvent
  | {
      readonly type: 'project.paused';
      /** Absent when a person paused it. */
      readonly reason?: string;
    }
  | {
      readonly type: 'project.resumed';
      /** Until when the agents that hold tasks may be silent: the pause is not their fault. */
      readonly leaseExpiresAt?: number;
    }
  | { readonly type: 'project.cancelled'; readonly reason: string }
  | { readonly type: 'project.completed'; readonly version: string }
  | {
      readonly type: 'project.blocked';
      readonly sentences: readonly { readonly sentence: string; readonly reason: string }[];
    }
  | { readonly type: 'project.failed'; readonly reason: string };

/** True for the statuses from which a project does not move by itself. */
export const isFinalStatus = (status: ProjectStatus): boolean =>
  status === 'completed' || status === 'blocked' || status === 'failed' || status === 'cancelled';
