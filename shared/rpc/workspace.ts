/** What a Workspace object offers over Workers RPC to other objects; the edge's part is beside it. */
import type { ProjectId } from '../domain/ids.ts';
import type { Result } from '../errors/result.ts';

export interface WorkspaceProjects {
  /** Puts a project on the workspace's list; a repeat changes nothing. */
  registerProject(command: {
    readonly commandId: string;
    readonly projectId: ProjectId;
    readonly name: string;
    readonly createdAt: number;
  }): Promise<Result<{ readonly registered: boolean }>>;
}
