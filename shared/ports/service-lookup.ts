/** Finding services without asking the registry: from snapshots that go on answering while it is down. */
import type { WorkspaceId } from '../domain/ids.ts';
import type { ServiceCriteria, ServiceFilter } from '../domain/service-registry/criteria.ts';
import type { ServiceInstance } from '../domain/service-registry/service.ts';
import type { Result } from '../errors/result.ts';

export interface Discovery {
  /** Best first; empty when nothing offers what was asked for. */
  readonly services: readonly ServiceInstance[];
  /** The oldest of the snapshots that were read, in milliseconds since the epoch. */
  readonly asOf: number;
  /** The registry has not been heard of for longer than these leases: they are its last word, and may be gone. */
  readonly lapsed: boolean;
}

export interface ServiceLookup {
  /** Instances that can be sent requests now. Refused only for a criterion that is not valid, or when nothing was ever read. */
  discover(workspaceId: WorkspaceId, criteria: ServiceCriteria): Promise<Result<Discovery>>;
  /** Every instance that the filter lets through, by name and instance. */
  list(workspaceId: WorkspaceId, filter: ServiceFilter): Promise<Result<Discovery>>;
}
