/** The rows of the journal. A value that is too large for one row stands in parts beside it. */

import type { FoundStep, StepStatus } from '../../shared/domain/engine/decide-step.ts';
import { type EffectClass, isEffectClass } from '../../shared/domain/engine/effect-class.ts';
import { cutText, decodeJson, fits, maxPayloadBytes } from './json-text.ts';
import { causeOf } from './retry.ts';
import { statement, type Storage } from './storage.ts';

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
export interface StepRecord extends JournalRow, FoundStep {
  /** The kept value of a step that is done. */
  readonly value: unknown;
}

type StepRow = {
  key: string;
  effect_class: string;
  status: string;
  attempt: number;
  value: string | null;
  value_parts: number;
  message: string | null;
  settled_told: number;
  started_at: number;
  settled_at: number | null;
};

const selectStep = statement<[key: string], StepRow>`SELECT * FROM journal_step WHERE key = ?`;
const selectPage = statement<[after: string, limit: number], StepRow>`
  SELECT * FROM journal_step WHERE key > ? ORDER BY key LIMIT ?`;
const selectInDoubt = statement<[], StepRow>`
  SELECT * FROM journal_step WHERE status = 'in_doubt' ORDER BY started_at, key`;
const upsertIntent = statement<[key: string, effectClass: string, attempt: number, startedAt: number]>`
  INSERT INTO journal_step (key, effect_class, status, attempt, started_at) VALUES (?, ?, 'started', ?, ?)
  ON CONFLICT (key) DO UPDATE SET effect_class = excluded.effect_class, status = 'started',
    attempt = excluded.attempt, started_at = excluded.started_at, message = NULL`;
const updateSettled = statement<
  [
    status: string,
    value: string | null,
    parts: number,
    message: string | null,
    told: number,
    settledAt: number,
    key: string,
  ]
>`UPDATE journal_step SET status = ?, value = ?, value_parts = ?, message = ?, settled_told = MAX(settled_told, ?),
    settled_at = ? WHERE key = ?`;
const updateParked = statement<[message: string, key: string]>`
  UPDATE journal_step SET status = 'in_doubt', message = ? WHERE key = ?`;
const updateUnreadable = statement<[message: string, key: string]>`
  UPDATE journal_step SET status = 'in_doubt', effect_class = 'unsafe', message = ? WHERE key = ?`;
const updateReleased = statement<[key: string]>`UPDATE journal_step SET status = 'released' WHERE key = ?`;
const updateTold = statement<[key: string]>`UPDATE journal_step SET settled_told = 1 WHERE key = ?`;
const selectTold = statement<[key: string], { settled_told: number }>`
  SELECT settled_told FROM journal_step WHERE key = ?`;
const insertPart = statement<[key: string, part: number, payload: string]>`
  INSERT INTO journal_value_part (key, part, payload) VALUES (?, ?, ?)`;
const selectParts = statement<[key: string], { payload: string }>`
  SELECT payload FROM journal_value_part WHERE key = ? ORDER BY part`;
const deleteParts = statement<[key: string]>`DELETE FROM journal_value_part WHERE key = ?`;

const statuses = new Set<string>(['started', 'done', 'failed', 'in_doubt', 'released']);
const isStatus = (text: string): text is StepStatus => statuses.has(text);

/** The row without what only the journal needs. */
export const toRow = (record: StepRecord): JournalRow => {
  const { value: _value, told: _told, unreadable: _unreadable, ...row } = record;
  return row;
};

export class JournalTable {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  find(key: string): StepRecord | undefined {
    const row = this.#storage.first(selectStep, key);
    return row === undefined ? undefined : this.#toRecord(row);
  }

  /** Steps in the order of their keys, after a key. */
  page(after: string, limit: number): readonly StepRecord[] {
    return this.#storage.all(selectPage, after, limit).map((row) => this.#toRecord(row));
  }

  /** A settled step of another object, told already. */
  adopt(step: {
    readonly key: string;
    readonly effectClass: EffectClass;
    readonly status: 'done' | 'failed';
    readonly attempt: number;
    /** JSON text. */
    readonly value?: string;
    readonly message?: string;
    readonly startedAt: number;
    readonly settledAt: number;
  }): void {
    const { key, status, settledAt, ...rest } = step;
    this.intend({ key, ...rest });
    this.settle(key, status, { ...rest, told: true }, settledAt);
  }

  inDoubt(): readonly JournalRow[] {
    return this.#storage.all(selectInDoubt).map((row) => toRow(this.#toRecord(row)));
  }

  intend(step: { key: string; effectClass: EffectClass; attempt: number; startedAt: number }): void {
    this.#storage.run(upsertIntent, step.key, step.effectClass, step.attempt, step.startedAt);
  }

  /** Writes how the step ended. `told`: `onSettled` runs in this transaction; once told, a step stays told. */
  settle(
    key: string,
    status: 'done' | 'failed',
    result: { readonly value?: string; readonly message?: string; readonly told?: boolean },
    settledAt: number,
  ): void {
    const told = result.told === true ? 1 : 0;
    const { value = null } = result;
    const isSmall = value === null || fits(value, maxPayloadBytes);
    const parts = isSmall ? [] : cutText(value);
    const message = result.message ?? null;
    this.#storage.run(updateSettled, status, isSmall ? value : null, parts.length, message, told, settledAt, key);
    if (isSmall) return;
    this.#storage.run(deleteParts, key);
    for (const [part, payload] of parts.entries()) this.#storage.run(insertPart, key, part, payload);
  }

  park(key: string, message: string): void {
    this.#storage.run(updateParked, message, key);
  }

  /** Parks a step whose value cannot be read; as `unsafe`, because it has happened and must not be done again. */
  parkUnreadable(key: string, message: string): void {
    this.#storage.run(updateUnreadable, message, key);
  }

  release(key: string): void {
    this.#storage.run(updateReleased, key);
  }

  markTold(key: string): void {
    this.#storage.run(updateTold, key);
  }

  isTold(key: string): boolean {
    return this.#storage.first(selectTold, key)?.settled_told === 1;
  }

  #toRecord(row: StepRow): StepRecord {
    // A row this code does not understand is read as in doubt and unsafe, so that nothing is executed again.
    const isKnown = isEffectClass(row.effect_class) && isStatus(row.status);
    return {
      key: row.key,
      effectClass: isKnown && isEffectClass(row.effect_class) ? row.effect_class : 'unsafe',
      status: isStatus(row.status) ? row.status : 'in_doubt',
      attempt: row.attempt,
      message: row.message ?? undefined,
      told: row.settled_told === 1,
      startedAt: row.started_at,
      settledAt: row.settled_at ?? undefined,
      ...(row.status === 'done' ? this.#readValue(row) : { value: undefined }),
    };
  }

  #readValue(row: StepRow): { readonly value: unknown; readonly unreadable?: string } {
    const what = `The value of step "${row.key}"`;
    const parts = row.value_parts === 0 ? [row.value ?? 'null'] : this.#parts(row.key);
    if (row.value_parts > 0 && parts.length !== row.value_parts) {
      return { value: undefined, unreadable: `${what} has ${parts.length} of its ${row.value_parts} parts.` };
    }
    try {
      return { value: decodeJson(parts.join(''), what) };
    } catch (thrown) {
      return { value: undefined, unreadable: causeOf(thrown).replace(/^Error: /, '') };
    }
  }

  #parts(key: string): string[] {
    return this.#storage.all(selectParts, key).map(({ payload }) => payload);
  }
}
