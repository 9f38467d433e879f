/** How a project becomes a copy of another one, event by event. */
import type { ProjectEvent } from '../../protocol/project-events.ts';
import type { TaskId } from '../ids.ts';
import type { ProjectState, Task } from './state.ts';

type EventOf<Type extends ProjectEvent['type']> = Extract<ProjectEvent, { type: Type }>;

/** The first event of a fork gives it its identity; those of forks that it was copied from only count. */
export const beginFork = (state: ProjectState, event: EventOf<'project.forked'>, at: number): ProjectState => {
  if (state.copying !== undefined) return { ...state, copying: state.copying + 1 };
  const { type: _type, from, sequence, run: _run, changes, ...identity } = event;
  return {
    ...state,
    identity: { ...identity, createdAt: at },
    forkedFrom: { projectId: from, sequence },
    changes,
    copying: 1,
  };
};

/** As if the task had not been assigned: its last attempt does not count. */
const release = (task: Task): Task => {
  const { agentId: _agentId, fencingToken: _token, leaseExpiresAt: _lease, inDoubt: _inDoubt, ...rest } = task;
  return { ...rest, status: 'waiting', attempt: Math.max(0, task.attempt - 1) };
};

const changeTask = (event: EventOf<'fork.completed'>, task: Task): readonly Task[] => {
  if (event.dropped.includes(task.taskId)) return [];
  if (event.released.includes(task.taskId)) return [release(task)];
  if (event.resumed?.taskId !== task.taskId) return [task];
  const { inDoubt: _inDoubt, ...rest } = task;
  return [{ ...rest, leaseExpiresAt: event.resumed.leaseExpiresAt }];
};

/** Calls in doubt are the original's: the copy makes them anew, or not at all. */
const settledEffects = ({ effects = {} }: ProjectState): NonNullable<ProjectState['effects']> =>
  Object.fromEntries(Object.entries(effects).filter(([, { status }]) => status === 'settled'));

/** The copy is whole. What was measured in the original's slots says nothing of the copy's. */
export const completeFork = (state: ProjectState, event: EventOf<'fork.completed'>, at: number): ProjectState => {
  const { copying = 1, agentsGranted: _granted, deadLetters: _deadLetters, pausedMs: _pausedMs, ...rest } = state;
  const tasks: Record<TaskId, Task> = {};
  for (const task of Object.values(state.tasks))
    for (const changed of changeTask(event, task)) tasks[changed.taskId] = changed;
  return {
    ...rest,
    ...(copying > 1 ? { copying: copying - 1 } : {}),
    ...(rest.pausedAt === undefined ? {} : { pausedAt: at }),
    ...(rest.status === 'completed' ? { status: 'active' as const } : {}),
    tasks,
    ...(state.effects === undefined ? {} : { effects: settledEffects(state) }),
    commit: event.commit,
    stage: event.stage,
    deployments: [],
    measurements: state.measurements.filter(({ kind }) => kind !== 'acceptance' && kind !== 'health'),
  };
};

/** The model that agents of a role are given. */
export const modelOf = (state: ProjectState, role: string): string | undefined =>
  (state.changes ?? []).findLast((change) => change.model !== undefined && (change.role ?? role) === role)?.model ??
  state.identity?.model;

/** What a person added to the prompt of a role. */
export const instructionsOf = (state: ProjectState, role: string): string | undefined => {
  const texts = (state.changes ?? []).flatMap((change) =>
    change.instructions !== undefined && (change.role ?? role) === role ? [change.instructions] : [],
  );
  return texts.length === 0 ? undefined : texts.join('\n\n');
};
