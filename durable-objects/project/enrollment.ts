import type { AgentId } from '../../shared/domain/ids.ts';
import type { ProjectState } from '../../shared/domain/project/state.ts';
import { agentStub, type ObjectBindings } from '../stubs.ts';

/** Gives an agent of the project its identity; repeating it changes nothing. @throws Error when the agent refuses. */
export const enrollAgent = async (
  env: Pick<ObjectBindings, 'AGENT'>,
  { identity, agents }: ProjectState,
  agentId: AgentId,
): Promise<void> => {
  const seat = agents.find((candidate) => candidate.agentId === agentId);
  if (seat === undefined || identity === undefined) return;
  const { workspaceId, projectId, model } = identity;
  const enrolled = await agentStub(env, workspaceId, agentId).enroll({
    commandId: `${agentId}/enroll`,
    workspaceId,
    projectId,
    model,
    ...seat,
  });
  if (!enrolled.ok) throw new Error(enrolled.error.detail);
};
