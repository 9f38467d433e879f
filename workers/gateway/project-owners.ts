/**
 * Which workspace a project belongs to, for callers that are nobody: visitors of deployed apps. It never changes, so it
 * is remembered in the isolate, and apps stay up while the directory does not answer or is built again.
 */
import type { DirectoryReader } from '../../shared/adapters/directory/contract.ts';
import { parseId, type ProjectId, type WorkspaceId } from '../../shared/domain/ids.ts';
import { deadlines, withDeadline } from './deadline.ts';

export interface ProjectOwners {
  /** Undefined when there is no such project. Rejects when it cannot be told. */
  find(projectId: ProjectId): Promise<WorkspaceId | undefined>;
}

const maxRemembered = 10_000;

export const createProjectOwners = (directory: Pick<DirectoryReader, 'findProject'>): ProjectOwners => {
  const known = new Map<ProjectId, WorkspaceId>();
  return {
    find: async (projectId) => {
      const remembered = known.get(projectId);
      if (remembered !== undefined) return remembered;
      const row = await withDeadline(directory.findProject(projectId), deadlines.directoryMs);
      const workspaceId = parseId('wsp', row?.workspaceId ?? '');
      if (workspaceId === undefined) return undefined;
      if (known.size >= maxRemembered) known.clear();
      known.set(projectId, workspaceId);
      return workspaceId;
    },
  };
};
