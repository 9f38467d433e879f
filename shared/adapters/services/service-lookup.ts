/**
 * Finding services from snapshots: of this isolate's memory while they are fresh, else of D1, else of the registry itself.
 * What was read once goes on answering when none of them does. Requests never wait for each other: while one refreshes a
 * snapshot, the others are answered from the one before it.
 */
import type { WorkspaceId } from '../../domain/ids.ts';
import type { ServiceCriteria, ServiceFilter } from '../../domain/service-registry/criteria.ts';
import { checkCriteria, findServices, listServices } from '../../domain/service-registry/find.ts';
import type { ServiceInstance } from '../../domain/service-registry/service.ts';
import { allShards, shardOf } from '../../domain/service-registry/shard.ts';
import { err, ok, type AppError, type Result } from '../../errors/result.ts';
import type { Discovery, ServiceLookup } from '../../ports/service-lookup.ts';
import type { ServiceSnapshots } from '../../ports/service-snapshots.ts';
import type { RegistrySnapshot, ServiceRegistryRpc } from '../../rpc/service-registry.ts';
import { soon } from './soon.ts';

export interface ServiceLookupParts {
  readonly snapshots: Pick<ServiceSnapshots, 'read'>;
  /** A fresh stub for each call: one of a broken object stays broken. */
  readonly registry: (workspaceId: WorkspaceId, shard: number) => Pick<ServiceRegistryRpc, 'snapshot'>;
  readonly now: () => number;
  /** Told of what did not answer; the lookup goes on. */
  readonly report: (message: string, thrown: unknown) => void;
  /** How long a snapshot is used without looking for a newer one; 1 s unless told. */
  readonly freshForMs?: number;
}

interface Entry {
  readonly snapshot: RegistrySnapshot;
  /** Its instances by their name, so that a lookup by name takes as long in a full shard as in an empty one. */
  readonly byName: ReadonlyMap<string, readonly ServiceInstance[]>;
  /** When it was last looked for, or is being looked for. */
  readonly lookedAt: number;
}

/** Shards kept in memory, and instances in them together; the shards that were used longest ago go first. */
const maxEntries = 1_000;
const maxInstances = 20_000;
const usualFreshForMs = 1_000;

const unavailable: AppError = {
  type: 'service.unavailable',
  detail: 'Services cannot be looked up at the moment. Try again.',
};

const isNewer = (one: RegistrySnapshot, other: RegistrySnapshot): boolean =>
  one.sequence > other.sequence || (one.sequence === other.sequence && one.asOf >= other.asOf);

export class SnapshotLookup implements ServiceLookup {
  readonly #parts: ServiceLookupParts;
  readonly #entries = new Map<string, Entry>();
  /** Of all entries together. */
  #instances = 0;

  constructor(parts: ServiceLookupParts) {
    this.#parts = parts;
  }

  async discover(workspaceId: WorkspaceId, criteria: ServiceCriteria): Promise<Result<Discovery>> {
    const checked = checkCriteria(criteria, 'query');
    if (!checked.ok) return checked;
    return this.#look(workspaceId, criteria, (services, now) => findServices(services, criteria, now));
  }

  /** As `discover`, for callers that nobody vouches for: what has no snapshot is not there, and wakes no registry. */
  async discoverKnown(workspaceId: WorkspaceId, criteria: ServiceCriteria): Promise<Result<Discovery>> {
    const checked = checkCriteria(criteria, 'query');
    if (!checked.ok) return checked;
    return this.#look(workspaceId, criteria, (services, now) => findServices(services, criteria, now), false);
  }

  async list(workspaceId: WorkspaceId, filter: ServiceFilter): Promise<Result<Discovery>> {
    const checked = checkCriteria(filter, 'query');
    if (!checked.ok) return checked;
    return this.#look(workspaceId, filter, (services) => ({ services: listServices(services, filter), lapsed: false }));
  }

  /** The next lookup of that name looks for a newer snapshot: whoever changed something wants to see it. */
  expire(workspaceId: WorkspaceId, name: string): void {
    const key = keyOf(workspaceId, shardOf(name));
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#entries.set(key, { ...entry, lookedAt: 0 });
  }

  async #look(
    workspaceId: WorkspaceId,
    { name }: ServiceCriteria,
    find: (services: RegistrySnapshot['services'], now: number) => Omit<Discovery, 'asOf'>,
    mayAsk = true,
  ): Promise<Result<Discovery>> {
    const shards = name === undefined ? allShards : [shardOf(name)];
    const now = this.#parts.now();
    const old = shards.filter((shard) => this.#isOld(workspaceId, shard, now));
    if (old.length > 0) await this.#refresh(workspaceId, old, now, mayAsk);
    const entries = shards.flatMap((shard) => this.#entries.get(keyOf(workspaceId, shard)) ?? []);
    if (entries.length < shards.length) return err(unavailable);
    const found = find(
      entries.flatMap(({ snapshot, byName }) => (name === undefined ? snapshot.services : (byName.get(name) ?? []))),
      this.#parts.now(),
    );
    return ok({ ...found, asOf: Math.min(...entries.map(({ snapshot }) => snapshot.asOf)) });
  }

  #isOld(workspaceId: WorkspaceId, shard: number, now: number): boolean {
    const entry = this.#entries.get(keyOf(workspaceId, shard));
    // A clock that went back must not make what is kept fresh for long.
    return entry === undefined || Math.abs(now - entry.lookedAt) >= (this.#parts.freshForMs ?? usualFreshForMs);
  }

  async #refresh(workspaceId: WorkspaceId, shards: readonly number[], now: number, mayAsk: boolean): Promise<void> {
    for (const shard of shards) {
      const key = keyOf(workspaceId, shard);
      const entry = this.#entries.get(key);
      if (entry !== undefined) this.#entries.set(key, { ...entry, lookedAt: now });
    }
    const read = await this.#read(workspaceId, shards);
    for (const snapshot of read) this.#keep(workspaceId, snapshot, now);
    if (!mayAsk) return;
    const missing = shards.filter((shard) => !this.#entries.has(keyOf(workspaceId, shard)));
    await Promise.all(missing.map((shard) => this.#ask(workspaceId, shard, now)));
  }

  async #read(workspaceId: WorkspaceId, shards: readonly number[]): Promise<readonly RegistrySnapshot[]> {
    try {
      return await soon(this.#parts.snapshots.read(workspaceId, shards));
    } catch (thrown) {
      this.#parts.report('snapshots of services could not be read', thrown);
      return [];
    }
  }

  /** Of the registry itself, where no snapshot was ever written, or none can be read. */
  async #ask(workspaceId: WorkspaceId, shard: number, now: number): Promise<void> {
    try {
      const snapshot = await soon(this.#parts.registry(workspaceId, shard).snapshot());
      if (snapshot.ok) this.#keep(workspaceId, snapshot.value, now);
      else this.#parts.report('the service registry refused its snapshot', snapshot.error.detail);
    } catch (thrown) {
      this.#parts.report('the service registry did not answer', thrown);
    }
  }

  #keep(workspaceId: WorkspaceId, snapshot: RegistrySnapshot, now: number): void {
    const key = keyOf(workspaceId, snapshot.shard);
    const before = this.#entries.get(key);
    const kept =
      before === undefined || isNewer(snapshot, before.snapshot)
        ? { snapshot, byName: Map.groupBy(snapshot.services, (service) => service.name) }
        : before;
    this.#entries.delete(key);
    this.#entries.set(key, { ...kept, lookedAt: now });
    this.#instances += kept.snapshot.services.length - (before?.snapshot.services.length ?? 0);
    for (const [oldest, { snapshot: gone }] of this.#entries) {
      // The newest stays, however large: its caller waits for it.
      if (oldest === key || (this.#entries.size <= maxEntries && this.#instances <= maxInstances)) return;
      this.#entries.delete(oldest);
      this.#instances -= gone.services.length;
    }
  }
}

const keyOf = (workspaceId: WorkspaceId, shard: number): string => `${workspaceId}/${shard}`;
