/** All SQL of consumer groups: their cursors, and what they have outstanding. */
import {
  defaultGroupSettings,
  type Cursor,
  type GroupSettings,
  type LeaseRef,
  type Outstanding,
  type Presence,
} from '../../shared/domain/event-bus/group.ts';
import { decodeJson, encodeRowJson } from '../platform/json-text.ts';
import { statement, type Storage } from '../platform/index.ts';

export interface GroupRecord {
  readonly name: string;
  readonly settings: GroupSettings;
  readonly cursor: Cursor;
  readonly createdAt: number;
}

type GroupRow = { name: string; settings: string; next: number; leases: number; created_at: number };
type OutstandingRow = {
  sequence: number;
  key: string | null;
  attempts: number;
  lease: number;
  is_leased: number;
  due_at: number;
  is_there: number;
};

const statements = {
  find: statement<[name: string], GroupRow>`SELECT * FROM consumer_group WHERE name = ?`,
  all: statement<[], GroupRow>`SELECT * FROM consumer_group ORDER BY name`,
  count: statement<[], { count: number }>`SELECT COUNT(*) AS count FROM consumer_group`,
  insert: statement<[string, string, number, number, number]>`
    INSERT INTO consumer_group (name, settings, next, leases, created_at) VALUES (?, ?, ?, ?, ?)`,
  saveSettings: statement<[settings: string, name: string]>`UPDATE consumer_group SET settings = ? WHERE name = ?`,
  saveCursor: statement<[next: number, leases: number, name: string]>`
    UPDATE consumer_group SET next = ?, leases = ? WHERE name = ?`,
  remove: statement<[name: string]>`DELETE FROM consumer_group WHERE name = ?`,
  removeAll: statement`DELETE FROM consumer_group`,
  outstanding: statement<[name: string], OutstandingRow>`
    SELECT o.sequence, o.key, o.attempts, o.lease, o.is_leased, o.due_at,
      e.sequence IS NOT NULL OR l.event IS NOT NULL AS is_there
    FROM outstanding AS o
      LEFT JOIN topic_event AS e ON e.sequence = o.sequence
      LEFT JOIN bus_dead_letter AS l ON l.group_name = o.group_name AND l.sequence = o.sequence
    WHERE o.group_name = ? ORDER BY o.sequence`,
  oneOutstanding: statement<[name: string, sequence: number], OutstandingRow>`
    SELECT sequence, key, attempts, lease, is_leased, due_at, 1 AS is_there FROM outstanding
    WHERE group_name = ? AND sequence = ?`,
  ofPull: statement<[name: string, pullId: string, now: number], OutstandingRow>`
    SELECT sequence, key, attempts, lease, is_leased, due_at, 1 AS is_there FROM outstanding
    WHERE group_name = ? AND pull_id = ? AND is_leased = 1 AND due_at > ? ORDER BY sequence`,
  put: statement<[string, number, string | null, number, number, number, number, string | null]>`
    INSERT OR REPLACE INTO outstanding (group_name, sequence, key, attempts, lease, is_leased, due_at, pull_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  settle: statement<[name: string, sequence: number]>`DELETE FROM outstanding WHERE group_name = ? AND sequence = ?`,
  extend: statement<[dueAt: number, name: string, sequence: number]>`
    UPDATE outstanding SET due_at = ? WHERE group_name = ? AND sequence = ?`,
  drop: statement<[name: string]>`DELETE FROM outstanding WHERE group_name = ?`,
  figures: statement<
    [now: number, again: number, name: string],
    { leased: number | null; rows: number; due_at: number | null }
  >`
    SELECT SUM(is_leased = 1 AND due_at > ?) AS leased, COUNT(*) AS rows,
      MIN(CASE WHEN due_at > ? THEN due_at END) AS due_at
    FROM outstanding WHERE group_name = ?`,
  release: statement<[dueAt: number, name: string]>`
    UPDATE outstanding SET is_leased = 0, due_at = ?, attempts = MAX(0, attempts - 1)
    WHERE group_name = ? AND is_leased = 1`,
};

/** Settings as they were written; those of an earlier version lack what came later. */
export const readGroupSettings = (text: string, what: string): GroupSettings => ({
  ...defaultGroupSettings,
  // SAFETY: written from GroupSettings, by this file or by the catalogue's.
  ...(decodeJson(text, what) as GroupSettings),
});

const readGroup = (row: GroupRow): GroupRecord => ({
  name: row.name,
  settings: readGroupSettings(row.settings, `The settings of group ${row.name}`),
  cursor: { next: row.next, leases: row.leases },
  createdAt: row.created_at,
});

const readOutstanding = (row: OutstandingRow): Outstanding => ({
  sequence: row.sequence,
  key: row.key ?? undefined,
  attempts: row.attempts,
  lease: row.lease,
  isLeased: row.is_leased === 1,
  dueAt: row.due_at,
});

export class GroupTable {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  find(name: string): GroupRecord | undefined {
    const row = this.#storage.first(statements.find, name);
    return row === undefined ? undefined : readGroup(row);
  }

  all(): readonly GroupRecord[] {
    return this.#storage.all(statements.all).map(readGroup);
  }

  count(): number {
    return this.#storage.first(statements.count)?.count ?? 0;
  }

  insert({ name, settings, cursor, createdAt }: GroupRecord): void {
    const text = encodeRowJson(settings, `The settings of group ${name}`);
    this.#storage.run(statements.insert, name, text, cursor.next, cursor.leases, createdAt);
  }

  saveSettings(name: string, settings: GroupSettings): void {
    this.#storage.run(statements.saveSettings, encodeRowJson(settings, `The settings of group ${name}`), name);
  }

  saveCursor(name: string, { next, leases }: Cursor): void {
    this.#storage.run(statements.saveCursor, next, leases, name);
  }

  remove(name: string): void {
    this.#storage.run(statements.remove, name);
  }

  removeAll(): void {
    this.#storage.run(statements.removeAll);
  }

  /** Everything the group has outstanding, by sequence. @param floor what retention has dropped up to. */
  outstanding(name: string, floor: number): readonly (Outstanding & { readonly presence: Presence })[] {
    return this.#storage.all(statements.outstanding, name).map((row) => ({
      ...readOutstanding(row),
      presence: row.is_there === 1 ? 'kept' : row.sequence <= floor ? 'dropped' : 'compacted',
    }));
  }

  oneOutstanding(name: string, sequence: number): Outstanding | undefined {
    const row = this.#storage.first(statements.oneOutstanding, name, sequence);
    return row === undefined ? undefined : readOutstanding(row);
  }

  /** What an earlier pull of that id leased and still holds. */
  ofPull(name: string, pullId: string, now: number): readonly Outstanding[] {
    return this.#storage.all(statements.ofPull, name, pullId, now).map(readOutstanding);
  }

  put(name: string, row: Outstanding, pullId?: string): void {
    const { sequence, key = null, attempts, lease, isLeased, dueAt } = row;
    const leased = isLeased ? 1 : 0;
    this.#storage.run(statements.put, name, sequence, key, attempts, lease, leased, dueAt, pullId ?? null);
  }

  settle(name: string, sequence: number): void {
    this.#storage.run(statements.settle, name, sequence);
  }

  extend(name: string, { sequence }: Pick<LeaseRef, 'sequence'>, dueAt: number): void {
    this.#storage.run(statements.extend, dueAt, name, sequence);
  }

  /** Forgets all that is outstanding. */
  drop(name: string): void {
    this.#storage.run(statements.drop, name);
  }

  /** Takes the leases of a dead instance back; an interruption is not the consumer's failure. */
  release(name: string, now: number): void {
    this.#storage.run(statements.release, now, name);
  }

  /**
   * `dueAt` is the next moment at which something changes by itself: a row that is due already waits for an earlier one of
   * its key, or for its consumer.
   */
  figures(
    name: string,
    now: number,
  ): { readonly leased: number; readonly waiting: number; readonly dueAt: number | undefined } {
    const row = this.#storage.first(statements.figures, now, now, name);
    const leased = row?.leased ?? 0;
    return { leased, waiting: (row?.rows ?? 0) - leased, dueAt: row?.due_at ?? undefined };
  }
}
