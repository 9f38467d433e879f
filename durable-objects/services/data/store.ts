/** All SQL of Data but the questions, whose text depends on what is asked. */
import type { ChangeEntry, DataRecord } from '../../../shared/rpc/services/data.ts';
import type { JsonObject } from '../../../shared/rpc/services/service-object.ts';
import { statement, type Storage } from '../../platform/index.ts';

export interface RecordRow extends Record<string, string | number | null> {
  readonly id: string;
  readonly version: number;
  readonly owner: string | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly body: string;
}

export type ChangeKind = ChangeEntry['kind'];

export interface StoredChange {
  readonly sequence: number;
  readonly collection: string;
  readonly id: string;
  readonly kind: ChangeKind;
  readonly version: number;
  readonly at: number;
}

interface ChangeRow extends Record<string, string | number> {
  readonly sequence: number;
  readonly collection: string;
  readonly id: string;
  readonly kind: string;
  readonly version: number;
  readonly at: number;
}

const statements = {
  get: statement<[collection: string, id: string], RecordRow>`
    SELECT id, version, owner, created_at, updated_at, body FROM record WHERE collection = ? AND id = ?`,
  save: statement<
    [collection: string, id: string, version: number, owner: string | null, createdAt: number, at: number, body: string]
  >`
    INSERT INTO record (collection, id, version, owner, created_at, updated_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (collection, id) DO UPDATE SET version = excluded.version, owner = excluded.owner,
      updated_at = excluded.updated_at, body = excluded.body`,
  remove: statement<[collection: string, id: string]>`DELETE FROM record WHERE collection = ? AND id = ?`,
  page: statement<[collection: string, after: string, limit: number], RecordRow>`
    SELECT id, version, owner, created_at, updated_at, body FROM record
    WHERE collection = ? AND id > ? ORDER BY id LIMIT ?`,
  advance: statement<[], { latest: number }>`UPDATE change_head SET latest = latest + 1 RETURNING latest`,
  latest: statement<[], { latest: number }>`SELECT latest FROM change_head`,
  insertChange: statement<
    [sequence: number, collection: string, id: string, kind: string, version: number, at: number]
  >`
    INSERT INTO change (sequence, collection, id, kind, version, at) VALUES (?, ?, ?, ?, ?, ?)`,
  changes: statement<[after: number, limit: number], ChangeRow>`
    SELECT * FROM change WHERE sequence > ? ORDER BY sequence LIMIT ?`,
  changesOf: statement<[after: number, collection: string, limit: number], ChangeRow>`
    SELECT * FROM change WHERE sequence > ? AND collection = ? ORDER BY sequence LIMIT ?`,
  oldest: statement<[], { oldest: number | null }>`SELECT MIN(sequence) AS oldest FROM change`,
  sweep: statement<[before: number]>`DELETE FROM change WHERE at < ?`,
  indexes: statement<[], { name: string }>`
    SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'declared\\_%' ESCAPE '\\'`,
};

/** A record as others see it. */
export const toRecord = (row: RecordRow): DataRecord => ({
  id: row.id,
  version: row.version,
  ...(row.owner === null ? {} : { owner: row.owner }),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  // SAFETY: written by `save`, from an object.
  value: JSON.parse(row.body) as JsonObject,
});

export class DataStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  get(collection: string, id: string): DataRecord | undefined {
    const row = this.#storage.first(statements.get, collection, id);
    return row === undefined ? undefined : toRecord(row);
  }

  /** By id, after one. */
  page(collection: string, after: string, limit: number): readonly DataRecord[] {
    return this.#storage.all(statements.page, collection, after, limit).map(toRecord);
  }

  /** Inside a transaction; notes the change. A unique index that objects makes this throw. */
  save(collection: string, record: DataRecord): void {
    const { id, version, owner, createdAt, updatedAt, value } = record;
    const body = JSON.stringify(value);
    this.#storage.run(statements.save, collection, id, version, owner ?? null, createdAt, updatedAt, body);
    this.#note(collection, id, version === 1 ? 'inserted' : 'updated', version, updatedAt);
  }

  /** Inside a transaction; notes the change. */
  remove(collection: string, { id, version }: DataRecord, now: number): void {
    this.#storage.run(statements.remove, collection, id);
    this.#note(collection, id, 'removed', version + 1, now);
  }

  latest(): number {
    return this.#storage.first(statements.latest)?.latest ?? 0;
  }

  /** The oldest change that is kept; one after the latest when there is none. */
  oldest(): number {
    return this.#storage.first(statements.oldest)?.oldest ?? this.latest() + 1;
  }

  changes(after: number, collection: string | undefined, limit: number): readonly StoredChange[] {
    const rows =
      collection === undefined
        ? this.#storage.all(statements.changes, after, limit)
        : this.#storage.all(statements.changesOf, after, collection, limit);
    // SAFETY: `kind` was written by `#note`.
    return rows.map((row) => ({ ...row, kind: row.kind as ChangeKind }));
  }

  sweep(before: number): void {
    this.#storage.run(statements.sweep, before);
  }

  /** Names of the indexes that declarations made. */
  indexes(): readonly string[] {
    return this.#storage.all(statements.indexes).map(({ name }) => name);
  }

  #note(collection: string, id: string, kind: ChangeKind, version: number, at: number): void {
    const sequence = this.#storage.first(statements.advance)?.latest ?? 0;
    this.#storage.run(statements.insertChange, sequence, collection, id, kind, version, at);
  }
}
