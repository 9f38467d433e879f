/** Keeping the platform's own services in a registry as the code that runs says them. */
import type { ServiceEvent } from '../../protocol/service-events.ts';
import { addressText, type ServiceAddress, type ServiceEndpoint, type ServiceMetadata } from './service.ts';
import { findService, type RegistryState } from './state.ts';

/** `objectId` `*` in an endpoint: there are many objects of the kind, each reached through the platform's own API. */
export interface PlatformService extends ServiceAddress {
  readonly metadata: ServiceMetadata;
  readonly endpoints: readonly ServiceEndpoint[];
}

/** Nobody else registers under this owner. */
const platformOwner = 'platform';

/** The events after which the registry holds exactly these services of the platform; none when it does already. */
export const decidePlatformServices = (
  state: RegistryState,
  wanted: readonly PlatformService[],
): readonly ServiceEvent[] => {
  const names = new Set(wanted.map(addressText));
  const gone = Object.values(state.services).filter(
    (service) => service.owner === platformOwner && !names.has(addressText(service)),
  );
  return [
    ...gone.map(({ name, instance }): ServiceEvent => ({
      type: 'service.deregistered',
      name,
      instance,
      reason: 'asked',
    })),
    ...wanted.flatMap((service): readonly ServiceEvent[] => {
      const known = findService(state, service);
      if (known === undefined) {
        return [{ type: 'service.registered', kind: 'platform', owner: platformOwner, ...service }];
      }
      const isSame =
        JSON.stringify([known.metadata, known.endpoints]) === JSON.stringify([service.metadata, service.endpoints]);
      return isSame ? [] : [{ type: 'service.updated', ...service }];
    }),
  ];
};
