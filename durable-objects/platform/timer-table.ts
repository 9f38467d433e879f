/** The rows of the timers. */

import { statement, type Storage } from './storage.ts';

/** A timer as it stands. Setting it again makes a new row with a new id, so an old run cannot touch it. */
export interface TimerRow {
  readonly id: number;
  readonly name: string;
  readonly key: string;
  readonly dueAt: number;
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

const replaceTimer = statement<[name: string, key: string, dueAt: number, payload: string]>`
  INSERT OR REPLACE INTO timer (name, key, due_at, payload) VALUES (?, ?, ?, ?)`;
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
const updateFailed = statement<[attempts: number, dueAt: number, cause: string, id: number]>`
  UPDATE timer SET attempts = ?, due_at = ?, last_error = ?, started_at = NULL WHERE id = ?`;
const updateInterrupted = statement<[interruptions: number, dueAt: number, id: number]>`
  UPDATE timer SET interruptions = ?, due_at = ?, started_at = NULL WHERE id = ?`;
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

  put(timer: { name: string; key: string; dueAt: number; payload: string }): void {
    this.#storage.run(replaceTimer, timer.name, timer.key, timer.dueAt, timer.payload);
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

  failed(id: number, attempts: number, dueAt: number, cause: string): void {
    this.#storage.run(updateFailed, attempts, dueAt, cause, id);
  }

  interrupted(id: number, interruptions: number, dueAt: number): void {
    this.#storage.run(updateInterrupted, interruptions, dueAt, id);
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
  replay(id: number, dueAt: number): boolean {
    const letter = this.#storage.first(takeDeadLetter, id);
    if (letter === undefined) return false;
    this.put({ name: letter.name, key: letter.key, dueAt, payload: letter.payload });
    return true;
  }
}
