/** What a registry does with a command: the events that follow, or why it is refused. Pure. */
import { valid } from 'semver';
import { err, ok, type AppError, type Result } from '../../errors/result.ts';
import type { ServiceEvent } from '../../protocol/service-events.ts';
import type {
  DeregisterService,
  RegisterService,
  ServiceAuthority,
  UpdateService,
} from '../../rpc/service-registry.ts';
import { isSameToken } from './leases.ts';
import {
  maxInstanceBytes,
  maxInstancesInShard,
  maxInstancesOfName,
  maxLeaseSeconds,
  maxShardBytes,
  maxWeight,
  minLeaseSeconds,
} from './limits.ts';
import { addressText, type ServiceAddress, type ServiceEndpoint, type ServiceMetadata } from './service.ts';
import { findService, findUpgrade, type RecordedService, type RegistryState } from './state.ts';
import { isActive } from './upgrade/upgrade.ts';

/** Whoever changes services over HTTP acts for the workspace. */
export const workspaceOwner = 'workspace';

export interface HeldLease {
  readonly token: string;
  readonly expiresAt: number;
}

const refuse = (type: AppError['type'], detail: string, field?: string, reason?: string): Result<never> =>
  err({ type, detail, ...(field === undefined || reason === undefined ? {} : { issues: [{ field, reason }] }) });

const invalid = (field: string, reason: string): Result<never> =>
  refuse('request.invalid', `${field}: ${reason}.`, field, reason);

const notThere = (address: ServiceAddress): Result<never> =>
  refuse('resource.not_found', `There is no service instance "${addressText(address)}".`);

const bytesOf = (value: unknown): number => {
  let bytes = 0;
  for (const character of JSON.stringify(value)) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
};

const bytesOfServices = new WeakMap<RecordedService, number>();

/** Of an instance that is in the state; counted once, because it is never changed in place. */
const bytesOfService = (service: RecordedService): number => {
  const { metadata, endpoints } = service;
  const bytes = bytesOfServices.get(service) ?? bytesOf({ metadata, endpoints });
  bytesOfServices.set(service, bytes);
  return bytes;
};

/** Whether the content fits into the shard beside what all others have. */
const checkShardBytes = (
  others: readonly RecordedService[],
  metadata: ServiceMetadata,
  endpoints: readonly ServiceEndpoint[],
): Result<null> => {
  const held = others.reduce((sum, service) => sum + bytesOfService(service), 0);
  if (held + bytesOf({ metadata, endpoints }) <= maxShardBytes) return ok(null);
  const reason = `does not fit: its shard of the registry holds ${held} of ${maxShardBytes} bytes, which is the quota "bytes of a shard"`;
  return refuse('resource.conflict', `The instance ${reason}; deregister some first.`, 'body', reason);
};

const checkContent = (metadata: ServiceMetadata, endpoints: readonly ServiceEndpoint[]): Result<null> => {
  if (valid(metadata.version) !== metadata.version.split('+')[0]) {
    return invalid('metadata.version', 'must be a semantic version like 1.4.0');
  }
  if (!(metadata.weight >= 0 && metadata.weight <= maxWeight)) {
    return invalid('metadata.weight', `must be from 0 to ${maxWeight}`);
  }
  if (endpoints.length === 0) return invalid('endpoints', 'must name at least one endpoint');
  const bytes = bytesOf({ metadata, endpoints });
  if (bytes <= maxInstanceBytes) return ok(null);
  const reason = `metadata and endpoints have ${bytes} bytes as JSON; at most ${maxInstanceBytes} are kept`;
  return refuse('request.too_large', `body: ${reason}.`, 'body', reason);
};

const checkRoom = (state: RegistryState, { name, owner, metadata, endpoints }: RegisterService): Result<null> => {
  const all = Object.values(state.services);
  const sameName = all.filter((service) => service.name === name);
  const holder = sameName.find((service) => service.owner !== owner);
  if (holder !== undefined) {
    const reason = `belongs to ${holder.owner} already; choose another name`;
    return refuse('resource.conflict', `The service name "${name}" ${reason}.`, 'name', reason);
  }
  if (sameName.length >= maxInstancesOfName) {
    const reason = `has ${maxInstancesOfName} instances, which is the quota "instances of a service"`;
    return refuse('resource.conflict', `"${name}" ${reason}; deregister one first.`, 'name', reason);
  }
  if (all.length >= maxInstancesInShard) {
    const reason = `is in a shard of the registry with ${maxInstancesInShard} instances, which is the quota "instances of a shard"`;
    return refuse('resource.conflict', `"${name}" ${reason}; deregister some first.`, 'name', reason);
  }
  return checkShardBytes(all, metadata, endpoints);
};

/** @param lease of the instance of that address, when it has one. */
export const decideRegister = (
  state: RegistryState,
  command: RegisterService,
  lease: HeldLease | undefined,
  now: number,
): Result<readonly ServiceEvent[]> => {
  const { name, instance, kind, owner, metadata, endpoints, leaseSeconds } = command;
  if (leaseSeconds !== undefined && !(leaseSeconds >= minLeaseSeconds && leaseSeconds <= maxLeaseSeconds)) {
    return invalid('leaseSeconds', `must be from ${minLeaseSeconds} to ${maxLeaseSeconds}`);
  }
  const checked = checkContent(metadata, endpoints);
  if (!checked.ok) return checked;
  const known = findService(state, command);
  const isGone = known !== undefined && lease !== undefined && lease.expiresAt <= now;
  if (known !== undefined && known.owner === owner && !isGone) {
    const until = lease === undefined ? '' : `, and its lease runs until ${new Date(lease.expiresAt).toISOString()}`;
    const reason = `is registered already${until}; update it, deregister it, or take another instance name`;
    return refuse('resource.conflict', `"${addressText(command)}" ${reason}.`, 'instance', reason);
  }
  const before: readonly ServiceEvent[] = isGone
    ? [{ type: 'service.deregistered', name, instance, reason: 'replaced' }]
    : [];
  const room = checkRoom(isGone ? without(state, known) : state, command);
  if (!room.ok) return room;
  const limits = leaseSeconds === undefined ? {} : { leaseSeconds };
  return ok([...before, { type: 'service.registered', name, instance, kind, owner, metadata, endpoints, ...limits }]);
};

const without = (state: RegistryState, { name, instance }: ServiceAddress): RegistryState => ({
  ...state,
  services: Object.fromEntries(
    Object.entries(state.services).filter(([, service]) => service.name !== name || service.instance !== instance),
  ),
});

/** Whether the authority may change the instance; `onlyWeight`: nothing but its share of the requests. */
const authorize = (
  service: RecordedService,
  authority: ServiceAuthority,
  lease: HeldLease | undefined,
  onlyWeight: boolean,
): Result<null> => {
  if (authority.kind === 'lease') {
    return lease !== undefined && isSameToken(authority.leaseToken, lease.token)
      ? ok(null)
      : refuse('lease.stale', `The lease of "${addressText(service)}" is not yours. Register the service again.`);
  }
  // How requests are shared out is the workspace's to say, whoever registered the instances.
  if (service.owner === authority.owner || (onlyWeight && authority.owner === workspaceOwner)) return ok(null);
  return refuse('auth.forbidden', `"${addressText(service)}" belongs to ${service.owner}, which alone may change it.`);
};

/** Nothing follows from an update that changes nothing. */
export const decideUpdate = (
  state: RegistryState,
  command: UpdateService,
  lease: HeldLease | undefined,
): Result<readonly ServiceEvent[]> => {
  const { name, instance, authority, metadata: change = {}, endpoints: replaced, ifRevision } = command;
  const known = findService(state, command);
  if (known === undefined) return notThere(command);
  const onlyWeight = replaced === undefined && Object.keys(change).every((key) => key === 'weight');
  const authorized = authorize(known, authority, lease, onlyWeight);
  if (!authorized.ok) return authorized;
  if (ifRevision !== undefined && ifRevision !== known.revision) {
    const reason = `is at revision ${known.revision}, not ${ifRevision}; read it again`;
    return refuse('state.conflict', `"${addressText(command)}" ${reason}.`, 'ifRevision', reason);
  }
  const upgrade = findUpgrade(state, name);
  if (change.weight !== undefined && upgrade !== undefined && isActive(upgrade)) {
    const reason = `follows from the upgrade to ${upgrade.to} that goes on; abort it first`;
    return refuse('resource.conflict', `The weight of "${addressText(command)}" ${reason}.`, 'metadata.weight', reason);
  }
  const metadata = { ...known.metadata, ...change };
  const endpoints = replaced ?? known.endpoints;
  const checked = checkContent(metadata, endpoints);
  if (!checked.ok) return checked;
  const room = checkShardBytes(
    Object.values(state.services).filter((service) => service !== known),
    metadata,
    endpoints,
  );
  if (!room.ok) return room;
  const isSame = JSON.stringify([metadata, endpoints]) === JSON.stringify([known.metadata, known.endpoints]);
  return ok(isSame ? [] : [{ type: 'service.updated', name, instance, metadata, endpoints }]);
};

export const decideDeregister = (
  state: RegistryState,
  command: DeregisterService,
  lease: HeldLease | undefined,
): Result<readonly ServiceEvent[]> => {
  const { name, instance, authority } = command;
  const known = findService(state, command);
  if (known === undefined) return notThere(command);
  const authorized = authorize(known, authority, lease, false);
  return authorized.ok ? ok([{ type: 'service.deregistered', name, instance, reason: 'asked' }]) : authorized;
};
