/** Instances as callers see them: what the log says together with what the heartbeats say and upgrades make of it. */
import { addressText, type ServiceInstance } from './service.ts';
import type { Lease } from './leases.ts';
import { servicesNamed, type RecordedService, type RegistryState } from './state.ts';
import { groupOf, isActive, upgradeWeights } from './upgrade/upgrade.ts';

/** A lease with what its last heartbeat said of the load; more than this, such as a token, never gets into a view. */
type HeardLease = Lease & { readonly load: number };

/** What an upgrade that goes on makes of an instance of its name. */
interface Share {
  readonly weight: number;
  readonly upgrade: NonNullable<ServiceInstance['upgrade']>;
}

/** The shares of all instances that take part in upgrades, by address. */
const sharesOf = (state: RegistryState): ReadonlyMap<string, Share> =>
  new Map(
    Object.values(state.upgrades ?? {})
      .filter(isActive)
      .flatMap((upgrade) => {
        const instances = servicesNamed(state, upgrade.name);
        const weights = upgradeWeights(upgrade, instances);
        return instances.flatMap((service) => {
          const [weight, group] = [weights.get(service.instance), groupOf(upgrade, service)];
          if (weight === undefined || group === undefined) return [];
          return [[addressText(service), { weight, upgrade: { id: upgrade.id, group } }] as const];
        });
      }),
  );

const viewOne = (
  { leaseSeconds, ...service }: RecordedService,
  lease: HeardLease | undefined,
  share: Share | undefined,
): ServiceInstance => {
  const shared =
    share === undefined
      ? service
      : { ...service, metadata: { ...service.metadata, weight: share.weight }, upgrade: share.upgrade };
  if (leaseSeconds === undefined || lease === undefined) return { ...shared, load: 0 };
  return { ...shared, load: lease.load, lease: { seconds: lease.seconds, expiresAt: lease.expiresAt } };
};

/** An instance of the state, with its lease if it has one. */
export const viewService = (
  state: RegistryState,
  service: RecordedService,
  lease: HeardLease | undefined,
): ServiceInstance => viewOne(service, lease, sharesOf(state).get(addressText(service)));

export const viewServices = (state: RegistryState, leases: readonly HeardLease[]): readonly ServiceInstance[] => {
  const byAddress = new Map(leases.map((lease) => [addressText(lease), lease]));
  const shares = sharesOf(state);
  return Object.entries(state.services).map(([address, service]) =>
    viewOne(service, byAddress.get(address), shares.get(address)),
  );
};
