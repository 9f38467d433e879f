/**
 * What a topic of the event bus offers: one object per workspace and topic, a log in total order with consumer groups. All
 * sequences count from 1 without gaps as they are given; compaction and retention may take events out later. Times are
 * milliseconds since the epoch. Commands may be repeated: the second time changes nothing.
 */
import type { GroupSettings, GroupView, LeaseRef } from '../domain/event-bus/group.ts';
import type { TopicSettings } from '../domain/event-bus/settings.ts';
import type { TopicName, TopicPattern } from '../domain/event-bus/topic-name.ts';
import type { Result } from '../errors/result.ts';

/** What a publisher gives. */
export interface NewEvent {
  /** For example `order.placed`; 1 to 100 characters. */
  readonly type: string;
  /** What the event is about, at most 200 characters: compaction keeps the last of a key, ordered groups keep its order. */
  readonly key?: string;
  /** JSON data, at most 256 KiB as text. */
  readonly data: unknown;
  /** The version of the type's schema that the data is of; the newest unless told. */
  readonly schemaVersion?: number;
}

/** An event of a topic. */
export interface BusEvent {
  readonly type: string;
  readonly key?: string;
  readonly schemaVersion?: number;
  readonly data: unknown;
  /** Who published it, stamped by the platform: `key:<id>`, or the name of an object. */
  readonly source: string;
  /** The sequence of the event before it that is still kept; smaller by more than 1 only where compaction took some out. */
  readonly previous: number;
}

export interface StoredBusEvent {
  readonly sequence: number;
  readonly recordedAt: number;
  readonly event: BusEvent;
}

export interface Published {
  /** Sequences of the first and the last event of the command. */
  readonly first: number;
  readonly last: number;
  /** True when the command came before; nothing was added now. */
  readonly duplicate: boolean;
}

export interface PublishCommand {
  /** The same over all attempts; 1 to 200 characters. A repeat within 24 hours adds nothing. */
  readonly deliveryId: string;
  readonly source: string;
  /** How many topics handed the events on before this one; none unless told. */
  readonly hops?: number;
  /** 1 to 100, at most 1 MiB together; all are added or none. */
  readonly events: readonly NewEvent[];
}

/** An event handed to a consumer until the lease ends. */
export interface LeasedEvent extends StoredBusEvent {
  /** Names this handing-out when the event is acknowledged, rejected or extended. */
  readonly lease: number;
  /** How often the event was handed out to the group, this time included. */
  readonly attempt: number;
  readonly leasedUntil: number;
}

export interface Pulled {
  readonly events: readonly LeasedEvent[];
  /** Events the group has not settled yet, those of this answer included. */
  readonly lag: number;
}

/** Leases that were good, and those that were not: taken over by somebody else meanwhile, or given up. */
export interface Settled {
  readonly settled: number;
  readonly stale: readonly number[];
}

export interface BusDeadLetter {
  readonly letterId: number;
  readonly group: string;
  readonly sequence: number;
  /** Absent when retention took the event before it was given up. */
  readonly event?: BusEvent;
  readonly attempts: number;
  readonly cause: string;
  readonly parkedAt: number;
}

export interface SchemaView {
  readonly type: string;
  readonly version: number;
  readonly schema: unknown;
  readonly createdAt: number;
}

export interface TopicView {
  readonly topic: TopicName;
  readonly settings: TopicSettings;
  readonly createdAt: number;
  /** Of the newest event ever; 0 when there was none. */
  readonly sequence: number;
  /** Of the oldest event that retention has left; `sequence + 1` when there is none. */
  readonly oldest: number;
  readonly events: number;
  readonly bytes: number;
  readonly groups: readonly GroupView[];
}

export interface TopicRpc {
  /**
   * Adds events at the end, on disk when it is answered. `rate.limited` with `retryAfterMs` beyond the topic's rate, and
   * where the workspace may have no more topics; `request.invalid` names what is wrong with which event.
   */
  publish(command: PublishCommand): Promise<Result<Published>>;
  /** Makes the topic, or changes what is named; the rest stays. */
  configure(command: {
    readonly commandId: string;
    readonly settings: Partial<TopicSettings>;
  }): Promise<Result<TopicView>>;
  view(): Promise<Result<TopicView>>;
  /** Ends the topic with all it holds. */
  remove(command: { readonly commandId: string }): Promise<Result<{ readonly removed: true }>>;
  /** Events after a sequence, or from a moment on; `cursor.gone` with the oldest sequence instead of a skip. */
  events(query: {
    readonly after: number;
    readonly limit: number;
    readonly since?: number;
  }): Promise<Result<readonly StoredBusEvent[]>>;
  /** Adds a version of a type's schema; `resource.conflict` when what fits the last version may not fit this one. */
  addSchema(command: {
    readonly commandId: string;
    readonly type: string;
    readonly schema: unknown;
  }): Promise<Result<SchemaView>>;
  schemas(): Promise<Result<readonly SchemaView[]>>;
  /** Makes a consumer group, or changes its settings; its cursor stays. */
  putGroup(command: {
    readonly commandId: string;
    readonly group: string;
    readonly settings: GroupSettings;
  }): Promise<Result<GroupView>>;
  removeGroup(command: {
    readonly commandId: string;
    readonly group: string;
  }): Promise<Result<{ readonly removed: boolean }>>;
  /** Leases the next events to a consumer; waits for some up to `waitMs`. A repeat of a `pullId` answers the same ones. */
  pull(command: {
    readonly pullId: string;
    readonly group: string;
    readonly limit: number;
    readonly leaseMs?: number;
    readonly waitMs?: number;
  }): Promise<Result<Pulled>>;
  /** Done with these: they are not handed out again. */
  acknowledge(command: { readonly group: string; readonly leases: readonly LeaseRef[] }): Promise<Result<Settled>>;
  /** Failed with these: handed out again after `delayMs` (a growing pause unless told), or given up after enough attempts. */
  reject(command: {
    readonly group: string;
    readonly leases: readonly LeaseRef[];
    readonly cause?: string;
    readonly delayMs?: number;
  }): Promise<Result<Settled>>;
  /** Needs longer for these: their leases end `leaseMs` from now. */
  extend(command: {
    readonly group: string;
    readonly leases: readonly LeaseRef[];
    readonly leaseMs: number;
  }): Promise<Result<Settled>>;
  /** Moves the group: it goes on after `after`, or at the first event from `since` on; its leases and retries are dropped. */
  seek(command: {
    readonly commandId: string;
    readonly group: string;
    readonly after?: number;
    readonly since?: number;
  }): Promise<Result<GroupView>>;
  deadLetters(query: {
    readonly group: string;
    readonly after: number;
    readonly limit: number;
  }): Promise<Result<readonly BusDeadLetter[]>>;
  /** Hands a dead letter's event out again, with all its attempts. */
  replayDeadLetter(command: {
    readonly commandId: string;
    readonly group: string;
    readonly letterId: number;
  }): Promise<Result<{ readonly replayed: true }>>;
}

/** A consumer group on every topic, present or to come, that a pattern stands for. */
export interface SubscriptionView {
  readonly name: string;
  readonly pattern: TopicPattern;
  readonly settings: GroupSettings;
  readonly createdAt: number;
}

/** The topics of a workspace. Asked when a topic is made and by people; publishing never passes it. */
export interface TopicCatalogRpc {
  /** Called by a topic that is made: room for it, and the groups that subscriptions give it. `rate.limited` without room. */
  declare(command: {
    readonly topic: TopicName;
    readonly maxBytes: number;
  }): Promise<Result<{ readonly groups: readonly { readonly group: string; readonly settings: GroupSettings }[] }>>;
  /** Called by a topic that ended. */
  forget(command: { readonly topic: TopicName }): Promise<Result<{ readonly forgotten: boolean }>>;
  /** Whether there is such a topic. */
  has(query: { readonly topic: TopicName }): Promise<Result<boolean>>;
  /** Topics that the pattern stands for, by name, after a name. */
  list(query: { readonly pattern?: TopicPattern; readonly after?: string; readonly limit: number }): Promise<
    Result<{
      readonly topics: readonly { readonly topic: TopicName; readonly createdAt: number; readonly maxBytes: number }[];
      readonly reservedBytes: number;
    }>
  >;
  /** Makes the subscription, or changes its settings; the pattern of one name stays. Topics follow within a second. */
  subscribe(command: {
    readonly commandId: string;
    readonly name: string;
    readonly pattern: TopicPattern;
    readonly settings: GroupSettings;
  }): Promise<Result<SubscriptionView>>;
  unsubscribe(command: {
    readonly commandId: string;
    readonly name: string;
  }): Promise<Result<{ readonly removed: boolean }>>;
  subscriptions(): Promise<Result<readonly SubscriptionView[]>>;
}
