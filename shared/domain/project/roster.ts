/** Who of a project's team is there to work: everybody, without those whom a pool has sent to rest. */
import type { AgentSeat } from '../../protocol/project-events.ts';
import type { RoleName } from '../../protocol/stages.ts';
import type { AgentId } from '../ids.ts';
import { tasksOf, type ProjectState } from './state.ts';

export const isResting = ({ resting = [] }: ProjectState, agentId: AgentId): boolean => resting.includes(agentId);

/** Seats of agents that are not at rest, in the order in which they joined; of one role, or of all. */
export const activeSeats = (state: ProjectState, role?: RoleName): readonly AgentSeat[] =>
  state.agents.filter((seat) => (role === undefined || seat.role === role) && !isResting(state, seat.agentId));

/** Agents that hold a task. */
export const holdersOf = (state: ProjectState): ReadonlySet<AgentId> =>
  new Set(
    tasksOf(state).flatMap(({ status, agentId }) => (status === 'assigned' && agentId !== undefined ? [agentId] : [])),
  );
