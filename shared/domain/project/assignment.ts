import type { TaskId } from '../ids.ts';
import type { TaskAssignment } from '../agent/assignment.ts';
import { taskKinds } from '../workflow/task-kinds.ts';
import { instructionsOf } from './evolve-fork.ts';
import { leaseMsOf } from './lease-term.ts';
import { tasksOf, type ProjectState } from './state.ts';

/** What the holder of a task is told, or undefined when nobody holds it. */
export const composeAssignment = (state: ProjectState, taskId: TaskId): TaskAssignment | undefined => {
  const task = state.tasks[taskId];
  const { identity } = state;
  if (task?.status !== 'assigned' || task.fencingToken === undefined || identity === undefined) return undefined;
  const subject = task.subject === undefined ? undefined : state.tasks[task.subject];
  const tools = (identity.tools ?? []).filter(({ taskKinds }) => taskKinds.includes(task.task.kind));
  const grants = state.toolRules?.grants ?? [];
  const instructions = instructionsOf(state, task.task.role);
  const isRevision = state.revision > 0 && task.task.kind === 'analyse';
  return {
    taskId,
    attempt: task.attempt,
    fencingToken: task.fencingToken,
    leaseMs: leaseMsOf(state),
    ...(task.model === undefined ? {} : { model: task.model }),
    branch: task.branch ?? 'main',
    writes: taskKinds[task.task.kind].writes,
    task: task.task,
    context: {
      projectName: identity.name,
      specificationPath: identity.specificationPath,
      stage: state.stage,
      revision: state.revision,
      team: identity.roles,
      comments: isRevision ? [...state.evidence, ...task.comments] : task.comments,
      ...(subject === undefined
        ? {}
        : {
            subject: {
              key: subject.task.key,
              title: subject.task.title,
              description: subject.task.description,
              acceptanceCriteria: subject.task.acceptanceCriteria,
              paths: subject.task.paths,
              summary: subject.summary ?? '',
            },
          }),
      measurements: task.task.kind === 'judge' || isRevision ? state.measurements : [],
      gates: task.task.kind === 'judge' || isRevision ? state.gates : [],
      ...(instructions === undefined ? {} : { instructions }),
      plannedKeys: tasksOf(state).map(({ task: { key } }) => key),
      ...(tools.length === 0 ? {} : { tools }),
      ...(grants.length === 0 ? {} : { grants }),
    },
  };
};
