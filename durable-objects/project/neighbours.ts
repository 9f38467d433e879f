import type { AgentId } from '../../shared/domain/ids.ts';
import type { ProjectIdentity } from '../../shared/domain/project/state.ts';
import { agentStub, appName, repositoryStub, workspaceStub, type ObjectBindings } from '../stubs.ts';

/** Whom a project talks to: a fresh stub at each call, of its own workspace alone. */
export const neighboursOf = (env: ObjectBindings, identity: () => ProjectIdentity) => ({
  agent: (agentId: AgentId) => agentStub(env, identity().workspaceId, agentId),
  repository: () => repositoryStub(env, identity().workspaceId, identity().projectId),
  workspace: () => workspaceStub(env, identity().workspaceId),
  /** The name of its deployed app in the sandbox. */
  app: () => appName(identity().workspaceId, identity().projectId),
});
