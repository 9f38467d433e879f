/** What happens in a service registry, as its log, its sockets and the bus carry it. */
import type {
  ServiceAddress,
  ServiceEndpoint,
  ServiceHealth,
  ServiceKind,
  ServiceMetadata,
} from '../domain/service-registry/service.ts';

export type ServiceEvent =
  | (ServiceAddress & {
      readonly type: 'service.registered';
      readonly kind: ServiceKind;
      readonly owner: string;
      readonly metadata: ServiceMetadata;
      readonly endpoints: readonly ServiceEndpoint[];
      readonly leaseSeconds?: number;
    })
  | (ServiceAddress & {
      readonly type: 'service.updated';
      readonly metadata: ServiceMetadata;
      readonly endpoints: readonly ServiceEndpoint[];
    })
  | (ServiceAddress & { readonly type: 'service.health_changed'; readonly health: ServiceHealth })
  | (ServiceAddress & {
      readonly type: 'service.deregistered';
      /** `lease_expired`: no heartbeat came in time. `replaced`: registered again after its lease had ended. */
      readonly reason: 'asked' | 'lease_expired' | 'replaced';
    });

export const serviceEventTypes: Readonly<Record<ServiceEvent['type'], true>> = {
  'service.registered': true,
  'service.updated': true,
  'service.health_changed': true,
  'service.deregistered': true,
};
