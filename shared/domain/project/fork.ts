/** At which moments another project can go on from this one, and how it goes on. */
import { err, ok, type AppError, type Result } from '../../errors/result.ts';
import type { ProjectEvent, ProjectTerms } from '../../protocol/project-events.ts';
import type { Stage } from '../../protocol/stages.ts';
import type { ForkPoint, RunPoint } from '../../rpc/replay.ts';
import { taskKinds } from '../workflow/task-kinds.ts';
import type { TaskId } from '../ids.ts';
import { leaseMsOf } from './lease-term.ts';
import { isFinalTask, tasksOf, type ProjectState, type Task } from './state.ts';

const refuse = (detail: string, field: string): { readonly ok: false; readonly error: AppError } =>
  err({ type: 'request.invalid', detail, issues: [{ field, reason: 'is no moment from which a project can go on' }] });

/** Work that is not merged yet. */
const termsOf = ({ leaseMs, stallMs, questionTimeoutMs, fallbackModels }: ProjectTerms): ProjectTerms => ({
  ...(leaseMs === undefined ? {} : { leaseMs }),
  ...(stallMs === undefined ? {} : { stallMs }),
  ...(questionTimeoutMs === undefined ? {} : { questionTimeoutMs }),
  ...(fallbackModels === undefined ? {} : { fallbackModels }),
});

const openBranches = (state: ProjectState): ForkPoint['branches'] =>
  tasksOf(state).flatMap((task) => {
    if (isFinalTask(task) || task.branch === undefined || !taskKinds[task.task.kind].writes) return [];
    const handedIn = task.status === 'in_review' || task.status === 'merging' ? task.commit : undefined;
    return [{ branch: task.branch, ...(handedIn === undefined ? {} : { commit: handedIn }) }];
  });

const heldBy = (
  state: ProjectState,
  run: RunPoint,
  holders: NonNullable<ForkPoint['held']>['holders'],
): Result<NonNullable<ForkPoint['held']>> => {
  const task = state.tasks[run.taskId];
  if (task?.status !== 'assigned' || task.fencingToken !== run.fencingToken || task.agentId === undefined)
    return refuse('The project had taken the task back at that step.', 'step');
  if (task.task.kind === 'deploy') {
    return refuse(
      'A fork deploys for itself, from the start: fork at a sequence instead of within a deployment.',
      'run',
    );
  }
  const { taskId, agentId, branch = 'main' } = task;
  return ok({ taskId, agentId, branch, task: task.task, holders });
};

/** What a fork needs to know of the state at a sequence; refused where a fork could not go on. */
export const describeForkPoint = (
  state: ProjectState,
  at: { readonly sequence: number; readonly recordedAt: number },
  run?: RunPoint,
  holders: NonNullable<ForkPoint['held']>['holders'] = [],
): Result<ForkPoint> => {
  const { identity, commit, status } = state;
  if (identity === undefined || commit === undefined || state.copying !== undefined)
    return refuse(`At ${at.sequence} the project had no repository yet: fork at a later sequence.`, 'at');
  if (status === 'failed' || status === 'blocked' || status === 'cancelled') {
    return refuse(
      `At ${at.sequence} the project was ${status}, and a fork would be as well: fork at an earlier sequence.`,
      'at',
    );
  }
  const held = run === undefined ? undefined : heldBy(state, run, holders);
  if (held !== undefined && !held.ok) return held;
  const { name, format, specificationPath, model, roles, maxRevisions, maxAttempts, tools, inDoubt, workflowVersion } =
    identity;
  return ok({
    ...at,
    name,
    format,
    specificationPath,
    model,
    roles,
    maxRevisions,
    maxAttempts,
    commit,
    ...(tools === undefined ? {} : { tools }),
    ...(inDoubt === undefined ? {} : { inDoubt }),
    ...(workflowVersion === undefined ? {} : { workflowVersion }),
    terms: termsOf(identity),
    changes: state.changes ?? [],
    branches: openBranches(state),
    ...(held === undefined ? {} : { held: held.value }),
  });
};

const afterValidation: readonly Stage[] = ['validation', 'deployment', 'monitoring'];

/** Where the workflow goes on: code that a person put in has to be measured and judged like any other. */
const goOnAt = (state: ProjectState, codeChanged: boolean): { stage: Stage; kinds: readonly string[] } => {
  if (codeChanged && afterValidation.includes(state.stage)) return { stage: 'validation', kinds: ['judge', 'deploy'] };
  return state.stage === 'deployment' || state.stage === 'monitoring'
    ? { stage: 'deployment', kinds: ['deploy'] }
    : { stage: state.stage, kinds: [] };
};

/** The end of the copy, given the state that the copied events left. */
export const decideForkCompleted = (
  state: ProjectState,
  fork: { readonly commit: string; readonly resumed?: TaskId },
  now: number,
): Extract<ProjectEvent, { type: 'fork.completed' }> => {
  const { stage, kinds } = goOnAt(state, fork.commit !== state.commit);
  // What the project manager is asked about a call in doubt is of no interest where the call was not made.
  const isDropped = (task: Task): boolean =>
    task.task.kind === 'settle'
      ? !isFinalTask(task)
      : kinds.includes(task.task.kind) && task.revision === state.revision;
  const dropped = tasksOf(state).filter(isDropped);
  const released = tasksOf(state).filter(
    (task) => task.status === 'assigned' && !isDropped(task) && task.taskId !== fork.resumed,
  );
  return {
    type: 'fork.completed',
    commit: fork.commit,
    stage,
    released: released.map(({ taskId }) => taskId),
    dropped: dropped.map(({ taskId }) => taskId),
    ...(fork.resumed === undefined
      ? {}
      : { resumed: { taskId: fork.resumed, leaseExpiresAt: now + leaseMsOf(state) } }),
  };
};
