/** What a Workspace object offers over Workers RPC to other objects; the edge's part is beside it. */
import type { GrantAnswer } from '../domain/budget/usage.ts';
import type { ProjectId } from '../domain/ids.ts';
import type { Result } from '../errors/result.ts';
import type { WorkspaceHoldings } from './workspace-quotas.ts';
import type { ExtendProjectGrant, ProjectStatement } from './usage.ts';

export interface WorkspaceProjects extends WorkspaceHoldings {
  /** Puts a project on the workspace's list; a repeat changes nothing. */
  registerProject(command: {
    readonly commandId: string;
    readonly projectId: ProjectId;
    readonly name: string;
    readonly createdAt: number;
  }): Promise<Result<{ readonly registered: boolean }>>;
  /** Grants a project what its next call needs, or says why not. Repeating a request is harmless, as for agents. */
  extendGrant(command: ExtendProjectGrant): Promise<Result<GrantAnswer>>;
  /** What a project used so far; older statements than the newest change nothing. */
  reportUsage(statement: ProjectStatement): Promise<Result<{ readonly noted: true }>>;
}
