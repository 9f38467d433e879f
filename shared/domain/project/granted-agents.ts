/** How many agents the workspace grants a project, and how many it wants. */
import type { ProjectEvent } from '../../protocol/project-events.ts';
import { isFinalStatus } from '../../protocol/project-events.ts';
import { activeSeats } from './roster.ts';
import type { ProjectState } from './state.ts';

/** Those who are there were granted when the project was made; its pools ask for more. */
export const grantedAgents = (state: ProjectState): number => state.agentsGranted ?? activeSeats(state).length;

/** The workspace grants another number than before. */
export const decideGranted = (state: ProjectState, agents: number, wanted: number): readonly ProjectEvent[] =>
  state.pools === undefined || isFinalStatus(state.status) || agents === grantedAgents(state)
    ? []
    : [{ type: 'agents.granted', agents, wanted }];
