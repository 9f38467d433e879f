/**
 * One shard of a workspace's services. It alone writes them; readers have snapshots of it in D1 and do not ask it, so it
 * is on no hot path: it hears of registrations, changes and heartbeats only.
 */
import { createServiceSnapshots } from '../../shared/adapters/services/service-snapshots.ts';
import type { TopicName } from '../../shared/domain/event-bus/topic-name.ts';
import { parseId, type WorkspaceId } from '../../shared/domain/ids.ts';
import { decideDeregister, decideRegister, decideUpdate } from '../../shared/domain/service-registry/decide.ts';
import { checkCriteria, findServices, listServices } from '../../shared/domain/service-registry/find.ts';
import { decideExpiry, heartbeatDelayMs, isSameToken, leaseEnd } from '../../shared/domain/service-registry/leases.ts';
import { eventsKept } from '../../shared/domain/service-registry/limits.ts';
import { decidePlatformServices } from '../../shared/domain/service-registry/platform.ts';
import {
  addressText,
  type ServiceAddress,
  type ServiceInstance,
} from '../../shared/domain/service-registry/service.ts';
import { findService, type RegistryState } from '../../shared/domain/service-registry/state.ts';
import { servicesTopic } from '../../shared/domain/service-registry/topic.ts';
import { viewService, viewServices } from '../../shared/domain/service-registry/view.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import { subjectOf, type ServiceEvent } from '../../shared/protocol/service-events.ts';
import type { Registration, ServiceRegistryRpc } from '../../shared/rpc/service-registry.ts';
import type { ServiceUpgradesRpc, UpgradeView } from '../../shared/rpc/service-upgrades.ts';
import { EventPublisher, EventStore, ManagedObject } from '../platform/index.ts';
import { topicStub, type ObjectBindings } from '../stubs.ts';
import { registryAggregate } from './aggregate.ts';
import { serviceRegistryMigrations } from './migrations.ts';
import { platformServicesOf } from './platform-services.ts';
import { Publisher } from './publisher.ts';
import { LeaseStore } from './store.ts';
import { Upgrades } from './upgrades.ts';

export interface ServiceRegistryEnvironment extends Pick<ObjectBindings, 'TOPIC'> {
  readonly DIRECTORY: D1Database;
}

/** When the timer looks whether a change was published, should the write that began at once have failed. */
const publishAgainMs = 1_000;

type Methods = ServiceRegistryRpc & ServiceUpgradesRpc;
type Command<Method extends keyof Methods> = Parameters<Methods[Method]>[0];
type Answered<Method extends keyof Methods> = ReturnType<Methods[Method]>;

/** A reply that was kept by the inbox is a `Result` itself. */
const flatten = <Value>(kept: Result<Result<Value>>): Result<Value> => (kept.ok ? kept.value : kept);

const newToken = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(20)), (byte) => byte.toString(16).padStart(2, '0')).join('');

export class ServiceRegistryObject extends ManagedObject<ServiceRegistryEnvironment> implements Methods {
  readonly #events: EventStore<RegistryState, ServiceEvent>;
  readonly #leases: LeaseStore;
  readonly #publisher: Publisher;
  readonly #bus: EventPublisher;
  readonly #upgrades: Upgrades;

  constructor(ctx: DurableObjectState, env: ServiceRegistryEnvironment) {
    super(ctx, env, {
      migrations: serviceRegistryMigrations,
      refuseExport:
        'A registry holds the tokens of leases, which leave it in no file. Services register themselves again.',
    });
    this.#events = new EventStore(this.storage, registryAggregate);
    this.#leases = new LeaseStore(this.storage);
    const snapshots = createServiceSnapshots(env.DIRECTORY);
    this.#publisher = new Publisher(() => snapshots.write(this.#place().workspaceId, this.#snapshot()));
    const topic = (name: TopicName) => topicStub(env, this.#place().workspaceId, name);
    this.#bus = new EventPublisher({ outbox: this.outbox, source: this.objectName, topic });
    this.#upgrades = new Upgrades({
      storage: this.storage,
      timers: this.timers,
      now: this.now,
      state: () => this.#events.state,
      append: (events) => this.#append(events),
      change: (work) => this.#tell(() => this.transact(work)),
    });
    this.timers.on('publish', () => this.#publisher.publish(), { attempts: Number.POSITIVE_INFINITY });
    this.timers.on('expire', ({ payload }) => this.#expire(payload));
  }

  /** The platform's own services are there from the start, and as the code that runs now offers them. */
  protected override activate(): void {
    const place = this.#findPlace();
    if (place === undefined) return;
    const events = decidePlatformServices(this.#events.state, platformServicesOf(place.shard));
    // No news for the bus: they are the same in every workspace.
    if (events.length > 0) this.transact(() => this.#write(events));
  }

  async registerService(command: Command<'registerService'>): Answered<'registerService'> {
    const { leaseSeconds } = command;
    return await this.#change<Registration>(command, () => {
      const now = this.now();
      const events = decideRegister(this.#events.state, command, this.#leases.find(command), now);
      if (!events.ok) return events;
      this.#append(events.value);
      if (leaseSeconds === undefined) return ok({ service: this.#view(command) });
      const { name, instance } = command;
      const token = newToken();
      const expiresAt = leaseEnd(leaseSeconds, now);
      this.#leases.put({ name, instance, token, seconds: leaseSeconds, expiresAt, load: 0 });
      this.#planExpiry();
      return ok({ service: this.#view(command), leaseToken: token });
    });
  }

  async updateService(command: Command<'updateService'>): Answered<'updateService'> {
    return await this.#change<ServiceInstance>(command, () => {
      const events = decideUpdate(this.#events.state, command, this.#leases.find(command));
      if (!events.ok) return events;
      this.#append(events.value);
      return ok(this.#view(command));
    });
  }

  async deregisterService(command: Command<'deregisterService'>): Answered<'deregisterService'> {
    return await this.#change<ServiceInstance>(command, () => {
      const events = decideDeregister(this.#events.state, command, this.#leases.find(command));
      if (!events.ok) return events;
      const last = this.#view(command);
      this.#append(events.value);
      return ok(last);
    });
  }

  async heartbeat(beat: Command<'heartbeat'>): Answered<'heartbeat'> {
    const now = this.now();
    return this.transact((): Result<{ readonly expiresAt: number }> => {
      const lease = this.#leases.find(beat);
      if (lease === undefined || lease.expiresAt <= now || !isSameToken(beat.leaseToken, lease.token)) {
        // The same for what was never there: a stranger learns nothing.
        const detail = `There is no lease of "${addressText(beat)}" with this token. Register the service again.`;
        return err({ type: 'lease.stale', detail });
      }
      const expiresAt = leaseEnd(lease.seconds, now);
      this.#leases.put({ ...lease, expiresAt, load: beat.load ?? lease.load });
      const { name, instance, health } = beat;
      if (health !== undefined && health !== findService(this.#events.state, beat)?.health) {
        this.#append([{ type: 'service.health_changed', name, instance, health }]);
        this.timers.ensure({ name: 'publish', dueAt: now });
      } else this.timers.ensure({ name: 'publish', dueAt: now + heartbeatDelayMs(lease.seconds) });
      return ok({ expiresAt });
    });
  }

  async discoverService(criteria: Command<'discoverService'>): Answered<'discoverService'> {
    const checked = checkCriteria(criteria, 'criteria');
    return checked.ok ? ok(findServices(this.#services(), criteria, this.now()).services) : checked;
  }

  async listServices(filter: Command<'listServices'>): Answered<'listServices'> {
    const checked = checkCriteria(filter, 'filter');
    return checked.ok ? ok(listServices(this.#services(), filter)) : checked;
  }

  async startUpgrade(command: Command<'startUpgrade'>): Answered<'startUpgrade'> {
    return await this.#change<UpgradeView>(command, () => this.#upgrades.start(command));
  }

  async steerUpgrade(command: Command<'steerUpgrade'>): Answered<'steerUpgrade'> {
    return await this.#change<UpgradeView>(command, () => this.#upgrades.steer(command));
  }

  async upgrade({ name }: Command<'upgrade'>): Answered<'upgrade'> {
    return this.#upgrades.view(name);
  }

  async upgrades(): Answered<'upgrades'> {
    return ok(this.#upgrades.views());
  }

  async reportUpgrade(report: Command<'reportUpgrade'>): Answered<'reportUpgrade'> {
    return ok(await this.#tell(() => this.transact(() => this.#upgrades.report(report))));
  }

  async snapshot(): Answered<'snapshot'> {
    // Whoever asks has found none: it was dropped, or could not be written.
    this.timers.ensure({ name: 'publish', dueAt: this.now() });
    return ok(this.#snapshot());
  }

  async events(query: Command<'events'>): Answered<'events'> {
    return this.#events.page(query);
  }

  /** The event socket. */
  override async fetch(request: Request): Promise<Response> {
    return this.sockets.accept(request);
  }

  /** One transaction, told to readers before the caller is answered; a write that fails is left to the timer. */
  async #change<Value>(command: { readonly commandId: string }, handle: () => Result<Value>): Promise<Result<Value>> {
    return await this.#tell(() =>
      flatten(this.transact(() => this.inbox.once(command.commandId, command, this.now(), handle))),
    );
  }

  async #tell<Value>(work: () => Value): Promise<Value> {
    const before = this.#events.sequence;
    const changed = work();
    if (this.#events.sequence === before) return changed;
    try {
      await this.#publisher.publish();
    } catch (thrown) {
      this.reportProblem({ part: 'snapshot', status: 'failed', subject: 'publish', cause: String(thrown) });
    }
    return changed;
  }

  #append(events: readonly ServiceEvent[]): void {
    this.#write(events);
    const news = events.map((event) => ({ type: event.type, key: subjectOf(event), data: event }));
    if (news.length > 0) this.#bus.publish(servicesTopic, ...news);
    this.#upgrades.noticed(events);
  }

  #write(events: readonly ServiceEvent[]): void {
    const now = this.now();
    this.#events.append(events, now);
    for (const event of events) if (event.type === 'service.deregistered') this.#leases.remove(event);
    if (events.length > 0) this.timers.ensure({ name: 'publish', dueAt: now + publishAgainMs });
    const { sequence, oldest } = this.#events;
    if (sequence - oldest >= 2 * eventsKept) this.#events.discardUpTo(sequence - eventsKept, now);
  }

  #planExpiry(): void {
    const dueAt = this.#leases.nextEnd();
    if (dueAt === undefined) this.timers.cancel('expire');
    else this.timers.ensure({ name: 'expire', dueAt, payload: { plannedAt: dueAt } });
  }

  async #expire(payload: unknown): Promise<void> {
    // SAFETY: only `#planExpiry` sets this timer.
    const { plannedAt } = payload as { readonly plannedAt: number };
    this.transact(() => {
      const { expired, extended } = decideExpiry(this.#leases.all(), this.now(), plannedAt);
      for (const lease of extended) this.#leases.put(lease);
      const reason = 'lease_expired' as const;
      this.#append(expired.map(({ name, instance }) => ({ type: 'service.deregistered', name, instance, reason })));
      this.#planExpiry();
    });
    await this.#publisher.publish();
  }

  #services(): readonly ServiceInstance[] {
    return viewServices(this.#events.state, this.#leases.all());
  }

  #view(address: ServiceAddress): ServiceInstance {
    const service = findService(this.#events.state, address);
    if (service === undefined) throw new Error(`"${addressText(address)}" is not in the state it was just put into.`);
    return viewService(this.#events.state, service, this.#leases.find(address));
  }

  #snapshot() {
    return {
      shard: this.#place().shard,
      sequence: this.#events.sequence,
      asOf: this.now(),
      services: this.#services(),
    };
  }

  #place(): { readonly workspaceId: WorkspaceId; readonly shard: number } {
    const place = this.#findPlace();
    if (place === undefined) throw new Error('This object is not named after a shard of a workspace.');
    return place;
  }

  #findPlace(): { readonly workspaceId: WorkspaceId; readonly shard: number } | undefined {
    const [workspace = '', , shard = ''] = (this.ctx.id.name ?? '').split('/');
    const workspaceId = parseId('wsp', workspace);
    return workspaceId === undefined || !/^\d+$/.test(shard) ? undefined : { workspaceId, shard: Number(shard) };
  }
}
