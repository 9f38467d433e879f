/**
 * The rows of the outbox. `outbox_lane` has one row for each lane with something to deliver and says when its head may
 * be tried, so finding work never walks through the entries behind the heads.
 */

import { hashText } from './json-text.ts';
import { statement, type Storage } from './storage.ts';

export interface OutboxEntry {
  readonly id: number;
  readonly lane: string;
  readonly kind: string;
  readonly payload: string;
  /** Failures so far. */
  readonly attempts: number;
  /** How often the object was stopped during the delivery. */
  readonly interruptions: number;
}

/** An entry that failed too often. */
export interface DeadLetter {
  readonly id: number;
  readonly lane: string;
  readonly kind: string;
  /** JSON text. */
  readonly payload: string;
  /** SHA-256 of the payload's text, in hexadecimal. */
  readonly payloadHash: string;
  readonly attempts: number;
  readonly cause: string;
  readonly enqueuedAt: number;
  readonly parkedAt: number;
}

type Row = { id: number; lane: string; kind: string; payload: string; attempts: number; interruptions: number };
type LetterRow = Row & { last_error: string | null; enqueued_at: number; parked_at: number };

const insertEntry = statement<[lane: string, kind: string, payload: string, enqueuedAt: number]>`
  INSERT INTO outbox (lane, kind, payload, enqueued_at) VALUES (?, ?, ?, ?)`;
const openLane = statement<[lane: string, nextAt: number]>`
  INSERT INTO outbox_lane (lane, next_at) VALUES (?, ?) ON CONFLICT (lane) DO NOTHING`;
const moveLane = statement<[lane: string, nextAt: number]>`
  INSERT INTO outbox_lane (lane, next_at) VALUES (?, ?) ON CONFLICT (lane) DO UPDATE SET next_at = excluded.next_at`;
const boundLanes = statement<[latest: number, latestAgain: number]>`
  UPDATE outbox_lane SET next_at = ? WHERE next_at > ?`;
const closeLane = statement<[lane: string]>`DELETE FROM outbox_lane WHERE lane = ?`;
const selectDueLanes = statement<[now: number, limit: number], { lane: string }>`
  SELECT lane FROM outbox_lane WHERE next_at <= ? ORDER BY next_at, lane LIMIT ?`;
const selectEarliest = statement<[], { next_at: number | null }>`SELECT MIN(next_at) AS next_at FROM outbox_lane`;
const selectHead = statement<[lane: string], Row>`
  SELECT id, lane, kind, payload, attempts, interruptions FROM outbox
  WHERE lane = ? AND parked_at IS NULL ORDER BY id LIMIT 1`;
const updateStarted = statement<[startedAt: number, id: number]>`UPDATE outbox SET started_at = ? WHERE id = ?`;
const selectStarted = statement<[], Row>`
  SELECT id, lane, kind, payload, attempts, interruptions FROM outbox WHERE started_at IS NOT NULL ORDER BY id`;
const deleteEntry = statement<[id: number]>`DELETE FROM outbox WHERE id = ?`;
const updateFailed = statement<[attempts: number, cause: string, id: number]>`
  UPDATE outbox SET attempts = ?, last_error = ?, started_at = NULL WHERE id = ?`;
const updateInterrupted = statement<[interruptions: number, id: number]>`
  UPDATE outbox SET interruptions = ?, started_at = NULL WHERE id = ?`;
const updateParked = statement<[attempts: number, cause: string, parkedAt: number, id: number]>`
  UPDATE outbox SET attempts = ?, last_error = ?, parked_at = ?, started_at = NULL WHERE id = ?`;
const updateUnparked = statement<[id: number], { lane: string }>`
  UPDATE outbox SET parked_at = NULL, attempts = 0, interruptions = 0, last_error = NULL
  WHERE id = ? AND parked_at IS NOT NULL RETURNING lane`;
const deleteOldLetters = statement<[kept: number], { id: number; lane: string }>`
  DELETE FROM outbox WHERE id IN (
    SELECT id FROM outbox WHERE parked_at IS NOT NULL ORDER BY parked_at DESC, id DESC LIMIT -1 OFFSET ?)
  RETURNING id, lane`;
const selectDeadLetters = statement<[], LetterRow>`SELECT * FROM outbox WHERE parked_at IS NOT NULL ORDER BY id`;
const countPending = statement<[], { entries: number }>`
  SELECT COUNT(*) AS entries FROM outbox WHERE parked_at IS NULL`;

export class OutboxTable {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  add(entry: { lane: string; kind: string; payload: string; enqueuedAt: number }): void {
    this.#storage.run(insertEntry, entry.lane, entry.kind, entry.payload, entry.enqueuedAt);
    this.#storage.run(openLane, entry.lane, entry.enqueuedAt);
  }

  dueLanes(now: number, limit: number): readonly string[] {
    return this.#storage.all(selectDueLanes, now, limit).map((row) => row.lane);
  }

  /** When the earliest lane may be tried; undefined when nothing is to be delivered. */
  earliest(): number | undefined {
    return this.#storage.first(selectEarliest)?.next_at ?? undefined;
  }

  /** Lets no lane wait beyond that moment. */
  boundLanes(latest: number): void {
    this.#storage.run(boundLanes, latest, latest);
  }

  /** Drops the oldest dead letters beyond that many; answers which. */
  boundDeadLetters(kept: number): readonly { readonly id: number; readonly lane: string }[] {
    return this.#storage.all(deleteOldLetters, kept);
  }

  /** The first entry of the lane, marked as under way. */
  takeHead(lane: string, startedAt: number): OutboxEntry | undefined {
    const entry = this.#storage.first(selectHead, lane);
    if (entry === undefined) this.#storage.run(closeLane, lane);
    else this.#storage.run(updateStarted, startedAt, entry.id);
    return entry;
  }

  started(): readonly OutboxEntry[] {
    return this.#storage.all(selectStarted);
  }

  delivered(entry: OutboxEntry, now: number): void {
    this.#storage.run(deleteEntry, entry.id);
    this.#advance(entry.lane, now);
  }

  failed(entry: OutboxEntry, attempts: number, nextAt: number, cause: string): void {
    this.#storage.run(updateFailed, attempts, cause, entry.id);
    this.#storage.run(moveLane, entry.lane, nextAt);
  }

  interrupted(entry: OutboxEntry, interruptions: number, nextAt: number): void {
    this.#storage.run(updateInterrupted, interruptions, entry.id);
    this.#storage.run(moveLane, entry.lane, nextAt);
  }

  park(entry: OutboxEntry, cause: string, parkedAt: number): void {
    this.#storage.run(updateParked, entry.attempts, cause, parkedAt, entry.id);
    this.#advance(entry.lane, parkedAt);
  }

  unpark(id: number, now: number): boolean {
    const row = this.#storage.first(updateUnparked, id);
    if (row === undefined) return false;
    this.#storage.run(moveLane, row.lane, now);
    return true;
  }

  deadLetters(): readonly DeadLetter[] {
    return this.#storage.all(selectDeadLetters).map((row) => ({
      id: row.id,
      lane: row.lane,
      kind: row.kind,
      payload: row.payload,
      payloadHash: hashText(row.payload),
      attempts: row.attempts,
      cause: row.last_error ?? '',
      enqueuedAt: row.enqueued_at,
      parkedAt: row.parked_at,
    }));
  }

  pending(): number {
    return this.#storage.first(countPending)?.entries ?? 0;
  }

  #advance(lane: string, now: number): void {
    if (this.#storage.first(selectHead, lane) === undefined) this.#storage.run(closeLane, lane);
    else this.#storage.run(moveLane, lane, now);
  }
}
