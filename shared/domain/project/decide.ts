/**
 * What a project answers to the commands it is given: events, or a refusal. Pure; the object writes the events and
 * whatever `advance` adds to them in one transaction.
 */
import { err, ok, type AppError, type Result } from '../../errors/result.ts';
import type { ConnectedTool } from '../../protocol/connected-tools.ts';
import type { AgentActivity } from '../../protocol/agent-activity.ts';
import type { PoolSettings } from '../../protocol/pools.ts';
import type { AgentSeat, Measurement, ProjectEvent, ProjectTerms } from '../../protocol/project-events.ts';
import { isFinalStatus } from '../../protocol/project-events.ts';
import type { RoleName } from '../../protocol/stages.ts';
import type { Ids } from '../../ports/ids.ts';
import type { AgentId, ProjectId, TaskId, WorkspaceId } from '../ids.ts';
import { projectWorkflowVersion } from '../workflow/version.ts';
import type { ProjectBudget } from '../budget/amounts.ts';
import { findUnpricedLimits } from '../budget/money-limit.ts';
import type { Slot } from '../../rpc/sandbox.ts';
import { computeReleaseGates } from './gates.ts';
import { leaseMsOf } from './lease-term.ts';
import { returnTask } from './return-task.ts';
import { isFinalTask, tasksOf, type ProjectState, type Task } from './state.ts';

export interface NewProject extends ProjectTerms {
  readonly projectId: ProjectId;
  readonly workspaceId: WorkspaceId;
  readonly name: string;
  readonly format: 'markdown' | 'openapi';
  readonly specificationPath: string;
  readonly specificationLength: number;
  readonly model: string;
  /** Roles with the number of agents that hold each. */
  readonly seats: readonly { readonly role: RoleName; readonly count: number }[];
  readonly maxRevisions: number;
  readonly maxAttempts: number;
  readonly budget?: ProjectBudget;
  readonly pools?: readonly PoolSettings[];
  readonly tools?: readonly ConnectedTool[];
  readonly inDoubt?: 'person' | 'project_manager';
}

const refuse = (type: AppError['type'], detail: string): { readonly ok: false; readonly error: AppError } =>
  err({ type, detail });

/** A new project with its team; the repository follows as an effect. */
export const decideCreate = (state: ProjectState, command: NewProject, ids: Ids): Result<readonly ProjectEvent[]> => {
  if (state.identity !== undefined) return refuse('resource.conflict', 'This project exists already.');
  const { seats, pools = [], ...identity } = command;
  const agents: AgentSeat[] = seats.flatMap(({ role, count }) =>
    Array.from({ length: count }, (_, index) => ({
      agentId: ids.create('agt'),
      role,
      name: count === 1 ? role.replaceAll('_', '-') : `${role.replaceAll('_', '-')}-${index + 1}`,
    })),
  );
  return ok([
    {
      type: 'project.created',
      ...identity,
      roles: seats.map(({ role }) => role),
      workflowVersion: projectWorkflowVersion,
    },
    { type: 'team.formed', agents },
    ...(pools.length === 0 ? [] : [{ type: 'pools.configured' as const, pools }]),
  ]);
};

/** The repository is there. A repeat changes nothing, nor does a repository that comes after the project's end. */
export const decideRepositoryCreated = (state: ProjectState, commit: string): readonly ProjectEvent[] =>
  state.commit === undefined && !isFinalStatus(state.status) ? [{ type: 'repository.created', commit }] : [];

/** The task that this holder still holds, or undefined when the lease went to somebody else or the task ended. */
export const findHeldTask = (state: ProjectState, taskId: TaskId, fencingToken: number): Task | undefined => {
  const task = state.tasks[taskId];
  return task?.status === 'assigned' && task.fencingToken === fencingToken ? task : undefined;
};

/** A sign of life of an agent: extends its lease. Late ones are dropped. */
export const decideProgress = (
  state: ProjectState,
  progress: { readonly taskId: TaskId; readonly fencingToken: number; readonly activity: AgentActivity },
  now: number,
): readonly ProjectEvent[] => {
  const task = findHeldTask(state, progress.taskId, progress.fencingToken);
  if (task?.agentId === undefined || isFinalStatus(state.status)) return [];
  return [
    {
      type: 'task.progressed',
      taskId: task.taskId,
      agentId: task.agentId,
      activity: progress.activity,
      leaseExpiresAt: now + leaseMsOf(state),
    },
  ];
};

/** An agent says how many dead letters it has. Only a change is worth an event. */
export const decideDeadLetters = (state: ProjectState, agentId: AgentId, depth: number): readonly ProjectEvent[] =>
  (state.deadLetters?.[agentId] ?? 0) === depth ? [] : [{ type: 'dead_letters.counted', agentId, depth }];

/** How a merge went. */
export type MergeOutcome =
  | { readonly type: 'merged'; readonly commit: string }
  /** Main has moved on in a way that does not fit, or the review of the platform found something. */
  | { readonly type: 'conflict' | 'review'; readonly comments: readonly string[] };

export const decideMerge = (state: ProjectState, taskId: TaskId, outcome: MergeOutcome): readonly ProjectEvent[] => {
  const task = state.tasks[taskId];
  if (task?.status !== 'merging' || isFinalStatus(state.status)) return [];
  return outcome.type === 'merged'
    ? [
        { type: 'task.merged', taskId, commit: outcome.commit },
        { type: 'task.completed', taskId, summary: task.summary ?? '' },
      ]
    : returnTask(state, task, outcome.type, outcome.comments);
};

export const decideMeasurement = (state: ProjectState, measurement: Measurement): readonly ProjectEvent[] =>
  state.identity === undefined || state.status === 'cancelled' ? [] : [{ type: 'measurement.recorded', measurement }];

/**
 * Whether an effect on the slots may begin now: never on a cancelled project, and for an agent only while it holds the
 * task it acts for. Ask right before each effect: a release of many steps may be overtaken by a cancel.
 */
export const checkRelease = (
  state: ProjectState,
  holder?: { readonly taskId: TaskId; readonly fencingToken: number },
): Result<undefined> => {
  if (state.identity === undefined) return refuse('resource.not_found', 'There is no such project.');
  if (state.status === 'cancelled') {
    return holder === undefined
      ? refuse('resource.conflict', 'The project was cancelled: nothing is deployed any more.')
      : refuse('lease.stale', 'The project was cancelled.');
  }
  return holder === undefined || findHeldTask(state, holder.taskId, holder.fencingToken) !== undefined
    ? ok(undefined)
    : refuse('lease.stale', 'Somebody else holds this task by now, or it has ended.');
};

/** A version went into a slot. Recorded also after the project is complete: people deploy too. */
export const decideDeployment = (
  slot: Slot,
  version: string,
  action: 'deployed' | 'promoted' | 'rolled_back',
): readonly ProjectEvent[] => [{ type: 'deployment.recorded', slot, version, action }];

/** Only a version that was measured in its slot goes on to the next. */
export const checkPromotion = (
  state: ProjectState,
  from: Slot,
  to: Slot,
  now: number,
): Result<{ readonly version: string }> => {
  const deployment = state.deployments.find(({ slot }) => slot === from);
  if (deployment === undefined)
    return refuse('resource.conflict', `Nothing is deployed in the ${from} slot yet: deploy a version there first.`);
  if (from === to) return refuse('request.invalid', 'A version is promoted from one slot to another.');
  const open = computeReleaseGates(state, deployment.version, from, now).filter(({ passed }) => !passed);
  return open.length === 0
    ? ok({ version: deployment.version })
    : refuse(
        'resource.conflict',
        `The version in the ${from} slot may not be promoted: ${open.map(({ name, evidence }) => `${name}: ${evidence}`).join('; ')}.`,
      );
};

export const decidePause = (state: ProjectState): Result<readonly ProjectEvent[]> => {
  if (state.copying !== undefined)
    return refuse('resource.conflict', 'The fork is still being copied; pause it when the copy is whole.');
  if (state.status === 'paused') return ok([]);
  return state.status === 'active'
    ? ok([{ type: 'project.paused' }])
    : refuse('resource.conflict', `The project is ${state.status}; only an active project can be paused.`);
};

export const decideResume = (state: ProjectState, now: number): Result<readonly ProjectEvent[]> => {
  if (state.status === 'active') return ok([]);
  return state.status === 'paused'
    ? ok([{ type: 'project.resumed', leaseExpiresAt: now + leaseMsOf(state) }])
    : refuse('resource.conflict', `The project is ${state.status}; only a paused project can be resumed.`);
};

/** Other limits, also while it runs; work that waits for them goes on with the next resume. */
export const decideBudget = (state: ProjectState, budget: ProjectBudget): Result<readonly ProjectEvent[]> => {
  if (isFinalStatus(state.status)) {
    return refuse('resource.conflict', `The project is ${state.status} already; its budget changes nothing any more.`);
  }
  const issues = findUnpricedLimits(budget, state.identity?.model ?? '');
  return issues.length > 0
    ? err({ type: 'request.invalid', detail: 'The budget cannot be kept.', issues })
    : ok([{ type: 'budget.changed', budget }]);
};

/** Cancelling ends every task that has not ended; nothing is merged or deployed after it. */
export const decideCancel = (state: ProjectState, reason: string): Result<readonly ProjectEvent[]> => {
  if (state.status === 'cancelled') return ok([]);
  if (isFinalStatus(state.status)) {
    return refuse('resource.conflict', `The project is ${state.status} already and cannot be cancelled.`);
  }
  const open = tasksOf(state).filter((task) => !isFinalTask(task));
  return ok([
    { type: 'project.cancelled', reason },
    ...open.map(({ taskId }): ProjectEvent => ({ type: 'task.cancelled', taskId })),
  ]);
};
