import { createId, type WorkspaceId } from '../ids.ts';

/** The workspace that is there from the start and that the bootstrap key belongs to: named `local`, the same everywhere. */
export const localWorkspaceId: WorkspaceId = createId('wsp', 0, new Uint8Array(16));

export const localWorkspaceName = 'local';
