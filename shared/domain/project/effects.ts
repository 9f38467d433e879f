/** What has to be done outside because of an event. The object writes these down in the event's own transaction. */
import type { Settlement } from '../effect/doubt.ts';
import type { TaskHelp } from '../agent/assignment.ts';
import type { AgentId, TaskId } from '../ids.ts';
import type { ProjectEvent } from '../../protocol/project-events.ts';
import { taskKinds } from '../workflow/task-kinds.ts';
import { settleKey } from './doubts.ts';
import { isMeasured } from './gates.ts';
import { activeSeats, holdersOf } from './roster.ts';
import { tasksOf, type ProjectState } from './state.ts';

export type Effect =
  | { readonly type: 'set_up' }
  | { readonly type: 'open_branch'; readonly agentId: AgentId; readonly branch: string; readonly fencingToken: number }
  | { readonly type: 'assign'; readonly agentId: AgentId; readonly taskId: TaskId }
  | {
      readonly type: 'help';
      readonly agentId: AgentId;
      readonly help: TaskHelp;
    }
  /** From now on the repository takes writes only of later assignments. */
  | { readonly type: 'fence_off'; readonly fencingToken: number }
  | { readonly type: 'cancel'; readonly agentId: AgentId; readonly taskId: TaskId }
  | { readonly type: 'settle'; readonly agentId: AgentId; readonly settlement: Settlement }
  | { readonly type: 'merge'; readonly taskId: TaskId }
  | { readonly type: 'enroll_team' }
  /** The workspace is told what the project has of its quotas. */
  | { readonly type: 'state_quota' }
  | { readonly type: 'measure' }
  /** Brings the objects of agents to what their pool says: at work or at rest. */
  | { readonly type: 'settle_seats'; readonly agents: readonly AgentId[] }
  /** The slot's app is a service no longer; it goes on answering at its own address. */
  | { readonly type: 'withdraw_app'; readonly slot: 'preview' | 'staging' }
  /** The agents ask before their next call, also those that wait. */
  | { readonly type: 'tell_budget'; readonly agents: readonly AgentId[] };

const cancelAll = (state: ProjectState): readonly Effect[] =>
  tasksOf(state).flatMap(({ taskId, status, agentId }) =>
    status === 'assigned' && agentId !== undefined ? [{ type: 'cancel' as const, agentId, taskId }] : [],
  );

/** The one who made the call goes on; the project manager, should it still think about it, need not any longer. */
const settle = (event: Extract<ProjectEvent, { type: 'effect.settled' }>, state: ProjectState): readonly Effect[] => {
  const { type: _type, taskId: _taskId, leaseExpiresAt, ...settlement } = event;
  const agentId = state.effects?.[event.effectId]?.agentId;
  const goesOn = leaseExpiresAt !== undefined && agentId !== undefined && event.by !== 'lookup';
  const asked = tasksOf(state).find(
    ({ task, status }) => status === 'assigned' && task.key === settleKey(event.effectId),
  );
  return [
    ...(goesOn ? [{ type: 'settle' as const, agentId, settlement }] : []),
    ...(asked?.agentId === undefined
      ? []
      : [{ type: 'cancel' as const, agentId: asked.agentId, taskId: asked.taskId }]),
  ];
};
/** What was under way outside when the original was copied. */
const takeUp = (state: ProjectState): readonly Effect[] => [
  { type: 'state_quota' },
  { type: 'enroll_team' },
  ...tasksOf(state).flatMap(({ taskId, status }) => (status === 'merging' ? [{ type: 'merge' as const, taskId }] : [])),
  ...(state.stage === 'validation' && !isMeasured(state.measurements, state.commit ?? '')
    ? [{ type: 'measure' as const }]
    : []),
];

const cancelHolder = (state: ProjectState, taskId: TaskId): readonly Effect[] => {
  const task = state.tasks[taskId];
  return task?.status === 'assigned' && task.agentId !== undefined
    ? [{ type: 'cancel', agentId: task.agentId, taskId }]
    : [];
};

/** What the holder goes on with; a task that nobody holds carries the help in its comments. */
const help = (state: ProjectState, event: Extract<ProjectEvent, { type: 'task.helped' }>): readonly Effect[] => {
  const { taskId, source, text } = event;
  const task = state.tasks[taskId];
  if (task?.status !== 'assigned' || task.agentId === undefined || task.fencingToken === undefined) return [];
  const { agentId, fencingToken, model } = task;
  const withModel = source === 'model' && model !== undefined ? { model } : {};
  return [{ type: 'help', agentId, help: { taskId, fencingToken, source, text, ...withModel } }];
};

const endAll = (state: ProjectState): readonly Effect[] => [
  { type: 'state_quota' },
  ...(state.commit === undefined ? [] : [{ type: 'fence_off' as const, fencingToken: state.nextFencingToken }]),
  ...cancelAll(state),
];

/** Nobody told those at rest of budgets that were changed meanwhile. */
const join = ({ revived, enrolled }: Extract<ProjectEvent, { type: 'pool.grew' }>): readonly Effect[] => [
  { type: 'settle_seats', agents: [...revived, ...enrolled.map(({ agentId }) => agentId)] },
  ...(revived.length === 0 ? [] : [{ type: 'tell_budget' as const, agents: revived }]),
];

/** What nobody goes on with is no service for others any more. Production is: people use it. */
const withdrawTrials = ({ deployments }: ProjectState): readonly Effect[] =>
  deployments.flatMap(({ slot }) => (slot === 'production' ? [] : [{ type: 'withdraw_app' as const, slot }]));

/** The effects of an event, given the state after it. */
export const effectsOf = (event: ProjectEvent, state: ProjectState): readonly Effect[] => {
  switch (event.type) {
    case 'team.formed':
      return [{ type: 'set_up' }, { type: 'state_quota' }];
    case 'task.assigned': {
      const { agentId, taskId, branch, fencingToken } = event;
      const task = state.tasks[taskId]?.task;
      const assign: Effect = { type: 'assign', agentId, taskId };
      return task !== undefined && taskKinds[task.kind].writes
        ? [{ type: 'open_branch', agentId, branch, fencingToken }, assign]
        : [assign];
    }
    case 'pool.grew':
      return join(event);
    case 'pool.shrank':
      return [{ type: 'settle_seats', agents: event.rested }, { type: 'state_quota' }];
    case 'deployment.recorded':
    case 'project.completed':
      return [{ type: 'state_quota' }];
    case 'fork.completed':
      return takeUp(state);
    case 'task.accepted':
      return [{ type: 'merge', taskId: event.taskId }];
    case 'effect.settled':
      return settle(event, state);
    case 'lease.expired':
      return [{ type: 'cancel', agentId: event.agentId, taskId: event.taskId }];
    case 'question.expired':
      return cancelHolder(state, event.taskId);
    case 'remedy.started':
      return event.remedy.type === 'none' ? cancelHolder(state, event.taskId) : [];
    case 'task.helped':
      return help(state, event);
    case 'budget.changed':
    case 'state.restored':
      return [{ type: 'tell_budget', agents: activeSeats(state).map(({ agentId }) => agentId) }];
    case 'project.resumed':
      return [{ type: 'tell_budget', agents: [...holdersOf(state)] }];
    case 'stage.entered':
      return event.stage === 'validation' ? [{ type: 'measure' }] : [];
    case 'project.cancelled':
    case 'project.failed':
      return [...endAll(state), ...withdrawTrials(state)];
    case 'project.blocked':
      return endAll(state);
    default:
      return [];
  }
};
