/** The rows of the journal. */

import type { EffectClass } from './journal.ts';
import { statement, type Storage } from './storage.ts';

/** `released`: was in doubt and was decided to be done again. */
type StepStatus = 'started' | 'done' | 'failed' | 'in_doubt' | 'released';

/** A step as it stands in the journal. Times in milliseconds since the epoch. */
export interface JournalRow {
  readonly key: string;
  readonly effectClass: EffectClass;
  readonly status: StepStatus;
  readonly attempt: number;
  readonly message: string | undefined;
  readonly startedAt: number;
  readonly settledAt: number | undefined;
}

/** The row with what only the journal needs. */
export interface StepRecord extends JournalRow {
  readonly value: string | undefined;
  /** `onSettled` has run for this outcome. */
  readonly told: boolean;
}

type StepRow = {
  key: string;
  effect_class: string;
  status: string;
  attempt: number;
  value: string | null;
  message: string | null;
  settled_told: number;
  started_at: number;
  settled_at: number | null;
};

const selectStep = statement<[key: string], StepRow>`SELECT * FROM journal_step WHERE key = ?`;
const selectPage = statement<[after: string, limit: number], StepRow>`
  SELECT * FROM journal_step WHERE key > ? ORDER BY key LIMIT ?`;
const insertSettled = statement<
  [
    key: string,
    effectClass: string,
    status: string,
    attempt: number,
    value: string | null,
    message: string | null,
    startedAt: number,
    settledAt: number | null,
  ]
>`
  INSERT INTO journal_step (key, effect_class, status, attempt, value, message, settled_told, started_at, settled_at)
  VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT (key) DO NOTHING`;
const selectInDoubt = statement<[], StepRow>`
  SELECT * FROM journal_step WHERE status = 'in_doubt' ORDER BY started_at, key`;
const upsertIntent = statement<[key: string, effectClass: string, attempt: number, startedAt: number]>`
  INSERT INTO journal_step (key, effect_class, status, attempt, started_at) VALUES (?, ?, 'started', ?, ?)
  ON CONFLICT (key) DO UPDATE SET effect_class = excluded.effect_class, status = 'started',
    attempt = excluded.attempt, started_at = excluded.started_at, message = NULL`;
const updateSettled = statement<
  [status: string, value: string | null, message: string | null, told: number, settledAt: number, key: string]
>`UPDATE journal_step SET status = ?, value = ?, message = ?, settled_told = ?, settled_at = ? WHERE key = ?`;
const updateParked = statement<[message: string, key: string]>`
  UPDATE journal_step SET status = 'in_doubt', message = ? WHERE key = ?`;
const updateReleased = statement<[key: string]>`UPDATE journal_step SET status = 'released' WHERE key = ?`;
const updateTold = statement<[key: string]>`UPDATE journal_step SET settled_told = 1 WHERE key = ?`;

const classes = new Set<string>(['pure', 'idempotent', 'lookup', 'unsafe']);
const statuses = new Set<string>(['started', 'done', 'failed', 'in_doubt', 'released']);
const isClass = (text: string): text is EffectClass => classes.has(text);
const isStatus = (text: string): text is StepStatus => statuses.has(text);

const toRecord = (row: StepRow): StepRecord => ({
  key: row.key,
  // A row this code does not understand is read as in doubt and unsafe, so that nothing is executed again.
  effectClass: isClass(row.effect_class) && isStatus(row.status) ? row.effect_class : 'unsafe',
  status: isStatus(row.status) ? row.status : 'in_doubt',
  attempt: row.attempt,
  value: row.value ?? undefined,
  message: row.message ?? undefined,
  told: row.settled_told === 1,
  startedAt: row.started_at,
  settledAt: row.settled_at ?? undefined,
});

/** The row without what only the journal needs. */
export const toRow = ({ value: _value, told: _told, ...row }: StepRecord): JournalRow => row;

export class JournalTable {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  find(key: string): StepRecord | undefined {
    const row = this.#storage.first(selectStep, key);
    return row === undefined ? undefined : toRecord(row);
  }

  /** Steps in the order of their keys, after a key. */
  page(after: string, limit: number): readonly StepRecord[] {
    return this.#storage.all(selectPage, after, limit).map(toRecord);
  }

  /** A settled step of another object, told already. */
  adopt(step: Omit<StepRecord, 'told'>): void {
    const { key, effectClass, status, attempt, value, message, startedAt, settledAt } = step;
    this.#storage.run(
      insertSettled,
      key,
      effectClass,
      status,
      attempt,
      value ?? null,
      message ?? null,
      startedAt,
      settledAt ?? null,
    );
  }

  inDoubt(): readonly JournalRow[] {
    return this.#storage.all(selectInDoubt).map((row) => toRow(toRecord(row)));
  }

  intend(step: { key: string; effectClass: EffectClass; attempt: number; startedAt: number }): void {
    this.#storage.run(upsertIntent, step.key, step.effectClass, step.attempt, step.startedAt);
  }

  settle(
    key: string,
    status: 'done' | 'failed',
    result: { readonly value?: string; readonly message?: string; readonly told?: boolean },
    settledAt: number,
  ): void {
    const told = result.told === true ? 1 : 0;
    this.#storage.run(updateSettled, status, result.value ?? null, result.message ?? null, told, settledAt, key);
  }

  park(key: string, message: string): void {
    this.#storage.run(updateParked, message, key);
  }

  release(key: string): void {
    this.#storage.run(updateReleased, key);
  }

  markTold(key: string): void {
    this.#storage.run(updateTold, key);
  }
}
