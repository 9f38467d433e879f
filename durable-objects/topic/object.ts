/**
 * A topic of the event bus: a log in total order, its consumer groups, and those who follow it live. One object per workspace
 * and topic, so topics share nothing but the catalogue, which is asked once in a topic's life.
 */
import { maxPull, maxPullWaitMs } from '../../shared/domain/event-bus/group.ts';
import { platformSchemas } from '../../shared/domain/event-bus/platform-topics.ts';
import type { TopicName } from '../../shared/domain/event-bus/topic-name.ts';
import { defaultTopicSettings, type TopicSettings } from '../../shared/domain/event-bus/settings.ts';
import type { WorkspaceId } from '../../shared/domain/ids.ts';
import { err, ok, type AppError, type Result } from '../../shared/errors/result.ts';
import type { Pulled, TopicRpc, TopicView } from '../../shared/rpc/event-bus.ts';
import { ManagedObject } from '../platform/index.ts';
import { topicCatalogStub } from '../stubs.ts';
import { addSchema } from './add-schema.ts';
import { DeadLetterTable } from './dead-letter-table.ts';
import { deliverEvent } from './deliver.ts';
import { encodeCommand } from './encode-events.ts';
import type { TopicEnvironment } from './environment.ts';
import { GroupDesk, noSuchGroup } from './group-desk.ts';
import { GroupTable } from './group-table.ts';
import { topicMigrations, topicTables } from './migrations.ts';
import { PublishDesk } from './publish-desk.ts';
import { PushDesk } from './push.ts';
import { readTopicPlace } from './place.ts';
import { Retention } from './retention.ts';
import { SchemaTable } from './schema-table.ts';
import { TopicLog } from './topic-log.ts';
import { TopicRecords } from './topic-record.ts';
import { NewsBell } from './news-bell.ts';

type Command<Method extends keyof TopicRpc> = Parameters<TopicRpc[Method]>[0];
type Answer<Method extends keyof TopicRpc> = ReturnType<TopicRpc[Method]>;

const notThere: AppError = { type: 'resource.not_found', detail: 'There is no such topic. Its first event makes it.' };

const flatten = <Value>(kept: Result<Result<Value>>): Result<Value> => (kept.ok ? kept.value : kept);

export class TopicObject extends ManagedObject<TopicEnvironment> implements TopicRpc {
  readonly #workspaceId: WorkspaceId;
  readonly #topic: TopicName;
  readonly #records: TopicRecords;
  readonly #log: TopicLog;
  readonly #schemas: SchemaTable;
  readonly #letters: DeadLetterTable;
  readonly #groups: GroupTable;
  readonly #desk: GroupDesk;
  readonly #publishing: PublishDesk;
  readonly #retention: Retention;
  readonly #push: PushDesk;
  readonly #bell = new NewsBell();
  #declaring: Promise<Result<true>> | undefined;
  #forgetting: Promise<unknown> | undefined;

  constructor(ctx: DurableObjectState, env: TopicEnvironment) {
    super(ctx, env, {
      migrations: topicMigrations,
      openTables: topicTables,
      irreversible:
        'publishers and consumers have acted on how it was set up. Set it up as it was at that version, with its own commands',
    });
    const { storage, timers, now } = this;
    [this.#workspaceId, this.#topic] = readTopicPlace(ctx.id.name);
    this.#records = new TopicRecords(storage);
    this.#log = new TopicLog(storage);
    this.#schemas = new SchemaTable(storage);
    this.#letters = new DeadLetterTable(storage);
    this.#groups = new GroupTable(storage);
    const parts = { storage, timers, log: this.#log, groups: this.#groups, letters: this.#letters, now };
    const settings = (): TopicSettings => this.#records.settings();
    this.#desk = new GroupDesk({
      ...parts,
      report: (status, subject, cause) => this.reportProblem({ part: 'bus', status, subject, cause }),
    });
    this.#retention = new Retention({ ...parts, settings });
    this.#push = new PushDesk({
      ...parts,
      desk: this.#desk,
      waitUntil: (promise) => ctx.waitUntil(promise),
      report: (subject, cause) => this.reportProblem({ part: 'bus', status: 'failed', subject, cause }),
      deliver: (group, event) => this.#deliver(group.name, event),
    });
    this.#publishing = new PublishDesk({
      ...parts,
      eventsPerSecond: () => settings().eventsPerSecond,
      added: () => {
        this.#retention.added();
        this.#push.plan();
      },
    });
    this.outbox.on('forget', () => this.#forget());
    this.outbox.on('declare', () => this.#redeclare());
  }

  protected override activate(): void {
    if (this.#records.read() !== undefined) this.transact(() => this.#addPlatformSchemas());
    this.#push.recover();
  }

  /** A topic that comes from a file is made known like any other. */
  protected override imported(): void {
    this.outbox.enqueue({ lane: 'catalog', kind: 'declare', payload: null });
  }

  async publish(command: Command<'publish'>): Answer<'publish'> {
    const declared = await this.#declare();
    if (!declared.ok) return declared;
    const encoded = encodeCommand(command, this.#schemas);
    if (!encoded.ok) return encoded;
    const published = await this.#publishing.publish(encoded.value);
    if (published.ok && !published.value.duplicate) this.#tell();
    return published;
  }

  async configure(command: Command<'configure'>): Answer<'configure'> {
    const settings = { ...(this.#records.read()?.settings ?? defaultTopicSettings), ...command.settings };
    const declared = await this.#declare(settings);
    if (!declared.ok) return declared;
    return this.#once(command, () => {
      this.#records.saveSettings({ ...this.#records.settings(), ...command.settings });
      this.#retention.plan();
      return this.#view();
    });
  }

  async view(): Answer<'view'> {
    return this.#view();
  }

  async remove(command: Command<'remove'>): Answer<'remove'> {
    return this.#once(command, () => {
      if (this.#records.read() === undefined) return err(notThere);
      this.#groups.removeAll();
      this.#schemas.clear();
      this.#log.clear();
      this.#records.undeclare();
      this.#push.changed();
      this.outbox.enqueue({ lane: 'catalog', kind: 'forget', payload: null });
      return ok({ removed: true as const });
    });
  }

  async events(query: Command<'events'>): Answer<'events'> {
    return this.#records.read() === undefined ? err(notThere) : this.#log.page(query);
  }

  async addSchema(command: Command<'addSchema'>): Answer<'addSchema'> {
    const declared = await this.#declare();
    if (!declared.ok) return declared;
    return this.#once(command, () => addSchema(this.#schemas, command, this.now()));
  }

  async schemas(): Answer<'schemas'> {
    return this.#records.read() === undefined ? err(notThere) : ok(this.#schemas.all());
  }

  async putGroup(command: Command<'putGroup'>): Answer<'putGroup'> {
    const declared = await this.#declare();
    if (!declared.ok) return declared;
    const { group, settings } = command;
    if (settings.target.kind === 'topic' && settings.target.topic === this.#topic) {
      const reason = 'is the topic itself';
      const issues = [{ field: 'body.target.topic', reason }];
      return err({ type: 'request.invalid', detail: `target.topic ${reason}.`, issues });
    }
    const put = this.#once(command, () => {
      const view = this.#desk.put(group, settings);
      this.#push.changed();
      this.#push.plan();
      return view;
    });
    this.#push.kick();
    return put;
  }

  async removeGroup(command: Command<'removeGroup'>): Answer<'removeGroup'> {
    return this.#once(command, () => {
      const removed = this.#groups.find(command.group) !== undefined;
      this.#groups.remove(command.group);
      this.#push.changed();
      return ok({ removed });
    });
  }

  async pull(command: Command<'pull'>): Answer<'pull'> {
    const deadline = this.now() + Math.min(command.waitMs ?? 0, maxPullWaitMs);
    for (;;) {
      const heard = this.#bell.next();
      const pulled = this.#pull(command);
      if (!pulled.ok || pulled.value.events.length > 0) return pulled;
      const { dueAt } = this.#groups.figures(command.group, this.now());
      const waitMs = Math.min(deadline, dueAt ?? deadline) - this.now();
      if (deadline <= this.now()) return pulled;
      await this.#bell.wait(heard, Math.max(1, waitMs));
    }
  }

  async acknowledge(command: Command<'acknowledge'>): Answer<'acknowledge'> {
    const settled = this.#desk.acknowledge(command.group, command.leases);
    // One of an ordered key may wait for the one that was settled.
    if (settled.ok) this.#bell.ring();
    return settled;
  }

  async reject(command: Command<'reject'>): Answer<'reject'> {
    const { group, leases, cause = 'A consumer rejected it.', delayMs } = command;
    const rejected = this.#desk.reject(group, leases, { cause, ...(delayMs === undefined ? {} : { delayMs }) });
    if (rejected.ok) this.#bell.ring();
    return rejected;
  }

  async extend(command: Command<'extend'>): Answer<'extend'> {
    return this.#desk.extend(command.group, command.leases, command.leaseMs);
  }

  async seek(command: Command<'seek'>): Answer<'seek'> {
    const moved = this.#once(command, () => {
      const view = this.#desk.seek(command.group, command);
      this.#push.plan();
      return view;
    });
    this.#tell();
    return moved;
  }

  async deadLetters(query: Command<'deadLetters'>): Answer<'deadLetters'> {
    const { group, after, limit } = query;
    if (this.#groups.find(group) === undefined) return err(noSuchGroup(group));
    return ok(this.#letters.list(group, after, limit));
  }

  async replayDeadLetter(command: Command<'replayDeadLetter'>): Answer<'replayDeadLetter'> {
    const replayed = this.#once(command, () => {
      const answer = this.#desk.replay(command.group, command.letterId);
      this.#push.plan();
      return answer;
    });
    this.#tell();
    return replayed;
  }

  /** A WebSocket that follows the topic. */
  override async fetch(request: Request): Promise<Response> {
    return this.sockets.accept(request);
  }

  #pull({ pullId, group: name, limit, leaseMs }: Command<'pull'>): Result<Pulled> {
    const group = this.#groups.find(name);
    if (group === undefined) return err(this.#records.read() === undefined ? notThere : noSuchGroup(name));
    if (group.settings.target.kind !== 'pull') {
      const detail = `The events of group "${name}" are pushed to its target; make another group to pull.`;
      return err({ type: 'resource.conflict', detail });
    }
    const again = this.#desk.again(name, pullId);
    const lease = leaseMs === undefined ? {} : { leaseMs };
    const taken =
      again.length > 0 ? ok(again) : this.#desk.take(group, { limit: Math.min(limit, maxPull), pullId, ...lease });
    if (!taken.ok) return taken;
    const view = this.#desk.view(name);
    return view.ok ? ok({ events: taken.value, lag: view.value.lag }) : view;
  }

  #view(): Result<TopicView> {
    const record = this.#records.read();
    if (record === undefined) return err(notThere);
    const { events, bytes } = this.#log.size;
    return ok({
      topic: this.#topic,
      ...record,
      sequence: this.#log.sequence,
      oldest: this.#log.oldest,
      events,
      bytes,
      groups: this.#desk.views(),
    });
  }

  /** Wakes who waits for events, and pushes what is to be pushed. */
  #tell(): void {
    this.#bell.ring();
    this.#push.kick();
  }

  /** Once in the topic's life, and when it needs other room: the workspace's catalogue says whether there is some. */
  #declare(settings?: TopicSettings): Promise<Result<true>> {
    const record = this.#records.read();
    if (record !== undefined && (settings === undefined || settings.maxBytes === record.settings.maxBytes)) {
      return Promise.resolve(ok(true));
    }
    this.#declaring ??= this.#askCatalog(settings ?? defaultTopicSettings).finally(() => {
      this.#declaring = undefined;
    });
    return this.#declaring;
  }

  /** Tells the catalogue that the topic ended, unless it began again meanwhile. */
  async #forget(): Promise<void> {
    if (this.#records.read() !== undefined) return;
    const asking = this.#catalog().forget({ topic: this.#topic });
    // Whoever begins the topic again waits for the answer, so that the two cannot overtake each other.
    this.#forgetting = asking.catch(() => undefined);
    const forgotten = await asking;
    if (!forgotten.ok) throw new Error(forgotten.error.detail);
  }

  /** @throws Error when the workspace has no room for it, to be tried again. */
  async #redeclare(): Promise<void> {
    const declared = await this.#askCatalog(this.#records.settings());
    if (!declared.ok) throw new Error(declared.error.detail);
  }

  async #askCatalog(settings: TopicSettings): Promise<Result<true>> {
    await this.#forgetting;
    const room = await this.#catalog().declare({ topic: this.#topic, maxBytes: settings.maxBytes });
    if (!room.ok) return room;
    this.transact(() => {
      if (this.#records.read() === undefined) this.#records.declare(settings, this.now());
      this.#addPlatformSchemas();
      for (const { group, settings: wanted } of room.value.groups) {
        if (this.#groups.find(group) === undefined) this.#desk.put(group, wanted);
      }
      this.#push.changed();
    });
    return ok(true);
  }

  /** What the platform publishes has its schemas from the start, and as the code that runs now publishes it. */
  #addPlatformSchemas(): void {
    for (const [type, schema] of platformSchemas(this.#topic)) {
      if (this.#schemas.latest(type) === undefined) addSchema(this.#schemas, { type, schema }, this.now());
    }
  }

  async #deliver(group: string, event: Parameters<typeof deliverEvent>[1]['event']): Promise<void> {
    const target = this.#groups.find(group)?.settings.target;
    if (target === undefined || target.kind === 'pull') return;
    const hops = (sequence: number): number => this.#log.hops(sequence);
    const parts = { bindings: this.env, workspaceId: this.#workspaceId, topic: this.#topic, hops };
    await deliverEvent(parts, { group, target, event });
  }

  #catalog() {
    return topicCatalogStub(this.env, this.#workspaceId);
  }

  #once<Value>(command: { readonly commandId: string }, handle: () => Result<Value>): Result<Value> {
    return flatten(this.transact(() => this.inbox.once(command.commandId, command, this.now(), handle)));
  }
}
