import { agentEventTypes, type AgentEvent } from '../../shared/domain/agent/events.ts';
import { evolveAgent, initialAgentState, type AgentState } from '../../shared/domain/agent/state.ts';
import { refuseWorkflow, runWorkflowVersion } from '../../shared/domain/workflow/version.ts';
import type { Aggregate } from '../platform/aggregate.ts';

export const agentAggregate: Aggregate<AgentState, AgentEvent> = {
  initial: initialAgentState,
  evolve: evolveAgent,
  stateVersion: 1,
  eventTypes: agentEventTypes,
  refuse: ({ run }) => refuseWorkflow('The run', run?.workflowVersion, runWorkflowVersion),
};
