/** All SQL of a catalogue of topics. */
import type { GroupSettings } from '../../shared/domain/event-bus/group.ts';
import type { TopicName, TopicPattern } from '../../shared/domain/event-bus/topic-name.ts';
import type { SubscriptionView } from '../../shared/rpc/event-bus.ts';
import { encodeRowJson } from '../platform/json-text.ts';
import { statement, type Storage } from '../platform/index.ts';
import { readGroupSettings } from './group-table.ts';

export interface KnownTopic {
  readonly topic: TopicName;
  readonly maxBytes: number;
  readonly createdAt: number;
}

type TopicRow = { name: string; max_bytes: number; created_at: number };
type SubscriptionRow = { name: string; pattern: string; settings: string; revision: number; created_at: number };

const statements = {
  find: statement<[name: string], TopicRow>`SELECT * FROM known_topic WHERE name = ?`,
  put: statement<[name: string, maxBytes: number, createdAt: number]>`
    INSERT INTO known_topic (name, max_bytes, created_at) VALUES (?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET max_bytes = excluded.max_bytes`,
  remove: statement<[name: string]>`DELETE FROM known_topic WHERE name = ?`,
  page: statement<[after: string, limit: number], TopicRow>`
    SELECT * FROM known_topic WHERE name > ? ORDER BY name LIMIT ?`,
  size: statement<[], { topics: number; bytes: number | null }>`
    SELECT COUNT(*) AS topics, SUM(max_bytes) AS bytes FROM known_topic`,
  subscriptions: statement<[], SubscriptionRow>`SELECT * FROM subscription ORDER BY name`,
  subscription: statement<[name: string], SubscriptionRow>`SELECT * FROM subscription WHERE name = ?`,
  putSubscription: statement<[string, string, string, number]>`
    INSERT INTO subscription (name, pattern, settings, revision, created_at) VALUES (?, ?, ?, 1, ?)
    ON CONFLICT (name) DO UPDATE SET settings = excluded.settings, revision = revision + 1`,
  removeSubscription: statement<[name: string]>`DELETE FROM subscription WHERE name = ?`,
};

const readTopic = (row: TopicRow): KnownTopic => ({
  // SAFETY: only names that were checked are written.
  topic: row.name as TopicName,
  maxBytes: row.max_bytes,
  createdAt: row.created_at,
});

export interface Subscription extends SubscriptionView {
  /** Counts its changes. */
  readonly revision: number;
}

const readSubscription = (row: SubscriptionRow): Subscription => ({
  name: row.name,
  // SAFETY: only patterns that were checked are written.
  pattern: row.pattern as TopicPattern,
  settings: readGroupSettings(row.settings, `The settings of subscription ${row.name}`),
  revision: row.revision,
  createdAt: row.created_at,
});

export class CatalogStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  find(topic: TopicName): KnownTopic | undefined {
    const row = this.#storage.first(statements.find, topic);
    return row === undefined ? undefined : readTopic(row);
  }

  put(topic: TopicName, maxBytes: number, now: number): void {
    this.#storage.run(statements.put, topic, maxBytes, now);
  }

  remove(topic: TopicName): void {
    this.#storage.run(statements.remove, topic);
  }

  page(after: string, limit: number): readonly KnownTopic[] {
    return this.#storage.all(statements.page, after, limit).map(readTopic);
  }

  size(): { readonly topics: number; readonly bytes: number } {
    const row = this.#storage.first(statements.size);
    return { topics: row?.topics ?? 0, bytes: row?.bytes ?? 0 };
  }

  subscriptions(): readonly Subscription[] {
    return this.#storage.all(statements.subscriptions).map(readSubscription);
  }

  subscription(name: string): Subscription | undefined {
    const row = this.#storage.first(statements.subscription, name);
    return row === undefined ? undefined : readSubscription(row);
  }

  putSubscription(name: string, pattern: TopicPattern, settings: GroupSettings, now: number): void {
    const text = encodeRowJson(settings, `The settings of subscription ${name}`);
    this.#storage.run(statements.putSubscription, name, pattern, text, now);
  }

  removeSubscription(name: string): void {
    this.#storage.run(statements.removeSubscription, name);
  }
}
