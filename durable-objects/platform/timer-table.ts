/** The rows of the timers. */

import type { TimerTimes } from '../../shared/domain/engine/decide-timer.ts';
import { statement, type Storage } from './storage.ts';

/** A timer as it stands. Setting it again makes a new row with a new id, so an old run cannot touch it. */
export interface TimerRow {
  readonly id: number;
  readonly name: string;
  readonly key: string;
  readonly dueAt: number;
  /** When it was set or put off, by the clock of then; 0 for rows of older code. */
  readonly setAt: number;
  readonly payload: string;
  /** Failures so far. */
  readonly attempts: number;
  /** How often the object was stopped while the handler ran. */
  readonly interruptions: number;
  readonly startedAt: number | undefined;
}

/** A timer that failed too often. */
export interface TimerDeadLetter {
  readonly id: number;
  readonly name: string;
  readonly key: string;
  /** JSON text. */
  readonly payload: string;
  readonly attempts: number;
  readonly cause: string;
  readonly parkedAt: number;
}

type Row = {
  id: number;
  name: string;
  key: string;
  due_at: number;
  set_at: number;
  payload: string;
  attempts: number;
  interruptions: number;
  started_at: number | null;
};
type LetterRow = {
  id: number;
  name: string;
  key: string;
  payload: string;
  attempts: number;
  cause: string;
  parked_at: number;
};

const replaceTimer = statement<
  [name: string, key: string, dueAt: number, setAt: number, payload: string]
>`INSERT OR REPLACE INTO timer (name, key, due_at, set_at, payload) VALUES (?, ?, ?, ?, ?)`;
const selectByKey = statement<[name: string, key: string], Row>`SELECT * FROM timer WHERE name = ? AND key = ?`;
const deleteByKey = statement<[name: string, key: string]>`DELETE FROM timer WHERE name = ? AND key = ?`;
const deleteById = statement<[id: number]>`DELETE FROM timer WHERE id = ?`;
const selectDue = statement<[now: number, limit: number], Row>`
  SELECT * FROM timer WHERE due_at <= ? ORDER BY due_at, id LIMIT ?`;
const selectEarliest = statement<[], { due_at: number | null }>`SELECT MIN(due_at) AS due_at FROM timer`;
const selectEarliestWaiting = statement<[], { due_at: number }>`
  SELECT due_at FROM timer WHERE started_at IS NULL ORDER BY due_at LIMIT 1`;
const selectStarted = statement<[], Row>`SELECT * FROM timer WHERE started_at IS NOT NULL ORDER BY id`;
const updateStarted = statement<[startedAt: number, id: number]>`UPDATE timer SET started_at = ? WHERE id = ?`;
const updateFailed = statement<[attempts: number, dueAt: number, setAt: number, cause: string, id: number]>`
  UPDATE timer SET attempts = ?, due_at = ?, set_at = ?, last_error = ?, started_at = NULL WHERE id = ?`;
const updateInterrupted = statement<[interruptions: number, dueAt: number, setAt: number, id: number]>`
  UPDATE timer SET interruptions = ?, due_at = ?, set_at = ?, started_at = NULL WHERE id = ?`;
const selectSetAfter = statement<[moment: number], Row>`SELECT * FROM timer WHERE set_at > ?`;
const updateTimes = statement<[dueAt: number, setAt: number, id: number]>`
  UPDATE timer SET due_at = ?, set_at = ? WHERE id = ?`;
const deleteOldLetters = statement<[kept: number], { id: number; name: string; key: string }>`
  DELETE FROM timer_dead_letter WHERE id IN (
    SELECT id FROM timer_dead_letter ORDER BY parked_at DESC, id DESC LIMIT -1 OFFSET ?)
  RETURNING id, name, key`;
const moveToDeadLetters = statement<[attempts: number, cause: string, parkedAt: number, id: number]>`
  INSERT INTO timer_dead_letter (id, name, key, payload, attempts, cause, parked_at)
  SELECT id, name, key, payload, ?, ?, ? FROM timer WHERE id = ?`;
const selectDeadLetters = statement<[], LetterRow>`SELECT * FROM timer_dead_letter ORDER BY id`;
const takeDeadLetter = statement<[id: number], LetterRow>`DELETE FROM timer_dead_letter WHERE id = ? RETURNING *`;

const toTimer = (row: Row): TimerRow => ({
  id: row.id,
  name: row.name,
  key: row.key,
  dueAt: row.due_at,
  setAt: row.set_at,
  payload: row.payload,
  attempts: row.attempts,
  interruptions: row.interruptions,
  startedAt: row.started_at ?? undefined,
});

export class TimerTable {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  put(timer: { name: string; key: string; dueAt: number; setAt: number; payload: string }): void {
    this.#storage.run(replaceTimer, timer.name, timer.key, timer.dueAt, timer.setAt, timer.payload);
  }

  find(name: string, key: string): TimerRow | undefined {
    const row = this.#storage.first(selectByKey, name, key);
    return row === undefined ? undefined : toTimer(row);
  }

  removeByKey(name: string, key: string): void {
    this.#storage.run(deleteByKey, name, key);
  }

  remove(id: number): void {
    this.#storage.run(deleteById, id);
  }

  due(now: number, limit: number): readonly TimerRow[] {
    return this.#storage.all(selectDue, now, limit).map(toTimer);
  }

  /** When the earliest row is due, those whose handler runs included. */
  earliest(): number | undefined {
    return this.#storage.first(selectEarliest)?.due_at ?? undefined;
  }

  earliestWaiting(): number | undefined {
    return this.#storage.first(selectEarliestWaiting)?.due_at;
  }

  started(): readonly TimerRow[] {
    return this.#storage.all(selectStarted).map(toTimer);
  }

  start(id: number, startedAt: number): void {
    this.#storage.run(updateStarted, startedAt, id);
  }

  failed(id: number, attempts: number, times: TimerTimes, cause: string): void {
    this.#storage.run(updateFailed, attempts, times.dueAt, times.setAt, cause, id);
  }

  interrupted(id: number, interruptions: number, times: TimerTimes): void {
    this.#storage.run(updateInterrupted, interruptions, times.dueAt, times.setAt, id);
  }

  /** Rows that were set after that moment. */
  setAfter(moment: number): readonly TimerRow[] {
    return this.#storage.all(selectSetAfter, moment).map(toTimer);
  }

  move(id: number, times: TimerTimes): void {
    this.#storage.run(updateTimes, times.dueAt, times.setAt, id);
  }

  /** Drops the oldest dead letters beyond that many; answers which. */
  boundDeadLetters(kept: number): readonly { readonly id: number; readonly name: string; readonly key: string }[] {
    return this.#storage.all(deleteOldLetters, kept);
  }

  /** Moves the row to the dead letters. */
  park(row: TimerRow, cause: string, parkedAt: number): void {
    this.#storage.run(moveToDeadLetters, row.attempts, cause, parkedAt, row.id);
    this.#storage.run(deleteById, row.id);
  }

  deadLetters(): readonly TimerDeadLetter[] {
    return this.#storage.all(selectDeadLetters).map(({ parked_at, ...letter }) => ({ ...letter, parkedAt: parked_at }));
  }

  /** Sets a dead letter again; a timer of its name and key that was set meanwhile is replaced. */
  replay(id: number, now: number): boolean {
    const letter = this.#storage.first(takeDeadLetter, id);
    if (letter === undefined) return false;
    this.put({ name: letter.name, key: letter.key, dueAt: now, setAt: now, payload: letter.payload });
    return true;
  }
}
