/**
 * Checks a plan before anything is built on it: known roles, known dependencies, no cycle, and no path that two tasks
 * may write. Answers every fault at once, so that a planner can mend them in one go.
 */
import type { Issue } from '../../errors/result.ts';
import type { PlannedTask } from '../../protocol/project-events.ts';
import type { RoleName } from '../../protocol/stages.ts';
import { taskKinds } from '../workflow/task-kinds.ts';

export const maxPlannedTasks = 200;

/** True when the pattern (an exact path, or a folder ending in `/`) covers the path. */
export const covers = (pattern: string, path: string): boolean =>
  pattern.endsWith('/') ? path.startsWith(pattern) : path === pattern;

/** True when there may be a path that both patterns cover. */
export const pathsOverlap = (left: string, right: string): boolean => covers(left, right) || covers(right, left);

/** A cycle of dependencies among the tasks, as the keys along it; undefined when there is none. */
export const findCycle = (tasks: readonly PlannedTask[]): readonly string[] | undefined => {
  const byKey = new Map(tasks.map((task) => [task.key, task]));
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (key: string): readonly string[] | undefined => {
    if (finished.has(key)) return undefined;
    const start = path.indexOf(key);
    if (start !== -1) return [...path.slice(start), key];
    path.push(key);
    for (const dependency of byKey.get(key)?.dependsOn ?? []) {
      const cycle = visit(dependency);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    finished.add(key);
    return undefined;
  };
  for (const { key } of tasks) {
    const cycle = visit(key);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
};

const findSharedPaths = (tasks: readonly PlannedTask[]): readonly Issue[] => {
  const issues: Issue[] = [];
  const exactOwner = new Map<string, PlannedTask>();
  const folders: (readonly [string, PlannedTask])[] = [];
  const refuse = (task: PlannedTask, path: string, other: PlannedTask): void => {
    if (task.key !== other.key) {
      issues.push({ field: `tasks.${task.key}.paths`, reason: `${path} may also be written by ${other.key}` });
    }
  };
  for (const task of tasks) {
    for (const path of task.paths) {
      for (const [folder, other] of folders) if (pathsOverlap(folder, path)) refuse(task, path, other);
      if (path.endsWith('/')) {
        for (const [exact, other] of exactOwner) if (covers(path, exact)) refuse(task, path, other);
        folders.push([path, task]);
      } else {
        const other = exactOwner.get(path);
        if (other !== undefined) refuse(task, path, other);
        exactOwner.set(path, task);
      }
    }
  }
  return issues;
};

/**
 * The faults of a plan; empty when it can be used.
 * @param knownKeys keys of tasks that exist already, which a plan may depend on but not use again
 */
export const findPlanFaults = (
  tasks: readonly PlannedTask[],
  team: readonly RoleName[],
  knownKeys: readonly string[] = [],
): readonly Issue[] => {
  if (tasks.length === 0) return [{ field: 'tasks', reason: 'a plan needs at least one task' }];
  if (tasks.length > maxPlannedTasks) {
    return [{ field: 'tasks', reason: `a plan has at most ${maxPlannedTasks} tasks` }];
  }
  const issues: Issue[] = [];
  const seen = new Set(knownKeys);
  for (const { key } of tasks) {
    if (seen.has(key)) issues.push({ field: `tasks.${key}.key`, reason: 'the key is used twice' });
    seen.add(key);
  }
  for (const task of tasks) {
    if (!team.includes(task.role)) {
      issues.push({ field: `tasks.${task.key}.role`, reason: `nobody in the team is ${task.role}` });
    }
    if (!taskKinds[task.kind].plannable) {
      issues.push({ field: `tasks.${task.key}.kind`, reason: `${task.kind} tasks are made by the workflow itself` });
    }
    for (const dependency of task.dependsOn) {
      if (!seen.has(dependency)) {
        issues.push({ field: `tasks.${task.key}.dependsOn`, reason: `there is no task ${dependency}` });
      }
    }
  }
  const cycle = findCycle(tasks);
  if (cycle !== undefined) issues.push({ field: 'tasks.dependsOn', reason: `a cycle: ${cycle.join(' → ')}` });
  return [...issues, ...findSharedPaths(tasks)];
};
