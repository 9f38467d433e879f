/** Finding services together with the single objects of the platform. */
import type { WorkspaceId } from '../domain/ids.ts';
import type { ServiceCriteria, ServiceFilter } from '../domain/service-registry/criteria.ts';
import type { ServiceAddress, ServiceInstance } from '../domain/service-registry/service.ts';
import type { Result } from '../errors/result.ts';
import type { Discovery } from './service-lookup.ts';

export interface PageOfServices extends Discovery {
  /** `<name>/<instance>`: pass it as `after` for the next page; absent on the last. */
  readonly next?: string;
}

export interface ServiceFinder {
  /**
   * As `ServiceLookup.discover`. Criteria that name a kind (`aidevos-agent`) find its single objects as well: those that
   * can be given something to do, idle ones first, 50 of them unless told.
   */
  discover(
    workspaceId: WorkspaceId,
    criteria: ServiceCriteria & { readonly limit?: number },
  ): Promise<Result<Discovery>>;
  /**
   * Every instance that the filter lets through, by name and instance. A filter that names a kind lists its objects in the
   * order of their ids, after the kind itself, which is on the first page besides.
   */
  page(
    workspaceId: WorkspaceId,
    filter: ServiceFilter & { readonly after?: string; readonly limit: number },
  ): Promise<Result<PageOfServices>>;
  /** Undefined when there is none. */
  get(workspaceId: WorkspaceId, address: ServiceAddress): Promise<Result<ServiceInstance | undefined>>;
}
