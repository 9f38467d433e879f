/** All SQL of Api. */
import type { ApiKeyView } from '../../../shared/rpc/services/api.ts';
import { statement, type Storage } from '../../platform/index.ts';

interface KeyRow extends Record<string, string | number | null> {
  readonly id: string;
  readonly name: string;
  readonly scopes: string;
  readonly secret_hash: string;
  readonly created_at: number;
  readonly last_used_at: number | null;
  readonly expires_at: number | null;
}

export interface StoredKey extends ApiKeyView {
  readonly secretHash: string;
}

const statements = {
  insert: statement<
    [id: string, name: string, scopes: string, hash: string, createdAt: number, expiresAt: number | null]
  >`
    INSERT INTO api_key (id, name, scopes, secret_hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)`,
  find: statement<[id: string], KeyRow>`SELECT * FROM api_key WHERE id = ?`,
  list: statement<[after: string, limit: number], KeyRow>`SELECT * FROM api_key WHERE id > ? ORDER BY id LIMIT ?`,
  touch: statement<[at: number, id: string]>`UPDATE api_key SET last_used_at = ? WHERE id = ?`,
  remove: statement<[id: string]>`DELETE FROM api_key WHERE id = ?`,
  count: statement<[], { count: number }>`SELECT COUNT(*) AS count FROM api_key`,
};

const toKey = (row: KeyRow): StoredKey => ({
  keyId: row.id,
  name: row.name,
  // SAFETY: written by `insert`.
  scopes: JSON.parse(row.scopes) as readonly string[],
  secretHash: row.secret_hash,
  createdAt: row.created_at,
  ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
  ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
});

export class ApiStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  insert(key: StoredKey): void {
    const { keyId, name, scopes, secretHash, createdAt, expiresAt } = key;
    this.#storage.run(statements.insert, keyId, name, JSON.stringify(scopes), secretHash, createdAt, expiresAt ?? null);
  }

  find(keyId: string): StoredKey | undefined {
    const row = this.#storage.first(statements.find, keyId);
    return row === undefined ? undefined : toKey(row);
  }

  list(after: string, limit: number): readonly StoredKey[] {
    return this.#storage.all(statements.list, after, limit).map(toKey);
  }

  touch(keyId: string, at: number): void {
    this.#storage.run(statements.touch, at, keyId);
  }

  remove(keyId: string): void {
    this.#storage.run(statements.remove, keyId);
  }

  count(): number {
    return this.#storage.first(statements.count)?.count ?? 0;
  }
}
