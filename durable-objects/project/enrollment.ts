import type { AgentId } from '../../shared/domain/ids.ts';
import { modelOf } from '../../shared/domain/project/evolve-fork.ts';
import type { ProjectState } from '../../shared/domain/project/state.ts';
import { agentStub, type ObjectBindings } from '../stubs.ts';

/** Gives an agent of the project its identity; repeating it changes nothing. @throws Error when the agent refuses. */
export const enrollAgent = async (
  env: Pick<ObjectBindings, 'AGENT'>,
  state: ProjectState,
  agentId: AgentId,
): Promise<void> => {
  const { identity, agents } = state;
  const seat = agents.find((candidate) => candidate.agentId === agentId);
  if (seat === undefined || identity === undefined) return;
  const { workspaceId, projectId } = identity;
  const model = modelOf(state, seat.role) ?? identity.model;
  const enrolled = await agentStub(env, workspaceId, agentId).enroll({
    commandId: `${agentId}/enroll`,
    workspaceId,
    projectId,
    model,
    ...seat,
  });
  if (!enrolled.ok) throw new Error(enrolled.error.detail);
};
