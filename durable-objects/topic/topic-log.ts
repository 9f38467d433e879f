/**
 * The events of a topic: all SQL of the log, its counters, and the newest events in memory, so that following clients and
 * consumers that keep up read nothing from the disk. Counters and memory are never ahead of the disk: a rollback forgets them.
 *
 * The topic's row holds the counters as they were at some event; what came after it is counted when the object is loaded. So
 * a publish writes no row but that of its event.
 */
import { composeCursorGone } from '../../shared/errors/cursor-gone.ts';
import { ok, type Result } from '../../shared/errors/result.ts';
import type { StoredBusEvent } from '../../shared/rpc/event-bus.ts';
import type { FollowedLog, Participant } from '../platform/storage.ts';
import { statement, type Storage } from '../platform/index.ts';
import { readEventRow, type TopicEventRow } from './event-row.ts';

/** An event as it is written. */
export interface EncodedEvent {
  readonly type: string;
  readonly key: string | undefined;
  readonly schemaVersion: number | undefined;
  /** The data, and its JSON text. */
  readonly value: unknown;
  readonly data: string;
  readonly source: string;
  /** How many topics handed it on. */
  readonly hops: number;
  readonly bytes: number;
}

interface Counters {
  lastSequence: number;
  /** Everything up to this sequence was dropped by retention. */
  floor: number;
  events: number;
  bytes: number;
  lastRecordedAt: number;
}

type CounterRow = { last_sequence: number; floor: number; events: number; bytes: number; last_recorded_at: number };
type TailRow = { events: number; bytes: number | null; last_sequence: number | null; last_recorded_at: number | null };
type NewRow = [number, string, string | null, number | null, string, string, number, number, number];

const statements = {
  counters: statement<[], CounterRow>`
    SELECT last_sequence, floor, events, bytes, last_recorded_at FROM topic WHERE id = 1`,
  tail: statement<[after: number], TailRow>`
    SELECT COUNT(*) AS events, SUM(bytes) AS bytes, MAX(sequence) AS last_sequence, MAX(recorded_at) AS last_recorded_at
    FROM topic_event WHERE sequence > ?`,
  saveCounters: statement<[number, number, number, number, number]>`
    UPDATE topic SET last_sequence = ?, floor = ?, events = ?, bytes = ?, last_recorded_at = ? WHERE id = 1`,
  insert: statement<NewRow>`
    INSERT INTO topic_event (sequence, type, key, schema_version, data, source, hops, bytes, recorded_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  read: statement<[after: number, limit: number], TopicEventRow>`
    SELECT * FROM topic_event WHERE sequence > ? ORDER BY sequence LIMIT ?`,
  one: statement<[sequence: number], TopicEventRow>`SELECT * FROM topic_event WHERE sequence = ?`,
  keys: statement<[after: number, limit: number], { sequence: number; type: string; key: string | null }>`
    SELECT sequence, type, key FROM topic_event WHERE sequence > ? ORDER BY sequence LIMIT ?`,
  before: statement<[sequence: number], { sequence: number | null }>`
    SELECT MAX(sequence) AS sequence FROM topic_event WHERE sequence < ?`,
  timeFrom: statement<[sequence: number], { sequence: number; recorded_at: number }>`
    SELECT sequence, recorded_at FROM topic_event WHERE sequence >= ? ORDER BY sequence LIMIT 1`,
  size: statement<[after: number, upTo: number], { length: number | null }>`
    SELECT SUM(LENGTH(data)) AS length FROM topic_event WHERE sequence > ? AND sequence <= ?`,
  oldest: statement<[limit: number], { sequence: number; bytes: number; recorded_at: number }>`
    SELECT sequence, bytes, recorded_at FROM topic_event ORDER BY sequence LIMIT ?`,
  dropUpTo: statement<[sequence: number]>`DELETE FROM topic_event WHERE sequence <= ?`,
  replaced: statement<[upTo: number, after: number, limit: number], { sequence: number; bytes: number }>`
    SELECT DISTINCT old.sequence, old.bytes
    FROM topic_event AS newer JOIN topic_event AS old ON old.key = newer.key AND old.sequence < newer.sequence
    WHERE old.sequence <= ? AND newer.sequence > ? AND newer.key IS NOT NULL
    ORDER BY old.sequence LIMIT ?`,
  dropOne: statement<[sequence: number]>`DELETE FROM topic_event WHERE sequence = ?`,
  dropAll: statement`DELETE FROM topic_event`,
};

const composeStored = (
  { type, key, schemaVersion, value, source }: EncodedEvent,
  place: { readonly sequence: number; readonly recordedAt: number },
): StoredBusEvent => ({
  ...place,
  event: {
    type,
    ...(key === undefined ? {} : { key }),
    ...(schemaVersion === undefined ? {} : { schemaVersion }),
    data: value,
    source,
    previous: place.sequence - 1,
  },
});

/** Events that are counted anew when the object is loaded, at most about so many. */
const countedAtLoad = 1_000;

/** Newest events kept in memory, and the characters of their data. */
const tailEvents = 512;
const tailLength = 2_000_000;

export class TopicLog implements FollowedLog, Participant {
  readonly #storage: Storage;
  #counters: Counters | undefined;
  /** Up to which event the counters on disk go. */
  #savedUpTo = 0;
  /** Without gaps up to the newest event; empty when nothing is known. */
  #tail: StoredBusEvent[] = [];
  #tailLength = 0;
  #compactedUpTo = 0;

  constructor(storage: Storage) {
    this.#storage = storage;
    storage.enlist(this);
    storage.attachFollowedLog(this);
  }

  get sequence(): number {
    return this.#count().lastSequence;
  }

  get oldest(): number {
    return this.#count().floor + 1;
  }

  get size(): { readonly events: number; readonly bytes: number } {
    return this.#count();
  }

  invalidate(): void {
    this.#counters = undefined;
    this.#compactedUpTo = 0;
    this.#tail = [];
    this.#tailLength = 0;
  }

  /** Adds events at the end, inside a transaction; answers the first sequence. */
  append(events: readonly EncodedEvent[], now: number): number {
    const counters = this.#count();
    // A clock that goes back makes no event older than the one before it, so a moment is found by halving.
    const recordedAt = Math.max(now, counters.lastRecordedAt);
    const first = counters.lastSequence + 1;
    for (const event of events) {
      const sequence = counters.lastSequence + 1;
      const { type, key = null, schemaVersion: version = null, data, source, hops, bytes } = event;
      this.#storage.run(statements.insert, sequence, type, key, version, data, source, hops, bytes, recordedAt);
      this.#remember(composeStored(event, { sequence, recordedAt }), data.length);
      counters.lastSequence = sequence;
      counters.events += 1;
      counters.bytes += bytes;
    }
    counters.lastRecordedAt = recordedAt;
    if (counters.lastSequence - this.#savedUpTo >= countedAtLoad) this.#save();
    return first;
  }

  read({ after, limit }: { readonly after: number; readonly limit: number }): readonly StoredBusEvent[] {
    const first = this.#tail[0];
    if (first !== undefined && after >= first.sequence - 1) {
      const from = after - first.sequence + 1;
      return this.#tail.slice(from, from + limit);
    }
    const rows = this.#storage.all(statements.read, after, limit);
    let previous = rows[0] === undefined ? 0 : this.#before(rows[0].sequence);
    return rows.map((row) => {
      const stored = readEventRow(row, previous);
      previous = row.sequence;
      return stored;
    });
  }

  /** For callers outside: `cursor.gone` with the oldest sequence, never a skip. */
  page(query: {
    readonly after: number;
    readonly limit: number;
    readonly since?: number;
  }): Result<readonly StoredBusEvent[]> {
    const after = query.since === undefined ? query.after : this.findMoment(query.since) - 1;
    if (after + 1 < this.oldest) {
      return { ok: false, error: composeCursorGone(this.oldest) };
    }
    return ok(this.read({ after, limit: query.limit }));
  }

  one(sequence: number): StoredBusEvent | undefined {
    const [kept] = this.read({ after: sequence - 1, limit: 1 });
    return kept?.sequence === sequence ? kept : undefined;
  }

  /** How many topics handed the event on. */
  hops(sequence: number): number {
    return this.#storage.first(statements.one, sequence)?.hops ?? 0;
  }

  /** Sequences, types and keys after a sequence. */
  keys(
    after: number,
    limit: number,
  ): readonly { readonly sequence: number; readonly type: string; readonly key: string | undefined }[] {
    if (after >= this.sequence) return [];
    return this.#storage.all(statements.keys, after, limit).map((row) => ({
      sequence: row.sequence,
      type: row.type,
      key: row.key ?? undefined,
    }));
  }

  /** The sequence of the first event that was recorded at or after a moment; one past the end when there is none. */
  findMoment(since: number): number {
    let low = this.oldest;
    let high = this.sequence + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = this.#storage.first(statements.timeFrom, middle);
      if (found === undefined || found.recorded_at >= since) high = middle;
      else low = found.sequence + 1;
    }
    return this.#storage.first(statements.timeFrom, low)?.sequence ?? this.sequence + 1;
  }

  sizeBetween(after: number, upTo: number): number {
    return after >= upTo ? 0 : (this.#storage.first(statements.size, after, upTo)?.length ?? 0);
  }

  /** The oldest events, for retention. */
  oldestEvents(limit: number): readonly { readonly sequence: number; readonly bytes: number; readonly at: number }[] {
    return this.#storage.all(statements.oldest, limit).map(({ recorded_at: at, ...rest }) => ({ ...rest, at }));
  }

  /** Drops the oldest events, by retention: whoever has not read them is told. Inside a transaction. */
  drop(dropped: readonly { readonly sequence: number; readonly bytes: number }[]): void {
    const last = dropped.at(-1);
    if (last === undefined) return;
    this.#storage.run(statements.dropUpTo, last.sequence);
    this.#count().floor = last.sequence;
    this.#shrink(dropped);
  }

  /**
   * Takes out events from before a moment that a newer one of their key has replaced; answers how many. Inside a
   * transaction. Only keys of events since the last look are asked, for what they replaced before is gone already.
   */
  compact(before: number, limit: number): number {
    const upTo = this.findMoment(before) - 1;
    const replaced = this.#storage.all(statements.replaced, upTo, this.#compactedUpTo, limit);
    for (const { sequence } of replaced) this.#storage.run(statements.dropOne, sequence);
    if (replaced.length > 0) this.#shrink(replaced);
    if (replaced.length < limit) this.#compactedUpTo = upTo;
    return replaced.length;
  }

  /** Drops everything; sequences go on. Inside a transaction. */
  clear(): void {
    this.#storage.run(statements.dropAll);
    const counters = this.#count();
    Object.assign(counters, { floor: counters.lastSequence, events: 0, bytes: 0 });
    this.#tail = [];
    this.#tailLength = 0;
    this.#save();
  }

  #shrink(dropped: readonly { readonly bytes: number }[]): void {
    const counters = this.#count();
    counters.events -= dropped.length;
    counters.bytes -= dropped.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#tail = [];
    this.#tailLength = 0;
    this.#save();
  }

  #save(): void {
    const { lastSequence, floor, events, bytes, lastRecordedAt } = this.#count();
    this.#storage.run(statements.saveCounters, lastSequence, floor, events, bytes, lastRecordedAt);
    this.#savedUpTo = lastSequence;
  }

  #before(sequence: number): number {
    return this.#storage.first(statements.before, sequence)?.sequence ?? this.#count().floor;
  }

  #remember(stored: StoredBusEvent, length: number): void {
    this.#tail.push(stored);
    this.#tailLength += length;
    if (this.#tail.length <= tailEvents && this.#tailLength <= tailLength) return;
    // Half of it at once, so that the array is not moved with each event.
    this.#tail = this.#tailLength > tailLength ? [] : this.#tail.slice(this.#tail.length / 2);
    this.#tailLength = this.#tail.length === 0 ? 0 : this.#tailLength / 2;
  }

  #count(): Counters {
    if (this.#counters !== undefined) return this.#counters;
    const row = this.#storage.first(statements.counters);
    this.#savedUpTo = row?.last_sequence ?? 0;
    const tail = this.#storage.first(statements.tail, this.#savedUpTo);
    this.#counters = {
      lastSequence: tail?.last_sequence ?? this.#savedUpTo,
      floor: row?.floor ?? 0,
      events: (row?.events ?? 0) + (tail?.events ?? 0),
      bytes: (row?.bytes ?? 0) + (tail?.bytes ?? 0),
      lastRecordedAt: tail?.last_recorded_at ?? row?.last_recorded_at ?? 0,
    };
    return this.#counters;
  }
}
