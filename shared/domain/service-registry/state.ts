/** The services of one shard as its log tells them. Leases are not in it: they change with every heartbeat. */
import type { ServiceEvent } from '../../protocol/service-events.ts';
import { addressText, type ServiceAddress, type ServiceInstance } from './service.ts';

/** An instance without what its heartbeats say. */
export type RecordedService = Omit<ServiceInstance, 'load' | 'lease'> & { readonly leaseSeconds?: number };

export interface RegistryState {
  /** By `<name>/<instance>`. */
  readonly services: Readonly<Record<string, RecordedService>>;
}

export const emptyRegistry: RegistryState = { services: {} };

const put = (state: RegistryState, service: RecordedService): RegistryState => ({
  services: { ...state.services, [addressText(service)]: service },
});

/** The state after one event. */
export const evolveRegistry = (state: RegistryState, event: ServiceEvent, recordedAt: number): RegistryState => {
  const known = findService(state, event);
  switch (event.type) {
    case 'service.registered': {
      const { type: _type, ...service } = event;
      return put(state, {
        ...service,
        health: 'passing',
        registeredAt: recordedAt,
        updatedAt: recordedAt,
        revision: 1,
      });
    }
    case 'service.updated': {
      if (known === undefined) return state;
      const { metadata, endpoints } = event;
      return put(state, { ...known, metadata, endpoints, updatedAt: recordedAt, revision: known.revision + 1 });
    }
    case 'service.health_changed':
      return known === undefined ? state : put(state, { ...known, health: event.health });
    case 'service.deregistered': {
      const { [addressText(event)]: _gone, ...services } = state.services;
      return { services };
    }
  }
};

/** The instance of that address, or undefined. */
export const findService = (state: RegistryState, address: ServiceAddress): RecordedService | undefined => {
  const key = addressText(address);
  return Object.hasOwn(state.services, key) ? state.services[key] : undefined;
};
