/**
 * Truth as an append-only log with a state in memory on top. Three tiers: the state in memory, a snapshot and the
 * tail after it, the whole log. Events are kept as JSON with their type and version, so that old ones are read by
 * new code; the state is always evolved from what the disk will give back, never from the object handed in.
 */

import { composeCursorGone } from '../../shared/errors/cursor-gone.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { EventsQuery } from '../../shared/rpc/events-query.ts';
import {
  type Aggregate,
  type EventRow,
  evolveStored,
  findUnknownKind,
  readEventRow,
  type StoredEvent,
  UnreadableEvent,
} from './aggregate.ts';
import { encodeJson, encodeRowJson } from './json-text.ts';
import { SnapshotTable } from './snapshots.ts';
import { type EventLog, type Participant, statement, type Storage } from './storage.ts';

/** The log has moved on since the caller read it. */
export class VersionConflict extends Error {
  override readonly name = 'VersionConflict';
  readonly expectedSequence: number;
  readonly actualSequence: number;

  constructor(expectedSequence: number, actualSequence: number) {
    super(`Expected the log at ${expectedSequence}, it is at ${actualSequence}.`);
    this.expectedSequence = expectedSequence;
    this.actualSequence = actualSequence;
  }
}

/** The events asked for are no longer kept. */
export class HistoryGone extends Error {
  override readonly name = 'HistoryGone';
}

interface Memory<State> {
  readonly state: State;
  readonly sequence: number;
  /** Sequence of the newest snapshot, 0 when there is none. */
  readonly snapshotSequence: number;
  /** Characters of that snapshot. */
  readonly snapshotLength: number;
  /** Characters of the events after it. */
  readonly tailLength: number;
}

/** Most events of one page for callers outside. */
const maxPage = 1_000;
const pageSize = 500;
const snapshotsKept = 10;
/**
 * A snapshot is due only when the events since the last one are at least this part of its size, so that what is written
 * for snapshots stays in proportion to the log, however large the state grows.
 */
const tailPart = 1 / 8;

const insertEvent = statement<
  [type: string, version: number, payload: string, recordedAt: number],
  { sequence: number }
>`INSERT INTO event (type, version, payload, recorded_at) VALUES (?, ?, ?, ?) RETURNING sequence`;
const selectPage = statement<[after: number, limit: number], EventRow>`
  SELECT sequence, type, version, payload, recorded_at FROM event WHERE sequence > ? ORDER BY sequence LIMIT ?`;
// Discarded events have a snapshot that stands for them, so the higher of both is the end of the log.
const selectNewest = statement<[], { sequence: number }>`
  SELECT MAX(COALESCE((SELECT MAX(sequence) FROM event), 0), COALESCE((SELECT MAX(sequence) FROM snapshot), 0)) AS sequence`;
const selectOldest = statement<[], { sequence: number | null }>`SELECT MIN(sequence) AS sequence FROM event`;
const selectKinds = statement<[], { type: string; version: number; sequence: number }>`
  SELECT type, version, sequence FROM event_kind ORDER BY sequence`;
const selectSince = statement<[after: number, since: number], { sequence: number }>`
  SELECT sequence FROM event WHERE sequence > ? AND recorded_at >= ? ORDER BY sequence LIMIT 1`;
const selectUntil = statement<[time: number], { sequence: number | null }>`
  SELECT MAX(sequence) AS sequence FROM event WHERE recorded_at <= ?`;
const selectSize = statement<[after: number, upTo: number], { size: number }>`
  SELECT COALESCE(SUM(LENGTH(payload)), 0) AS size FROM event WHERE sequence > ? AND sequence <= ?`;
const discardEvents = statement<[upTo: number]>`DELETE FROM event WHERE sequence <= ?`;

export class EventStore<State, Event extends { readonly type: string }> implements EventLog, Participant {
  readonly #storage: Storage;
  readonly #aggregate: Aggregate<State, Event>;
  readonly #snapshotEvery: number;
  readonly #snapshots: SnapshotTable;
  readonly #onAppend: (() => void)[] = [];
  #memory: Memory<State> | undefined;

  /** @param options.snapshotEvery events between two snapshots, at least 1; 200 unless told. */
  constructor(storage: Storage, aggregate: Aggregate<State, Event>, options: { readonly snapshotEvery?: number } = {}) {
    this.#storage = storage;
    this.#aggregate = aggregate;
    this.#snapshotEvery = Math.max(1, options.snapshotEvery ?? 200);
    this.#snapshots = new SnapshotTable(storage);
    storage.enlist(this);
    storage.attachEventLog(this);
  }

  /** The state after all events; rebuilt from snapshot and tail when it is not in memory. */
  get state(): State {
    return this.#load().state;
  }

  /** Sequence of the newest event, 0 when there is none. */
  get sequence(): number {
    return this.#newest();
  }

  get oldest(): number {
    return this.#storage.first(selectOldest)?.sequence ?? this.#newest() + 1;
  }

  /**
   * Adds events to the log and to the state. Inside a transaction.
   * @param expectedSequence the `sequence` the decision was made at; without it nothing is compared.
   * @throws VersionConflict when the log is at another sequence; PayloadRefused when an event is above 1 MB or not JSON.
   */
  append(events: readonly Event[], recordedAt: number, expectedSequence?: number): readonly StoredEvent<Event>[] {
    this.#storage.requireTransaction('EventStore.append');
    const before = this.#load();
    if (expectedSequence !== undefined && expectedSequence !== before.sequence) {
      throw new VersionConflict(expectedSequence, before.sequence);
    }
    let { state, tailLength } = before;
    const stored = events.map((event) => {
      const { entry, length } = this.#insert(event, recordedAt);
      state = evolveStored(this.#aggregate, state, entry);
      tailLength += length;
      return entry;
    });
    const sequence = stored.at(-1)?.sequence ?? before.sequence;
    const isDue =
      sequence - before.snapshotSequence >= this.#snapshotEvery && tailLength >= before.snapshotLength * tailPart;
    this.#memory = isDue
      ? this.#writeSnapshot(state, sequence, recordedAt)
      : { ...before, state, sequence, tailLength };
    for (const listener of this.#onAppend) listener();
    return stored;
  }

  /** The listener runs in each transaction that appends, after the events. */
  onAppend(listener: () => void): void {
    this.#onAppend.push(listener);
  }

  /** Up to `limit` events after a sequence, oldest first, in their present version. @throws UnreadableEvent */
  read(query: { readonly after: number; readonly limit: number }): readonly StoredEvent<Event>[] {
    return this.#storage
      .all(selectPage, query.after, query.limit)
      .map((row) => readEventRow<Event>(this.#aggregate, row));
  }

  /** `read` for callers outside, who are told when events after theirs are no longer kept. @throws UnreadableEvent */
  page(query: EventsQuery): Result<readonly StoredEvent<Event>[]> {
    const { after, limit, since } = query;
    const { oldest } = this;
    // With a time, only what was discarded since then is missing: nothing, when the oldest event is older than that.
    const misses = after + 1 < oldest && (since === undefined || this.#recordedAt(oldest) >= since);
    if (misses) return err(composeCursorGone(oldest));
    const from = since === undefined ? after : this.#before(Math.max(after, oldest - 1), since);
    return ok(from === undefined ? [] : this.read({ after: from, limit: Math.min(limit, maxPage) }));
  }

  /**
   * The state as it was right after that event (0 = before the first).
   * @throws RangeError beyond the log; HistoryGone when what it takes was discarded.
   */
  stateAt(sequence: number): State {
    if (!Number.isSafeInteger(sequence) || sequence < 0 || sequence > this.#newest()) {
      throw new RangeError(`There is no event ${sequence}; the log holds ${this.#newest()}.`);
    }
    return this.#rebuild(sequence).state;
  }

  /** The version that was the newest at a time: that of the last event recorded until then, else the oldest. */
  versionAt(time: number): number {
    return this.#storage.first(selectUntil, time)?.sequence ?? this.oldest - 1;
  }

  /** See `Aggregate.restoreOver`; the answer for an aggregate without it is a reason for every event. */
  restoreOver(event: Event): string | undefined {
    return this.#aggregate.restoreOver === undefined
      ? 'what this kind of object does reaches beyond its own state'
      : this.#aggregate.restoreOver(event);
  }

  /** Writes a snapshot of the present state. Inside a transaction. Answers the sequence it stands for. */
  snapshot(recordedAt: number): number {
    this.#storage.requireTransaction('EventStore.snapshot');
    const { state, sequence } = this.#load();
    this.#memory = this.#writeSnapshot(state, sequence, recordedAt);
    return sequence;
  }

  /** @throws UnreadableEvent when this code must not work on the log: see `Aggregate`. */
  checkReadable(): void {
    this.#load();
  }

  /** Forgets the state in memory; called after a rollback. */
  invalidate(): void {
    this.#memory = undefined;
  }

  sizeBetween(after: number, upTo: number): number {
    return this.#storage.first(selectSize, after, upTo)?.size ?? 0;
  }

  /**
   * Discards the events up to and with `upTo`, after writing a snapshot that stands for them. Inside a transaction.
   * Sequences go on as before; readers behind the cut are told the oldest one kept. From then on the state can only be
   * rebuilt from a snapshot, so `stateVersion` must not be raised any more for this object.
   */
  discardUpTo(upTo: number, recordedAt: number): void {
    this.#storage.requireTransaction('EventStore.discardUpTo');
    const base = this.#writeSnapshot(this.stateAt(upTo), upTo, recordedAt);
    const { state, sequence } = this.#load();
    this.#memory = sequence === upTo ? base : this.#writeSnapshot(state, sequence, recordedAt);
    this.#storage.run(discardEvents, upTo);
    this.#snapshots.keepNewest(snapshotsKept, upTo);
  }

  #insert(event: Event, recordedAt: number): { readonly entry: StoredEvent<Event>; readonly length: number } {
    const version = this.#aggregate.eventVersions?.[event.type] ?? 1;
    const payload = encodeRowJson(event, `The payload of event "${event.type}"`);
    const row = this.#storage.first(insertEvent, event.type, version, payload, recordedAt);
    if (row === undefined) throw new Error(`Event "${event.type}" was not given a sequence.`);
    // SAFETY: the JSON text was made from this event two lines above.
    const entry = { sequence: row.sequence, recordedAt, event: JSON.parse(payload) as Event };
    return { entry, length: payload.length };
  }

  #load(): Memory<State> {
    if (this.#memory !== undefined) return this.#memory;
    this.#checkKinds();
    const memory = this.#rebuild(this.#newest());
    const refusal = this.#aggregate.refuse?.(memory.state);
    if (refusal !== undefined) throw new UnreadableEvent(refusal);
    this.#memory = memory;
    return memory;
  }

  #newest(): number {
    return this.#memory?.sequence ?? this.#storage.first(selectNewest)?.sequence ?? 0;
  }

  #rebuild(upTo: number): Memory<State> {
    const snapshot = this.#snapshots.newest(upTo, this.#aggregate.stateVersion);
    // SAFETY: a snapshot of this state version was written by `#writeSnapshot`.
    let state = snapshot === undefined ? this.#aggregate.initial : (snapshot.state as State);
    let sequence = snapshot?.sequence ?? 0;
    const snapshotSequence = sequence;
    const snapshotLength = snapshot?.length ?? 0;
    const tailLength = this.sizeBetween(snapshotSequence, upTo);
    while (sequence < upTo) {
      const page = this.read({ after: sequence, limit: Math.min(pageSize, upTo - sequence) });
      for (const stored of page) {
        if (stored.sequence !== sequence + 1) {
          throw new HistoryGone(`Event ${sequence + 1} is no longer kept; the next is ${stored.sequence}.`);
        }
        state = evolveStored(this.#aggregate, state, stored);
        sequence = stored.sequence;
      }
      if (page.length === 0) throw new HistoryGone(`Event ${sequence + 1} is no longer kept.`);
    }
    return { state, sequence, snapshotSequence, snapshotLength, tailLength };
  }

  #writeSnapshot(state: State, sequence: number, recordedAt: number): Memory<State> {
    const text = encodeJson(state, `The state at event ${sequence}`);
    this.#snapshots.write({ sequence, stateVersion: this.#aggregate.stateVersion, text, recordedAt });
    this.#snapshots.keepNewest(snapshotsKept, this.oldest - 1);
    return { state, sequence, snapshotSequence: sequence, snapshotLength: text.length, tailLength: 0 };
  }

  /** The sequence before the first event after `after` that was recorded at or after `since`. */
  #before(after: number, since: number): number | undefined {
    const first = this.#storage.first(selectSince, after, since);
    return first === undefined ? undefined : first.sequence - 1;
  }

  #recordedAt(sequence: number): number {
    return this.read({ after: sequence - 1, limit: 1 })[0]?.recordedAt ?? Number.POSITIVE_INFINITY;
  }

  /** By the kinds that stand in the log, so that one from the future is found behind a snapshot too. */
  #checkKinds(): void {
    for (const kind of this.#storage.all(selectKinds)) {
      const unknown = findUnknownKind(this.#aggregate, kind);
      if (unknown !== undefined) throw new UnreadableEvent(`Event ${kind.sequence} "${kind.type}" ${unknown}.`);
    }
  }
}
