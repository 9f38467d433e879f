/**
 * How long settled steps are kept. A step may be asked for as long as its run goes on, so the rows of a run stay until
 * the run has ended; then they stay for people who look, for some days and up to some number of runs. Steps in doubt
 * stay until somebody has settled them.
 */

import { statement, type Storage } from './storage.ts';

const keptForMs = 7 * 24 * 60 * 60 * 1_000;
/** Ended runs whose steps are kept, at most. */
const endedKept = 500;
const prunedAtOnce = 10;

type Range = readonly [from: string, to: string];

const insertEnded = statement<[prefix: string, endedAt: number]>`
  INSERT INTO journal_ended (prefix, ended_at) VALUES (?, ?) ON CONFLICT (prefix) DO NOTHING`;
const selectOld = statement<[before: number, kept: number, limit: number], { prefix: string }>`
  SELECT prefix FROM journal_ended WHERE ended_at < ?
    OR prefix IN (SELECT prefix FROM journal_ended ORDER BY ended_at DESC, prefix DESC LIMIT -1 OFFSET ?)
  ORDER BY ended_at LIMIT ?`;
const deleteEnded = statement<[prefix: string]>`DELETE FROM journal_ended WHERE prefix = ?`;
const deleteSettled = statement<[from: string, to: string], { key: string }>`
  DELETE FROM journal_step WHERE key >= ? AND key < ? AND status IN ('done', 'failed') RETURNING key`;
const deleteUnfinished = statement<[from: string, to: string]>`
  DELETE FROM journal_step WHERE key >= ? AND key < ? AND status IN ('started', 'released')`;
const selectAny = statement<[from: string, to: string], { key: string }>`
  SELECT key FROM journal_step WHERE key >= ? AND key < ? LIMIT 1`;

/** All texts that begin with the prefix. */
const rangeOf = (prefix: string): Range => [prefix, `${prefix}\u{10FFFF}`];

export class JournalRetention {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Remembers that no step of this prefix will be asked for again, and drops what has been kept long enough. */
  end(prefix: string, now: number): void {
    this.#storage.run(insertEnded, prefix, now);
    for (const { prefix: old } of this.#storage.all(selectOld, now - keptForMs, endedKept, prunedAtOnce)) {
      this.forget(old);
      // What was under way when its run ended can no longer be settled by anybody.
      this.#storage.run(deleteUnfinished, ...rangeOf(old));
      if (this.#storage.first(selectAny, ...rangeOf(old)) === undefined) this.#storage.run(deleteEnded, old);
    }
  }

  /** Drops the settled steps of a prefix; answers how many. */
  forget(prefix: string): number {
    return this.#storage.all(deleteSettled, ...rangeOf(prefix)).length;
  }
}
