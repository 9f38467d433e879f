/**
 * Publishes an object's log on the event bus. The log is the outbox: an event that was committed is published, one that was
 * not is not, in its order, and a commit pays for nothing but a timer. What is under way is written down before it leaves, so
 * that after a kill the same events leave under the same delivery id and the topic takes them once.
 */
import { maxEventBytes, maxPublishEvents } from '../../shared/domain/event-bus/settings.ts';
import type { NewEvent, TopicRpc } from '../../shared/rpc/event-bus.ts';
import type { StoredEvent } from './aggregate.ts';
import { statement, type Participant, type Storage } from './storage.ts';
import type { Timers } from './timers.ts';

/** For a migration of an object whose log is published from then on. */
export const logPublicationTable = `
  CREATE TABLE log_publication (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    published INTEGER NOT NULL,
    sending INTEGER NOT NULL
  ) STRICT;
`;

/** For a migration after it: a stretch of the log that is not published. */
export const logPublicationGap = `
  ALTER TABLE log_publication ADD COLUMN gap_after INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE log_publication ADD COLUMN gap_to INTEGER NOT NULL DEFAULT 0;
`;

type CursorRow = { published: number; sending: number; gap_after: number; gap_to: number };

const selectCursor = statement<[], CursorRow>`SELECT published, sending, gap_after, gap_to FROM log_publication`;
const beginCursor = statement<[published: number, sending: number]>`
  INSERT INTO log_publication (id, published, sending) VALUES (1, ?, ?) ON CONFLICT (id) DO NOTHING`;
const upsertCursor = statement<[published: number, sending: number]>`
  INSERT INTO log_publication (id, published, sending) VALUES (1, ?, ?)
  ON CONFLICT (id) DO UPDATE SET published = excluded.published, sending = excluded.sending`;
const setGap = statement<[after: number, to: number]>`UPDATE log_publication SET gap_after = ?, gap_to = ?`;

const timerName = 'platform.publish_log';
/** How long events may gather before they are published together. */
const gatherMs = 100;
/** Characters of one command's events; a topic takes 1 MiB. */
const maxCharacters = 400_000;

export interface LogPublisherParts<Event> {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly now: () => number;
  readonly log: {
    readonly sequence: number;
    readonly oldest: number;
    read(query: { readonly after: number; readonly limit: number }): readonly StoredEvent<Event>[];
    onAppend(listener: () => void): void;
  };
  /** Who publishes: the object's lasting name. */
  readonly source: string;
  /** A fresh stub of the topic. */
  readonly topic: () => Pick<TopicRpc, 'publish'>;
  /** The event as it is told; the same for the same event at any time. */
  readonly tell: (stored: StoredEvent<Event>) => NewEvent;
  /** The same without its body, for one that is too large. */
  readonly tellBriefly: (stored: StoredEvent<Event>) => NewEvent;
}

interface Batch {
  readonly first: number;
  readonly last: number;
  /** Of the last. */
  readonly recordedAt: number;
  readonly events: readonly NewEvent[];
}

export class LogPublisher<Event> implements Participant {
  readonly #parts: LogPublisherParts<Event>;
  /** Whether the timer is set for all that was appended; false when that is not known. */
  #isPlanned = false;
  /** Whether the cursor is there; false when that is not known. */
  #hasBegun = false;

  constructor(parts: LogPublisherParts<Event>) {
    this.#parts = parts;
    parts.timers.on(timerName, () => this.#publishAll(), { attempts: Number.POSITIVE_INFINITY });
    parts.storage.enlist(this);
    parts.log.onAppend(() => this.#plan());
    this.#begin();
  }

  /** After a rollback, and after an import, whose rows may be of a time when nothing was published. */
  invalidate(): void {
    this.#isPlanned = false;
    this.#hasBegun = false;
  }

  /**
   * Writes events which are news to nobody, inside a transaction: they are in the log and are not published, while what
   * was appended before them still is. There is one such stretch in a log.
   */
  withhold(write: () => void): void {
    const { storage, log } = this.#parts;
    this.#begin();
    const after = log.sequence;
    write();
    storage.run(setGap, after, log.sequence);
  }

  /** What was in the log before anything of it was published is no news. */
  #begin(): void {
    if (this.#hasBegun) return;
    const { storage, log } = this.#parts;
    storage.run(beginCursor, log.sequence, log.sequence);
    this.#hasBegun = true;
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#begin();
    this.#parts.timers.ensure({ name: timerName, dueAt: this.#parts.now() + gatherMs });
    this.#isPlanned = true;
  }

  async #publishAll(): Promise<void> {
    this.#isPlanned = false;
    const { topic, source } = this.#parts;
    for (let batch = this.#next(); batch !== undefined; batch = this.#next(batch.last)) {
      const { first, last, recordedAt, events } = batch;
      // With the time: an object that was made again from an old file has other events in the same places.
      const deliveryId = `${source}/log/${first}-${last}@${recordedAt}`;
      const published = await topic().publish({ deliveryId, source, events });
      // Another body under the id was told by another version of the code: the topic has these events.
      if (published.ok || published.error.type === 'idempotency.mismatch') continue;
      throw new Error(`${published.error.type}: ${published.error.detail}`);
    }
  }

  /** The events to publish next, written down as under way, after those up to `published` are. */
  #next(published?: number): Batch | undefined {
    const { storage, log } = this.#parts;
    return storage.transaction((): Batch | undefined => {
      this.#begin();
      const cursor = storage.first(selectCursor) ?? { published: 0, sending: 0, gap_after: 0, gap_to: 0 };
      const told = Math.max(published ?? 0, cursor.published, log.oldest - 1);
      const done = told >= cursor.gap_after ? Math.max(told, cursor.gap_to) : told;
      const most = done < cursor.gap_after ? cursor.gap_after - done : maxPublishEvents;
      const batch = this.#gather(done, most, cursor.sending > done ? cursor.sending - done : undefined);
      const sending = batch?.last ?? done;
      if (done !== cursor.published || sending !== cursor.sending) storage.run(upsertCursor, done, sending);
      return batch;
    });
  }

  /** @param count how many exactly, where that was decided before. */
  #gather(after: number, most: number, count: number | undefined): Batch | undefined {
    const { log } = this.#parts;
    const events: NewEvent[] = [];
    let characters = 0;
    let recordedAt = 0;
    for (const stored of log.read({ after, limit: count ?? Math.min(most, maxPublishEvents) })) {
      const event = this.#tell(stored);
      characters += JSON.stringify(event).length;
      if (count === undefined && events.length > 0 && characters > maxCharacters) break;
      events.push(event);
      ({ recordedAt } = stored);
    }
    return events.length === 0 ? undefined : { first: after + 1, last: after + events.length, recordedAt, events };
  }

  #tell(stored: StoredEvent<Event>): NewEvent {
    const { tell, tellBriefly } = this.#parts;
    const event = tell(stored);
    return Buffer.byteLength(JSON.stringify(event)) > maxEventBytes - 1_000 ? tellBriefly(stored) : event;
  }
}
