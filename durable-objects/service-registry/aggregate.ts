/** The registry's log as the event store reads it. */
import { emptyRegistry, evolveRegistry, type RegistryState } from '../../shared/domain/service-registry/state.ts';
import { serviceEventTypes, type ServiceEvent } from '../../shared/protocol/service-events.ts';
import type { Aggregate } from '../platform/index.ts';

export const registryAggregate: Aggregate<RegistryState, ServiceEvent> = {
  initial: emptyRegistry,
  evolve: evolveRegistry,
  stateVersion: 1,
  eventTypes: serviceEventTypes,
  restoreOver: () => 'services are what runs elsewhere. Register or deregister the one that is meant',
};
