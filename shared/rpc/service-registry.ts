/**
 * What a ServiceRegistry object offers over Workers RPC. It holds one shard of a workspace's services
 * (`shared/domain/service-registry/shard.ts`) and is the only writer of it. Whoever looks services up does not call it but
 * a `ServiceLookup` (`shared/ports/service-lookup.ts`), which reads snapshots and works while this object is down.
 */
import type { ServiceCriteria, ServiceFilter } from '../domain/service-registry/criteria.ts';
import type {
  ServiceAddress,
  ServiceEndpoint,
  ServiceHealth,
  ServiceInstance,
  ServiceKind,
  ServiceMetadata,
} from '../domain/service-registry/service.ts';
import type { Result } from '../errors/result.ts';
import type { ServiceEvent } from '../protocol/service-events.ts';
import type { EventsQuery } from './events-query.ts';

/** `leaseSeconds` absent: no heartbeat is expected, and the instance stays until it is deregistered. */
export interface RegisterService extends ServiceAddress {
  readonly commandId: string;
  readonly kind: ServiceKind;
  readonly owner: string;
  readonly metadata: ServiceMetadata;
  readonly endpoints: readonly ServiceEndpoint[];
  /** 5 to 3,600. */
  readonly leaseSeconds?: number;
}

export interface Registration {
  readonly service: ServiceInstance;
  /** The secret that heartbeats must carry; given out once, with the lease. */
  readonly leaseToken?: string;
}

/** Who changes an instance: its owner, or whoever holds its lease. */
export type ServiceAuthority =
  | { readonly kind: 'owner'; readonly owner: string }
  | { readonly kind: 'lease'; readonly leaseToken: string };

export interface UpdateService extends ServiceAddress {
  readonly commandId: string;
  readonly authority: ServiceAuthority;
  /** Only what is given changes; `tags`, `capabilities` and `attributes` are replaced as a whole. */
  readonly metadata?: Partial<ServiceMetadata>;
  readonly endpoints?: readonly ServiceEndpoint[];
  /** Refused with `state.conflict` when the instance is at another revision. */
  readonly ifRevision?: number;
}

export interface DeregisterService extends ServiceAddress {
  readonly commandId: string;
  readonly authority: ServiceAuthority;
}

export interface Heartbeat extends ServiceAddress {
  readonly leaseToken: string;
  readonly health?: ServiceHealth;
  /** 0 to 1. */
  readonly load?: number;
}

/** One shard as of a moment. A reader that has a higher `sequence` and `asOf` ignores it. */
export interface RegistrySnapshot {
  readonly shard: number;
  /** Of the last event in it. */
  readonly sequence: number;
  /** When the registry said so, in milliseconds since the epoch. */
  readonly asOf: number;
  readonly services: readonly ServiceInstance[];
}

export interface ServiceRegistryRpc {
  /**
   * Makes an instance known. `resource.conflict` when the instance is there with a lease that runs (or none), when the
   * name belongs to another owner, or when the shard is full (the quota is named).
   */
  registerService(command: RegisterService): Promise<Result<Registration>>;
  updateService(command: UpdateService): Promise<Result<ServiceInstance>>;
  /** Answers the instance as it was. */
  deregisterService(command: DeregisterService): Promise<Result<ServiceInstance>>;
  /** Extends the lease. `lease.stale` for a token that is not the instance's: it was never, or is no longer, registered. */
  heartbeat(beat: Heartbeat): Promise<Result<{ readonly expiresAt: number }>>;
  /** Instances that can be sent requests now, best first. */
  discoverService(criteria: ServiceCriteria): Promise<Result<readonly ServiceInstance[]>>;
  /** Every instance that the filter lets through, by name and instance. */
  listServices(filter: ServiceFilter): Promise<Result<readonly ServiceInstance[]>>;
  snapshot(): Promise<Result<RegistrySnapshot>>;
  events(
    query: EventsQuery,
  ): Promise<
    Result<readonly { readonly sequence: number; readonly recordedAt: number; readonly event: ServiceEvent }[]>
  >;
}
