/** How the pools of a project change with its events, and since when their agents are idle. */
import type { PoolEvent } from '../../protocol/pools.ts';
import type { ProjectEvent } from '../../protocol/project-events.ts';
import type { PoolChange } from '../../rpc/project-pools.ts';
import type { AgentId } from '../ids.ts';
import type { Pool, ProjectState } from './state.ts';

type Resized = Extract<PoolEvent, { type: 'pool.grew' | 'pool.shrank' }>;

const configure = (
  state: ProjectState,
  { pools }: Extract<PoolEvent, { type: 'pools.configured' }>,
  at: number,
): ProjectState => ({
  ...state,
  pools: pools.map((settings): Pool => {
    const known = state.pools?.find(({ role }) => role === settings.role);
    return {
      ...settings,
      since: known?.since ?? at,
      ...(known?.lastChange === undefined ? {} : { lastChange: known.lastChange }),
    };
  }),
});

const changeOf = ({ type, reason, from, to, queued, working }: Resized, at: number): PoolChange => ({
  direction: type === 'pool.grew' ? 'grew' : 'shrank',
  reason,
  from,
  to,
  queued,
  working,
  at,
});

/** Who left is given back to the workspace. */
const grantedAfter = (state: ProjectState, left: number): Pick<ProjectState, 'agentsGranted'> =>
  state.agentsGranted === undefined || left === 0 ? {} : { agentsGranted: state.agentsGranted - left };

/** `idleSince` of agents that joined begins now; of those who rest it is forgotten. */
const resize = (state: ProjectState, event: Resized, at: number): ProjectState => {
  const { resting = [], idleSince = {}, pools = [] } = state;
  const lastChange = changeOf(event, at);
  const joined = event.type === 'pool.grew' ? [...event.revived, ...event.enrolled.map(({ agentId }) => agentId)] : [];
  const left = event.type === 'pool.shrank' ? event.rested : [];
  const others = Object.entries(idleSince).filter(([agentId]) => !left.some((gone) => gone === agentId));
  return {
    ...state,
    agents: event.type === 'pool.grew' ? [...state.agents, ...event.enrolled] : state.agents,
    resting: [...resting.filter((agentId) => !joined.includes(agentId)), ...left],
    idleSince: { ...Object.fromEntries(others), ...Object.fromEntries(joined.map((agentId) => [agentId, at])) },
    ...grantedAfter(state, left.length),
    pools: pools.map((pool) => (pool.role === event.role ? { ...pool, lastChange } : pool)),
  };
};

const holderIn = (state: ProjectState, event: ProjectEvent): AgentId | undefined => {
  const task = 'taskId' in event ? state.tasks[event.taskId] : undefined;
  return task?.status === 'assigned' ? task.agentId : undefined;
};

/** Notes who became free, and forgets it of whoever was given a task. */
const noteHolder = (before: ProjectState, after: ProjectState, event: ProjectEvent, at: number): ProjectState => {
  const was = holderIn(before, event);
  const is = holderIn(after, event);
  if (was === is) return after;
  const others = Object.entries(after.idleSince ?? {}).filter(([agentId]) => agentId !== is);
  const freed = was === undefined ? {} : { [was]: at };
  return { ...after, idleSince: { ...Object.fromEntries(others), ...freed } };
};

/** @param before the state that the event met; @param after the state it left, without what is decided here. */
export const evolvePools = (
  before: ProjectState,
  after: ProjectState,
  event: ProjectEvent,
  at: number,
): ProjectState => {
  switch (event.type) {
    case 'pools.configured':
      return configure(after, event, at);
    case 'agents.granted':
      return { ...after, agentsGranted: event.agents };
    case 'pool.grew':
    case 'pool.shrank':
      return resize(after, event, at);
    default:
      return after.pools === undefined ? after : noteHolder(before, after, event, at);
  }
};
