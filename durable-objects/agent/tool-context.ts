/** What the tools of a run reach: the project's repository, the toolchain, the sandbox, and the project itself. */
import { guardSandbox } from '../../shared/adapters/services/guarded-sandbox.ts';
import type { AgentIdentity, Run } from '../../shared/domain/agent/state.ts';
import type { ToolContext } from '../../shared/domain/tool/tool.ts';
import { objectName, projectStub, repositoryStub } from '../stubs.ts';
import type { AgentEnvironment } from './environment.ts';

/** Fresh stubs for one call of a tool. */
export const createToolContext = (
  env: AgentEnvironment,
  identity: AgentIdentity,
  { assignment }: Run,
  commandId: string,
): Omit<ToolContext, 'sendMessage'> => {
  const { workspaceId, projectId, agentId, role, name } = identity;
  return {
    assignment,
    role,
    commandId,
    author: { name, email: `${name}@aidevos.invalid` },
    sandboxHost: objectName(workspaceId, 'agent', agentId),
    repository: repositoryStub(env, workspaceId, projectId),
    toolchain: env.TOOLCHAIN,
    sandbox: guardSandbox(env.SANDBOX),
    project: projectStub(env, workspaceId, projectId),
  };
};
