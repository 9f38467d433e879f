/** The rows behind an event store's snapshots. A large state is cut into parts, since one row holds at most 2 MB. */

import { decodeJson } from './json-text.ts';
import { statement, type Storage } from './storage.ts';

/** UTF-16 units of one part: at most 768 KiB of UTF-8. */
const partLength = 262_144;

const insertSnapshot = statement<[sequence: number, stateVersion: number, recordedAt: number]>`
  INSERT INTO snapshot (sequence, state_version, recorded_at) VALUES (?, ?, ?)`;
const insertPart = statement<[sequence: number, part: number, payload: string]>`
  INSERT INTO snapshot_part (sequence, part, payload) VALUES (?, ?, ?)`;
const selectNewest = statement<[upTo: number, stateVersion: number], { sequence: number }>`
  SELECT sequence FROM snapshot WHERE sequence <= ? AND state_version = ? ORDER BY sequence DESC LIMIT 1`;
const selectParts = statement<[sequence: number], { payload: string }>`
  SELECT payload FROM snapshot_part WHERE sequence = ? ORDER BY part`;
const deleteSnapshot = statement<[sequence: number]>`DELETE FROM snapshot WHERE sequence = ?`;
const deleteOlder = statement<[base: number, kept: number]>`
  DELETE FROM snapshot WHERE sequence <> ? AND sequence NOT IN (
    SELECT sequence FROM snapshot ORDER BY sequence DESC LIMIT ?)`;

/** Cuts a text without parting a surrogate pair, which UTF-8 could not hold. */
const cut = (text: string): string[] => {
  const parts: string[] = [];
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + partLength, text.length);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last <= 0xdbff) end -= 1;
    parts.push(text.slice(start, end));
    start = end;
  }
  return parts;
};

export class SnapshotTable {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Writes a snapshot in place of one at the same sequence. */
  write(snapshot: { sequence: number; stateVersion: number; text: string; recordedAt: number }): void {
    this.#storage.run(deleteSnapshot, snapshot.sequence);
    this.#storage.run(insertSnapshot, snapshot.sequence, snapshot.stateVersion, snapshot.recordedAt);
    for (const [part, payload] of cut(snapshot.text).entries()) {
      this.#storage.run(insertPart, snapshot.sequence, part, payload);
    }
  }

  /** The newest snapshot of that state version at or before a sequence; `length` is that of its text. */
  newest(
    upTo: number,
    stateVersion: number,
  ): { readonly sequence: number; readonly state: unknown; readonly length: number } | undefined {
    const found = this.#storage.first(selectNewest, upTo, stateVersion);
    if (found === undefined) return undefined;
    const text = this.#storage
      .all(selectParts, found.sequence)
      .map((part) => part.payload)
      .join('');
    const state = decodeJson(text, `The snapshot at event ${found.sequence}`);
    return { sequence: found.sequence, state, length: text.length };
  }

  /** Deletes all but the newest ones and the one at `base`, which stands for discarded events. */
  keepNewest(count: number, base: number): void {
    this.#storage.run(deleteOlder, base, count);
  }
}
