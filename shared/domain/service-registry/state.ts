/** The services of one shard as its log tells them. Leases are not in it: they change with every heartbeat. */
import type { InstanceEvent, ServiceEvent } from '../../protocol/service-events.ts';
import { addressText, type ServiceAddress, type ServiceInstance } from './service.ts';
import { evolveUpgrades, type Upgrades } from './upgrade/evolve.ts';
import type { Upgrade } from './upgrade/upgrade.ts';

/** An instance without what its heartbeats say. */
export type RecordedService = Omit<ServiceInstance, 'load' | 'lease' | 'upgrade'> & { readonly leaseSeconds?: number };

export interface RegistryState {
  /** By `<name>/<instance>`. */
  readonly services: Readonly<Record<string, RecordedService>>;
  /** The latest upgrade of each name; absent in what was kept before there were upgrades. */
  readonly upgrades?: Upgrades;
}

export const emptyRegistry: RegistryState = { services: {} };

const put = (state: RegistryState, service: RecordedService): RegistryState => ({
  ...state,
  services: { ...state.services, [addressText(service)]: service },
});

/** The state after one event. */
export const evolveRegistry = (state: RegistryState, event: ServiceEvent, recordedAt: number): RegistryState =>
  'instance' in event
    ? evolveInstances(state, event, recordedAt)
    : { ...state, upgrades: evolveUpgrades(state.upgrades ?? {}, event, recordedAt) };

const evolveInstances = (state: RegistryState, event: InstanceEvent, recordedAt: number): RegistryState => {
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
      return { ...state, services };
    }
  }
};

/** The instance of that address, or undefined. */
export const findService = (state: RegistryState, address: ServiceAddress): RecordedService | undefined => {
  const key = addressText(address);
  return Object.hasOwn(state.services, key) ? state.services[key] : undefined;
};

/** All instances of a name. */
export const servicesNamed = ({ services }: RegistryState, name: string): readonly RecordedService[] =>
  Object.values(services).filter((service) => service.name === name);

/** The latest upgrade of a name, or undefined. */
export const findUpgrade = ({ upgrades = {} }: RegistryState, name: string): Upgrade | undefined =>
  Object.hasOwn(upgrades, name) ? upgrades[name] : undefined;
