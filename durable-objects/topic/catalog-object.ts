/**
 * The topics of a workspace, and the subscriptions whose patterns stand for many of them. A topic asks here once, when it is
 * made, and is told which groups it gets, so a subscriber misses no event of a topic that comes later. Publishing and
 * consuming never pass this object.
 */
import { workspaceQuota } from '../../shared/domain/event-bus/settings.ts';
import { matchesTopic, type TopicName } from '../../shared/domain/event-bus/topic-name.ts';
import { parseId, type WorkspaceId } from '../../shared/domain/ids.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { SubscriptionView, TopicCatalogRpc } from '../../shared/rpc/event-bus.ts';
import { ManagedObject } from '../platform/index.ts';
import { topicStub } from '../stubs.ts';
import { topicCatalogMigrations, topicCatalogTables } from './catalog-migrations.ts';
import { CatalogStore, type KnownTopic, type Subscription } from './catalog-store.ts';
import type { TopicEnvironment } from './environment.ts';

type Command<Method extends keyof TopicCatalogRpc> = Parameters<TopicCatalogRpc[Method]>[0];
type Answer<Method extends keyof TopicCatalogRpc> = ReturnType<TopicCatalogRpc[Method]>;

/** A group to be made, changed or removed on one topic. */
interface GroupChange {
  readonly topic: TopicName;
  readonly subscription: string;
}

const changeKind = 'change-group';
/** Topics looked at in one page of a listing or of a subscription's spread. */
const pageSize = 500;

const flatten = <Value>(kept: Result<Result<Value>>): Result<Value> => (kept.ok ? kept.value : kept);

const viewSubscription = ({ revision: _revision, ...view }: Subscription): SubscriptionView => view;

/** Whether the topic gets the subscription's group: all of the pattern but the one that gathers them, which would feed itself. */
const standsFor = ({ pattern, settings: { target } }: Subscription, topic: TopicName): boolean =>
  matchesTopic(pattern, topic) && !(target.kind === 'topic' && target.topic === topic);

export class TopicCatalogObject extends ManagedObject<TopicEnvironment> implements TopicCatalogRpc {
  readonly #store: CatalogStore;
  readonly #workspaceId: WorkspaceId;

  constructor(ctx: DurableObjectState, env: TopicEnvironment) {
    super(ctx, env, {
      migrations: topicCatalogMigrations,
      openTables: topicCatalogTables,
      irreversible: 'its topics go their own ways. Subscribe or unsubscribe, and remove topics, one by one',
    });
    const workspaceId = parseId('wsp', ctx.id.name?.split('/')[0] ?? '');
    if (workspaceId === undefined) throw new Error('This object is not named after a workspace.');
    this.#workspaceId = workspaceId;
    this.#store = new CatalogStore(this.storage);
    this.outbox.on(changeKind, (payload, { deliveryId }) =>
      // SAFETY: written by `#spread` and by nothing else.
      this.#change(payload as GroupChange, deliveryId),
    );
  }

  async declare({ topic, maxBytes }: Command<'declare'>): Answer<'declare'> {
    const known = this.#store.find(topic);
    const { topics, bytes } = this.#store.size();
    if (known === undefined && topics >= workspaceQuota.topics) {
      return full(`has ${topics} topics, which is all it can have`);
    }
    if (bytes - (known?.maxBytes ?? 0) + maxBytes > workspaceQuota.bytes) {
      return full(`has reserved ${bytes} bytes for topics, of ${workspaceQuota.bytes}`);
    }
    this.transact(() => this.#store.put(topic, maxBytes, this.now()));
    const groups = this.#store
      .subscriptions()
      .filter((subscription) => standsFor(subscription, topic))
      .map(({ name, settings }) => ({ group: name, settings }));
    return ok({ groups });
  }

  async forget({ topic }: Command<'forget'>): Answer<'forget'> {
    const forgotten = this.#store.find(topic) !== undefined;
    this.transact(() => this.#store.remove(topic));
    return ok({ forgotten });
  }

  async has({ topic }: Command<'has'>): Answer<'has'> {
    return ok(this.#store.find(topic) !== undefined);
  }

  async list({ pattern, after = '', limit }: Command<'list'>): Answer<'list'> {
    const topics: KnownTopic[] = [];
    for (const topic of this.#walk(after)) {
      if (pattern === undefined || matchesTopic(pattern, topic.topic)) topics.push(topic);
      if (topics.length === limit) break;
    }
    return ok({ topics, reservedBytes: this.#store.size().bytes });
  }

  async subscribe(command: Command<'subscribe'>): Answer<'subscribe'> {
    const { name, pattern, settings } = command;
    return this.#once<SubscriptionView>(command, () => {
      const before = this.#store.subscription(name);
      if (before !== undefined && before.pattern !== pattern) {
        const reason = `is ${before.pattern} for this name; use another name for another pattern`;
        return err({
          type: 'resource.conflict',
          detail: `pattern ${reason}.`,
          issues: [{ field: 'body.pattern', reason }],
        });
      }
      if (before === undefined && this.#store.subscriptions().length >= workspaceQuota.subscriptions) {
        const detail = `A workspace has at most ${workspaceQuota.subscriptions} subscriptions; remove one first.`;
        return err({ type: 'resource.conflict', detail });
      }
      this.#store.putSubscription(name, pattern, settings, this.now());
      const subscription = this.#store.subscription(name);
      if (subscription === undefined) throw new Error('The subscription was not written.');
      this.#spread(subscription);
      return ok(viewSubscription(subscription));
    });
  }

  async unsubscribe(command: Command<'unsubscribe'>): Answer<'unsubscribe'> {
    return this.#once<{ readonly removed: boolean }>(command, () => {
      const subscription = this.#store.subscription(command.name);
      if (subscription === undefined) return ok({ removed: false });
      this.#store.removeSubscription(command.name);
      this.#spread(subscription);
      return ok({ removed: true });
    });
  }

  async subscriptions(): Answer<'subscriptions'> {
    return ok(this.#store.subscriptions().map(viewSubscription));
  }

  /** Tells every topic that the pattern stands for; one that cannot be reached holds up no other. */
  #spread({ name, pattern }: Subscription): void {
    for (const { topic } of this.#walk('')) {
      if (!matchesTopic(pattern, topic)) continue;
      const payload: GroupChange = { topic, subscription: name };
      this.outbox.enqueue({ lane: `topic/${topic}`, kind: changeKind, payload });
    }
  }

  /** Brings the topic to what the subscription is now, whatever it was when the change was written. */
  async #change({ topic, subscription: name }: GroupChange, commandId: string): Promise<void> {
    if (this.#store.find(topic) === undefined) return;
    const subscription = this.#store.subscription(name);
    const stub = topicStub(this.env, this.#workspaceId, topic);
    const id = `${commandId}/${subscription?.revision ?? 'removed'}`;
    const changed =
      subscription === undefined || !standsFor(subscription, topic)
        ? await stub.removeGroup({ commandId: id, group: name })
        : await stub.putGroup({ commandId: id, group: name, settings: subscription.settings });
    if (!changed.ok) throw new Error(`${changed.error.type}: ${changed.error.detail}`);
  }

  *#walk(after: string): Generator<KnownTopic> {
    let from = after;
    for (;;) {
      const page = this.#store.page(from, pageSize);
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) return;
      from = last.topic;
    }
  }

  #once<Value>(command: { readonly commandId: string }, handle: () => Result<Value>): Result<Value> {
    return flatten(this.transact(() => this.inbox.once(command.commandId, command, this.now(), handle)));
  }
}

const full = (reason: string): Result<never> =>
  err({ type: 'rate.limited', detail: `The workspace ${reason}. Remove topics, or reserve less for them.` });
