/** Who does what next: ready tasks go to free agents of the right role, the most urgent first. */
import type { ProjectEvent } from '../../protocol/project-events.ts';
import type { RoleName } from '../../protocol/stages.ts';
import { taskKinds } from '../workflow/task-kinds.ts';
import { leaseMsOf } from './lease-term.ts';
import { PathLeases } from './leases.ts';
import { activeSeats, holdersOf } from './roster.ts';
import { tasksOf, type ProjectState, type Task } from './state.ts';

const dependenciesDone = (state: ProjectState, task: Task): boolean => {
  const all = tasksOf(state);
  return task.task.dependsOn.every((key) => all.some((other) => other.task.key === key && other.status === 'done'));
};

const branchOf = (state: ProjectState, task: Task): string => {
  if (task.subject !== undefined) return state.tasks[task.subject]?.branch ?? 'main';
  return taskKinds[task.task.kind].writes ? `task/${task.task.key}` : 'main';
};

const missingRole = ({ title, role }: Task['task']): ProjectEvent => ({
  type: 'project.failed',
  reason: `“${title}” needs the role ${role}, and no agent of the team holds it.`,
});

/** True when nothing but a free agent is missing. */
const isReady = (state: ProjectState, task: Task): boolean =>
  task.status === 'waiting' && task.stage === state.stage && task.stuck === undefined && dependenciesDone(state, task);

const readyTasks = (state: ProjectState): readonly Task[] =>
  tasksOf(state)
    .filter((task) => isReady(state, task))
    .toSorted((left, right) => right.task.priority - left.task.priority);

/**
 * How many ready tasks of each role could be worked on side by side, if there were agents enough: of those whose paths
 * overlap only the first counts, since more agents would not help the others.
 */
export const queuedByRole = (state: ProjectState): ReadonlyMap<RoleName, number> => {
  const counts = new Map<RoleName, number>();
  const ready = readyTasks(state);
  if (ready.length === 0) return counts;
  const paths = new PathLeases(state);
  for (const task of ready) {
    if (!paths.isFree(task)) continue;
    paths.take(task);
    counts.set(task.task.role, (counts.get(task.task.role) ?? 0) + 1);
  }
  return counts;
};

/**
 * Assigns ready tasks to free agents. A task whose paths another task holds waits: a held task needs nothing that a
 * waiting one has (its review writes nothing, its dependencies are done), so nobody waits in a circle.
 */
export const assignReady = (state: ProjectState, context: { readonly now: number }): readonly ProjectEvent[] => {
  let fencingToken = state.nextFencingToken;
  const ready = readyTasks(state);
  if (ready.length === 0) return [];
  const events: ProjectEvent[] = [];
  const busy = new Set<string>(holdersOf(state));
  const paths = new PathLeases(state);
  for (const task of ready) {
    const seats = activeSeats(state, task.task.role);
    if (seats.length === 0) return [missingRole(task.task)];
    const free = seats.filter(({ agentId }) => !busy.has(agentId));
    // Whoever was silent last time is asked last.
    const seat = free.find(({ agentId }) => !state.silent.includes(agentId)) ?? free[0];
    if (seat === undefined || !paths.isFree(task)) continue;
    busy.add(seat.agentId);
    paths.take(task);
    events.push({
      type: 'task.assigned',
      taskId: task.taskId,
      agentId: seat.agentId,
      attempt: task.attempt + 1,
      fencingToken,
      leaseExpiresAt: context.now + leaseMsOf(state),
      branch: branchOf(state, task),
    });
    fencingToken += 1;
  }
  return events;
};
