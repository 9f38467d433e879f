/**
 * The compositions of one workspace. It is on no path of their requests: these find their way by what it told the
 * registry. Operations on different compositions go on beside each other.
 */
import { createRandomIds, systemClock } from '../../shared/adapters/crypto/random-ids.ts';
import { decideDown, decideHeal, decidePlan, decideUp, notThere } from '../../shared/domain/composer/decide.ts';
import { compositionEventsKept } from '../../shared/domain/composer/limits.ts';
import { readManifest } from '../../shared/domain/composer/read-manifest.ts';
import { findComposition, type ComposerState, type Composition } from '../../shared/domain/composer/state.ts';
import { topologyOf } from '../../shared/domain/composer/topology.ts';
import { manifestShown, summarize, viewComposition, viewPlan } from '../../shared/domain/composer/view.ts';
import { compositionsTopic } from '../../shared/domain/event-bus/platform-topics.ts';
import { parseId, type WorkspaceId } from '../../shared/domain/ids.ts';
import { ok, type Result } from '../../shared/errors/result.ts';
import type { CompositionEvent } from '../../shared/protocol/composition-events.ts';
import type { ComposedAnswer, ComposerRpc, CompositionView } from '../../shared/rpc/composer.ts';
import { EventStore, ManagedObject } from '../platform/index.ts';
import { topicStub } from '../stubs.ts';
import { composerAggregate } from './aggregate.ts';
import { composerMigrations } from './migrations.ts';
import { publishCompositions } from './news.ts';
import { PlatformParts, type ComposerEnvironment } from './parts.ts';
import { Runner } from './runner.ts';
import { ManifestStore } from './store.ts';
import { Watch } from './watch.ts';

type Query<Method extends keyof ComposerRpc> = Parameters<ComposerRpc[Method]>[0];

/** Between the end of one heal and the beginning of the next that nobody asked for. */
const minimumHealPauseMs = 5_000;

/** A reply that was kept by the inbox is a `Result` itself. */
const flatten = <Value>(kept: Result<Result<Value>>): Result<Value> => (kept.ok ? kept.value : kept);

export class ComposerObject extends ManagedObject<ComposerEnvironment> implements ComposerRpc {
  readonly #events: EventStore<ComposerState, CompositionEvent>;
  readonly #manifests: ManifestStore;
  readonly #platform: PlatformParts;
  readonly #watch: Watch;
  readonly #ids = createRandomIds(systemClock);

  constructor(ctx: DurableObjectState, env: ComposerEnvironment) {
    super(ctx, env, { migrations: composerMigrations });
    this.#events = new EventStore(this.storage, composerAggregate);
    this.#manifests = new ManifestStore(this.storage);
    this.#platform = new PlatformParts(env, () => this.#workspaceId());
    const wakeAt = (name: string, dueAt: number): void => this.timers.set({ name: 'advance', key: name, dueAt });
    const runner = new Runner({
      storage: this.storage,
      events: this.#events,
      journal: this.journal,
      platform: this.#platform,
      manifests: (name) => this.#manifests.of(name),
      now: this.now,
      wakeAt,
      onEnd: (name) => this.#ended(name),
    });
    this.#watch = new Watch({
      find: (name) => this.#find(name),
      manifests: (name) => this.#manifests.of(name),
      platform: this.#platform,
      again: (name, afterMs) => this.timers.set({ name: 'watch', key: name, dueAt: this.now() + afterMs }),
      seen: (name, seen) => this.#seen(name, seen),
    });
    publishCompositions({
      storage: this.storage,
      timers: this.timers,
      now: this.now,
      log: this.#events,
      source: this.objectName,
      topic: () => topicStub(env, this.#workspaceId(), compositionsTopic),
    });
    const always = { attempts: Number.POSITIVE_INFINITY };
    this.timers.on('advance', ({ key }) => runner.advance(key), always);
    this.timers.on('watch', ({ key }) => this.#watch.look(key), always);
  }

  async plan(query: Query<'plan'>): ReturnType<ComposerRpc['plan']> {
    const manifest = readManifest(query.manifest);
    if (!manifest.ok) return manifest;
    const { name } = manifest.value;
    const planned = decidePlan(this.#events.state, manifest.value, this.#manifests.of(name), this.#manifests.needed());
    if (!planned.ok) return planned;
    const found = await this.#platform.findAll(manifest.value);
    return found.ok ? ok(viewPlan(manifest.value, planned.value.plan)) : found;
  }

  async compose(command: Query<'compose'>): ReturnType<ComposerRpc['compose']> {
    const { commandId, manifest: text, owner, actor, mayAllowOrigins } = command;
    const manifest = readManifest(text);
    if (!manifest.ok) return manifest;
    const { name } = manifest.value;
    // A command that was taken is answered as it was, whatever can be found by now.
    const found = this.inbox.knows(commandId) ? ok(null) : await this.#platform.findAll(manifest.value);
    if (!found.ok) return found;
    return this.#once<ComposedAnswer>(commandId, command, () => {
      const asked = { operationId: this.#newId(), manifest: manifest.value, owner, actor, mayAllowOrigins };
      const up = decideUp(this.#events.state, asked, this.#manifests.of(name), this.#manifests.needed());
      if (!up.ok) return up;
      const { plan, event } = up.value;
      if (event !== undefined) {
        if (plan.isChange) this.#manifests.add(event.revision, text, manifest.value);
        this.#begin(event);
      }
      const composition = this.#view(name);
      return composition.ok
        ? ok({ plan: viewPlan(manifest.value, plan), composition: composition.value })
        : composition;
    });
  }

  async heal(command: Query<'heal'>): ReturnType<ComposerRpc['heal']> {
    const { commandId, name } = command;
    if (!this.inbox.knows(commandId)) await this.#watch.look(name);
    return this.#once<CompositionView>(commandId, command, () => {
      const composition = this.#find(name);
      const allowed = decideHeal(this.#events.state, { ...command, operationId: '' }, this.#manifests.of(name), {
        lost: [],
        isPublished: true,
      });
      // The look has begun what there is to heal.
      return allowed.ok || composition?.operation?.kind === 'heal' ? this.#view(name) : allowed;
    });
  }

  async tearDown(command: Query<'tearDown'>): ReturnType<ComposerRpc['tearDown']> {
    const { commandId, name } = command;
    return this.#once<CompositionView>(commandId, command, () => {
      const asked = { ...command, operationId: this.#newId() };
      const events = decideDown(this.#events.state, asked, this.#manifests.needed());
      if (!events.ok) return events;
      for (const event of events.value) this.#begin(event);
      return this.#view(name);
    });
  }

  async get({ name }: Query<'get'>): ReturnType<ComposerRpc['get']> {
    return this.#view(name);
  }

  async list({ after = '', limit }: Query<'list'>): ReturnType<ComposerRpc['list']> {
    const names = Object.keys(this.#events.state.compositions)
      .toSorted()
      .filter((name) => name > after);
    const page = names.slice(0, limit);
    const last = page.at(-1);
    const compositions = page.flatMap((name) => {
      const composition = this.#find(name);
      return composition === undefined ? [] : [summarize(composition, this.#manifests.of(name))];
    });
    return ok({ compositions, ...(names.length > limit && last !== undefined ? { next: last } : {}) });
  }

  async topology({ name }: Query<'topology'>): ReturnType<ComposerRpc['topology']> {
    const composition = this.#find(name);
    const manifest = composition === undefined ? undefined : manifestShown(composition, this.#manifests.of(name));
    return composition === undefined || manifest === undefined
      ? notThere
      : ok(topologyOf(manifest, composition.members));
  }

  async manifest({ name }: Query<'manifest'>): ReturnType<ComposerRpc['manifest']> {
    const composition = this.#find(name);
    if (composition === undefined) return notThere;
    const revision = composition.revision > 0 ? composition.revision : composition.lastRevision;
    const manifest = this.#manifests.text(name, revision);
    return manifest === undefined ? notThere : ok({ manifest, revision });
  }

  async events(query: Query<'events'>): ReturnType<ComposerRpc['events']> {
    return this.#events.page(query);
  }

  #find(name: string): Composition | undefined {
    return findComposition(this.#events.state, name);
  }

  #view(name: string): Result<CompositionView> {
    const composition = this.#find(name);
    return composition === undefined
      ? notThere
      : ok(viewComposition(composition, this.#manifests.of(name), this.#workspaceId()));
  }

  #once<Value>(commandId: string, body: unknown, handle: () => Result<Value>): Result<Value> {
    return flatten(this.transact(() => this.inbox.once(commandId, body, this.now(), handle)));
  }

  #newId(): string {
    return this.#ids.create('cmd');
  }

  /** Inside a transaction. */
  #begin(event: Extract<CompositionEvent, { type: 'composition.operation_started' }>): void {
    const now = this.now();
    this.#events.append([event], now);
    const { sequence, oldest } = this.#events;
    if (sequence - oldest >= 2 * compositionEventsKept) this.#events.discardUpTo(sequence - compositionEventsKept, now);
    this.timers.set({ name: 'advance', key: event.name, dueAt: now });
  }

  /** In the transaction that ends an operation: only manifests stay that something is set up by. */
  #ended(name: string): void {
    const composition = this.#find(name);
    const placements = Object.values(composition?.placed ?? {});
    const used = placements.flatMap(({ revision, leaving }) =>
      leaving === undefined ? [revision] : [revision, leaving],
    );
    const shown =
      composition === undefined ? [] : [composition.revision > 0 ? composition.revision : composition.lastRevision];
    this.#manifests.keep(name, [...new Set([...used, ...shown])]);
    if (composition === undefined) this.timers.cancel('watch', name);
    else this.timers.set({ name: 'watch', key: name, dueAt: this.now() });
  }

  /** What a look found, noted, and begun to be healed. */
  #seen(name: string, seen: Parameters<ConstructorParameters<typeof Watch>[0]['seen']>[1]): void {
    this.transact(() => {
      const before = this.#find(name);
      if (before === undefined || before.operation !== undefined) return;
      if (JSON.stringify(before.members) !== JSON.stringify(seen.members)) {
        this.#events.append([{ type: 'composition.health_changed', name, members: seen.members }], this.now());
      }
      // What a heal has just failed to bring up waits for the next look.
      const { lastOutcome } = before;
      if (lastOutcome?.kind === 'heal' && this.now() - lastOutcome.at < minimumHealPauseMs) return;
      const asked = { name, operationId: this.#newId(), owner: 'workspace', actor: 'watch' };
      const heal = decideHeal(this.#events.state, asked, this.#manifests.of(name), seen);
      for (const event of heal.ok ? heal.value : []) this.#begin(event);
    });
  }

  #workspaceId(): WorkspaceId {
    const workspaceId = parseId('wsp', (this.ctx.id.name ?? '').split('/')[0] ?? '');
    if (workspaceId === undefined) throw new Error('This object is not named after a workspace.');
    return workspaceId;
  }
}
