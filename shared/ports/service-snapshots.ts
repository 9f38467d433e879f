/** Where registries leave what they know, for readers that must not depend on them. */
import type { WorkspaceId } from '../domain/ids.ts';
import type { RegistrySnapshot } from '../rpc/service-registry.ts';

export interface ServiceSnapshots {
  /** The newest snapshots of these shards; a shard that never wrote one is missing. Rejects when the store does not answer. */
  read(workspaceId: WorkspaceId, shards: readonly number[]): Promise<readonly RegistrySnapshot[]>;
  /** Keeps a snapshot unless a newer one is kept. Rejects when the store does; repeating is safe. */
  write(workspaceId: WorkspaceId, snapshot: RegistrySnapshot): Promise<void>;
}
