/**
 * Events that a group gave up, with a copy of each, so that retention does not take them. A letter that is replayed keeps
 * its copy until the group has settled it, and is not listed meanwhile.
 */
import type { Parked } from '../../shared/domain/event-bus/group.ts';
import type { BusDeadLetter, BusEvent } from '../../shared/rpc/event-bus.ts';
import { encodeRowJson } from '../platform/json-text.ts';
import { statement, type Storage } from '../platform/index.ts';
import { readKeptEvent } from './event-row.ts';

/** Kept of one group; the oldest beyond them are dropped and reported. */
const keptOfGroup = 1_000;

type LetterRow = {
  id: number;
  group_name: string;
  sequence: number;
  event: string | null;
  attempts: number;
  cause: string;
  parked_at: number;
};

const statements = {
  insert: statement<[string, number, string | null, number, string, number]>`
    INSERT INTO bus_dead_letter (group_name, sequence, event, attempts, cause, parked_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (group_name, sequence) DO UPDATE
    SET attempts = excluded.attempts, cause = excluded.cause, parked_at = excluded.parked_at, is_replayed = 0`,
  bound: statement<[group: string, group2: string, kept: number], { sequence: number }>`
    DELETE FROM bus_dead_letter WHERE group_name = ? AND id IN (
      SELECT id FROM bus_dead_letter WHERE group_name = ? ORDER BY id DESC LIMIT -1 OFFSET ?)
    RETURNING sequence`,
  list: statement<[group: string, after: number, limit: number], LetterRow>`
    SELECT * FROM bus_dead_letter WHERE group_name = ? AND id > ? AND is_replayed = 0 ORDER BY id LIMIT ?`,
  find: statement<[group: string, id: number], LetterRow>`
    SELECT * FROM bus_dead_letter WHERE group_name = ? AND id = ? AND is_replayed = 0`,
  has: statement<[group: string, sequence: number], { id: number }>`
    SELECT id FROM bus_dead_letter WHERE group_name = ? AND sequence = ? AND is_replayed = 0`,
  copy: statement<[group: string, sequence: number], { id: number; event: string | null }>`
    SELECT id, event FROM bus_dead_letter WHERE group_name = ? AND sequence = ?`,
  count: statement<[group: string], { count: number }>`
    SELECT COUNT(*) AS count FROM bus_dead_letter WHERE group_name = ? AND is_replayed = 0`,
  replay: statement<[id: number]>`UPDATE bus_dead_letter SET is_replayed = 1 WHERE id = ?`,
  settle: statement<[group: string, sequence: number]>`
    DELETE FROM bus_dead_letter WHERE group_name = ? AND sequence = ?`,
};

const readLetter = (row: LetterRow): BusDeadLetter => ({
  letterId: row.id,
  group: row.group_name,
  sequence: row.sequence,
  ...(row.event === null ? {} : { event: readKeptEvent(row.event, row.id) }),
  attempts: row.attempts,
  cause: row.cause,
  parkedAt: row.parked_at,
});

export class DeadLetterTable {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Keeps the letter; answers the sequences of older ones that had to go for it. Inside a transaction. */
  add(group: string, { row, cause }: Parked, event: BusEvent | undefined, now: number): readonly number[] {
    const text = event === undefined ? null : encodeRowJson(event, `Event ${row.sequence}`);
    this.#storage.run(statements.insert, group, row.sequence, text, row.attempts, cause, now);
    return this.#storage.all(statements.bound, group, group, keptOfGroup).map(({ sequence }) => sequence);
  }

  list(group: string, after: number, limit: number): readonly BusDeadLetter[] {
    return this.#storage.all(statements.list, group, after, limit).map(readLetter);
  }

  find(group: string, letterId: number): BusDeadLetter | undefined {
    const row = this.#storage.first(statements.find, group, letterId);
    return row === undefined ? undefined : readLetter(row);
  }

  has(group: string, sequence: number): boolean {
    return this.#storage.first(statements.has, group, sequence) !== undefined;
  }

  count(group: string): number {
    return this.#storage.first(statements.count, group)?.count ?? 0;
  }

  /** The copy of an event, whether its letter is replayed or not. */
  copy(group: string, sequence: number): BusEvent | undefined {
    const row = this.#storage.first(statements.copy, group, sequence);
    return row?.event == null ? undefined : readKeptEvent(row.event, row.id);
  }

  replay(letterId: number): void {
    this.#storage.run(statements.replay, letterId);
  }

  /** The event was settled after all. */
  settle(group: string, sequence: number): void {
    this.#storage.run(statements.settle, group, sequence);
  }
}
