/** Instances as callers see them: what the log says together with what the heartbeats say. */
import { addressText, type ServiceInstance } from './service.ts';
import type { Lease } from './leases.ts';
import type { RecordedService, RegistryState } from './state.ts';

/** A lease with what its last heartbeat said of the load; more than this, such as a token, never gets into a view. */
type HeardLease = Lease & { readonly load: number };

export const viewService = (service: RecordedService, lease: HeardLease | undefined): ServiceInstance => {
  const { leaseSeconds, ...rest } = service;
  if (leaseSeconds === undefined || lease === undefined) return { ...rest, load: 0 };
  return { ...rest, load: lease.load, lease: { seconds: lease.seconds, expiresAt: lease.expiresAt } };
};

export const viewServices = (state: RegistryState, leases: readonly HeardLease[]): readonly ServiceInstance[] => {
  const byAddress = new Map(leases.map((lease) => [addressText(lease), lease]));
  return Object.entries(state.services).map(([address, service]) => viewService(service, byAddress.get(address)));
};
