/**
 * Who holds what: a task is held by one agent for the term of its lease, and its paths are held from the assignment
 * until it was merged, given back, or ended. A task that waits for help is held without a term.
 */
import { pathsOverlap } from '../task/plan.ts';
import { taskKinds } from '../workflow/task-kinds.ts';
import { returnTask } from './return-task.ts';
import { tasksOf, type ProjectState, type Task } from './state.ts';
import type { ProjectEvent } from '../../protocol/project-events.ts';

const holdsPaths = ({ status, task }: Task): boolean =>
  taskKinds[task.kind].writes && (status === 'assigned' || status === 'in_review' || status === 'merging');

/** Paths that tasks hold now: no other task that may write one of them is assigned. */
export class PathLeases {
  readonly #held: string[];

  constructor(state: ProjectState) {
    this.#held = tasksOf(state)
      .filter(holdsPaths)
      .flatMap(({ task }) => task.paths);
  }

  /** True when the task may write nothing that another task holds. */
  isFree({ task }: Task): boolean {
    return (
      !taskKinds[task.kind].writes || !task.paths.some((path) => this.#held.some((other) => pathsOverlap(path, other)))
    );
  }

  take({ task }: Task): void {
    if (taskKinds[task.kind].writes) this.#held.push(...task.paths);
  }
}

/** Gives the task of the first agent found silent for longer than its lease to others. */
export const expireLeases = (state: ProjectState, { now }: { readonly now: number }): readonly ProjectEvent[] => {
  for (const task of tasksOf(state)) {
    const { agentId, fencingToken, leaseExpiresAt, stuck } = task;
    if (task.status !== 'assigned' || agentId === undefined || fencingToken === undefined) continue;
    // Settling an effect may have set a lease on a task that waits for help as well.
    if (stuck !== undefined) continue;
    if (leaseExpiresAt !== undefined && leaseExpiresAt <= now) {
      return [
        { type: 'lease.expired', taskId: task.taskId, agentId, fencingToken },
        ...returnTask(state, task, 'lease', ['The agent was silent for longer than its lease.']),
      ];
    }
  }
  return [];
};
