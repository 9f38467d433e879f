import type { ProjectEvent } from '../../protocol/project-events.ts';
import type { ProjectState, Task } from './state.ts';

/** Why a task comes back. */
export type ReturnCause = Extract<ProjectEvent, { type: 'task.returned' }>['cause'];

/** True for a task by which somebody is only asked: whoever asked has other ways out, so it fails alone. */
export const asksOnly = ({ task }: Task): boolean => task.kind === 'assist' || task.kind === 'settle';

/** Gives a task back, or fails the project when it came back too often. */
export const returnTask = (
  state: ProjectState,
  task: Task,
  cause: ReturnCause,
  comments: readonly string[],
): readonly ProjectEvent[] => {
  const bound = state.identity?.maxAttempts ?? 1;
  if (task.returns + 1 < bound) return [{ type: 'task.returned', taskId: task.taskId, cause, comments }];
  const reason = `${comments[0] ?? cause} (after ${task.attempt} attempts)`;
  const failed: ProjectEvent = { type: 'task.failed', taskId: task.taskId, reason };
  return asksOnly(task)
    ? [failed]
    : [failed, { type: 'project.failed', reason: `“${task.task.title}” failed: ${reason}` }];
};
