/** All SQL of an app host: versions with their code in chunks, and the slots that use them. */
import type { Slot, SlotStatus } from '../../../shared/rpc/sandbox.ts';
import { limits } from '../guard/limits.ts';

export interface VersionRow {
  readonly version: string;
  /** Source path of the entry, and name of the module built from it. */
  readonly entry: string;
  /** Hash of the code: the same for the same code only. */
  readonly digest: string;
  /** What it declares of services, as JSON; null for nothing. */
  readonly services: string | null;
}

export class AppStore {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  version(version: string): VersionRow | undefined {
    const [row] = this.#storage.sql
      .exec('SELECT version, entry, digest, services FROM version WHERE version = ?', version)
      .toArray();
    if (row === undefined) return undefined;
    return {
      version: String(row['version']),
      entry: String(row['entry']),
      digest: String(row['digest']),
      services: row['services'] === null ? null : String(row['services']),
    };
  }

  /** The text that was saved with a version. */
  versionText(version: string): string {
    const rows = this.#storage.sql
      .exec('SELECT text FROM version_chunk WHERE version = ? ORDER BY position', version)
      .toArray();
    return rows.map((row) => String(row['text'])).join('');
  }

  saveVersion(row: VersionRow, text: string, now: number): void {
    const { sql } = this.#storage;
    this.#storage.transactionSync(() => {
      sql.exec(
        'INSERT INTO version (version, entry, digest, created_at, services) VALUES (?, ?, ?, ?, ?)',
        row.version,
        row.entry,
        row.digest,
        now,
        row.services,
      );
      for (let position = 0; position * limits.chunkCharacters < text.length; position += 1) {
        const start = position * limits.chunkCharacters;
        const chunk = text.slice(start, start + limits.chunkCharacters);
        sql.exec('INSERT INTO version_chunk (version, position, text) VALUES (?, ?, ?)', row.version, position, chunk);
      }
    });
  }

  /** Removes versions that no slot uses or came from, except the newest few. */
  pruneVersions(): void {
    this.#storage.sql.exec(
      `DELETE FROM version WHERE version NOT IN (SELECT version FROM slot)
         AND version NOT IN (SELECT previous_version FROM slot WHERE previous_version IS NOT NULL)
         AND version NOT IN (SELECT version FROM version ORDER BY created_at DESC, rowid DESC LIMIT ?)`,
      limits.keptVersions,
    );
  }

  slots(): readonly SlotStatus[] {
    const rows = this.#storage.sql.exec('SELECT * FROM slot ORDER BY slot').toArray();
    return rows.map((row) => ({
      slot: row['slot'] as Slot,
      version: String(row['version']),
      ...(row['previous_version'] === null ? {} : { previousVersion: String(row['previous_version']) }),
      deployedAt: Number(row['deployed_at']),
      requests: Number(row['requests']),
      errors: Number(row['errors']),
    }));
  }

  /** Puts a version into a slot; the counters start again. */
  saveSlot(status: SlotStatus): void {
    this.#storage.sql.exec(
      `INSERT INTO slot (slot, version, previous_version, deployed_at, requests, errors) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (slot) DO UPDATE SET version = excluded.version, previous_version = excluded.previous_version,
         deployed_at = excluded.deployed_at, requests = excluded.requests, errors = excluded.errors`,
      status.slot,
      status.version,
      status.previousVersion ?? null,
      status.deployedAt,
      status.requests,
      status.errors,
    );
  }
}
