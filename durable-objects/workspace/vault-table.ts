/** All SQL of a workspace's vault: its data key, sealed; its credentials, sealed; and what was done with them. */
import { parseId } from '../../shared/domain/ids.ts';
import type { ModelFailureKind } from '../../shared/ports/model-client.ts';
import {
  credentialEventTypes,
  type CredentialEvent,
  type CredentialEventType,
  type CredentialName,
  type CredentialResult,
  type CredentialUse,
  type CredentialView,
  type PutCredential,
  type SealedCredential,
  type WrappedKey,
} from '../../shared/rpc/workspace-vault.ts';
import { statement, type Storage } from '../platform/index.ts';

/** For the migrations of the workspace. */
export const vaultTables = `
  CREATE TABLE vault (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL,
    master_key_id TEXT,
    sealed_key TEXT
  ) STRICT;
  CREATE TABLE credential (
    provider TEXT NOT NULL,
    name TEXT NOT NULL,
    base_url TEXT,
    fingerprint TEXT NOT NULL,
    last_four TEXT,
    sealed TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    added_by TEXT NOT NULL,
    used_at INTEGER,
    result TEXT,
    PRIMARY KEY (provider, name)
  ) STRICT;
  CREATE TABLE credential_event (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    recorded_at INTEGER NOT NULL,
    type TEXT NOT NULL,
    provider TEXT,
    name TEXT,
    fingerprint TEXT,
    actor TEXT
  ) STRICT;
`;

/** Events of the audit log that are kept. */
const keptEvents = 1_000;

type CredentialRow = {
  provider: string;
  name: string;
  base_url: string | null;
  fingerprint: string;
  last_four: string | null;
  sealed: string;
  added_at: number;
  added_by: string;
  used_at: number | null;
  result: string | null;
};

type EventRow = {
  sequence: number;
  recorded_at: number;
  type: string;
  provider: string | null;
  name: string | null;
  fingerprint: string | null;
  actor: string | null;
};

const statements = {
  vault: statement<[], { revision: number; master_key_id: string | null; sealed_key: string | null }>`
    SELECT revision, master_key_id, sealed_key FROM vault`,
  advance: statement<[]>`
    INSERT INTO vault (id, revision) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET revision = revision + 1`,
  keepKey: statement<[masterKeyId: string, sealedKey: string]>`
    INSERT INTO vault (id, revision, master_key_id, sealed_key) VALUES (1, 0, ?, ?)
    ON CONFLICT (id) DO UPDATE SET master_key_id = excluded.master_key_id, sealed_key = excluded.sealed_key`,
  dropKey: statement<[]>`UPDATE vault SET master_key_id = NULL, sealed_key = NULL`,
  all: statement<[], CredentialRow>`SELECT * FROM credential ORDER BY provider, name`,
  one: statement<[provider: string, name: string], CredentialRow>`
    SELECT * FROM credential WHERE provider = ? AND name = ?`,
  put: statement<
    [
      provider: string,
      name: string,
      baseUrl: string | null,
      fingerprint: string,
      lastFour: string | null,
      sealed: string,
      addedAt: number,
      addedBy: string,
    ]
  >`INSERT OR REPLACE INTO credential VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)`,
  remove: statement<[provider: string, name: string]>`DELETE FROM credential WHERE provider = ? AND name = ?`,
  use: statement<[usedAt: number, result: string, provider: string, name: string]>`
    UPDATE credential SET used_at = ?, result = ? WHERE provider = ? AND name = ?`,
  log: statement<
    [
      recordedAt: number,
      type: string,
      provider: string | null,
      name: string | null,
      fingerprint: string | null,
      actor: string | null,
    ]
  >`INSERT INTO credential_event (recorded_at, type, provider, name, fingerprint, actor) VALUES (?, ?, ?, ?, ?, ?)`,
  forget: statement<[kept: number]>`
    DELETE FROM credential_event WHERE sequence <= (SELECT MAX(sequence) FROM credential_event) - ?`,
  events: statement<[after: number, limit: number], EventRow>`
    SELECT * FROM credential_event WHERE sequence > ? ORDER BY sequence LIMIT ?`,
};

const results: Readonly<Record<CredentialResult, true>> = {
  answered: true,
  rate_limited: true,
  overloaded: true,
  provider_error: true,
  timeout: true,
  connection_lost: true,
  malformed_response: true,
  authentication: true,
  invalid_request: true,
  context_too_long: true,
  cancelled: true,
} satisfies Readonly<Record<ModelFailureKind | 'answered', true>>;

const isResult = (text: string): text is CredentialResult => Object.hasOwn(results, text);
const isEventType = (text: string): text is CredentialEventType => Object.hasOwn(credentialEventTypes, text);

const corrupt = (what: string): never => {
  throw new Error(`The workspace's vault holds an unreadable ${what}.`);
};

const toView = (row: CredentialRow): CredentialView => ({
  provider: row.provider,
  name: row.name,
  ...(row.base_url === null ? {} : { baseUrl: row.base_url }),
  fingerprint: row.fingerprint,
  ...(row.last_four === null ? {} : { lastFour: row.last_four }),
  addedAt: row.added_at,
  addedBy: parseId('key', row.added_by) ?? corrupt('key id'),
  ...(row.used_at === null ? {} : { usedAt: row.used_at }),
  ...(row.result === null ? {} : { result: isResult(row.result) ? row.result : corrupt('result') }),
});

const toSealed = ({ provider, name, base_url, fingerprint, sealed }: CredentialRow): SealedCredential => ({
  provider,
  name,
  ...(base_url === null ? {} : { baseUrl: base_url }),
  fingerprint,
  sealed,
});

const toEvent = (row: EventRow): CredentialEvent => ({
  sequence: row.sequence,
  recordedAt: row.recorded_at,
  type: isEventType(row.type) ? row.type : corrupt('event'),
  ...(row.provider === null ? {} : { provider: row.provider }),
  ...(row.name === null ? {} : { name: row.name }),
  ...(row.fingerprint === null ? {} : { fingerprint: row.fingerprint }),
  ...(row.actor === null ? {} : { actor: parseId('key', row.actor) ?? corrupt('key id') }),
});

export class VaultTable {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** 0 before the first change. */
  get revision(): number {
    return this.#storage.first(statements.vault)?.revision ?? 0;
  }

  get key(): WrappedKey | undefined {
    const { master_key_id: masterKeyId, sealed_key: sealed } = this.#storage.first(statements.vault) ?? {};
    return typeof masterKeyId === 'string' && typeof sealed === 'string' ? { masterKeyId, sealed } : undefined;
  }

  /** Inside a transaction, as everything below that changes something. */
  keepKey({ masterKeyId, sealed }: WrappedKey): void {
    this.#storage.run(statements.keepKey, masterKeyId, sealed);
  }

  dropKey(): void {
    this.#storage.run(statements.dropKey);
  }

  sealed(): readonly SealedCredential[] {
    return this.#storage.all(statements.all).map(toSealed);
  }

  views(): readonly CredentialView[] {
    return this.#storage.all(statements.all).map(toView);
  }

  view({ provider, name }: CredentialName): CredentialView | undefined {
    const row = this.#storage.first(statements.one, provider, name);
    return row === undefined ? undefined : toView(row);
  }

  put({ provider, name, baseUrl, fingerprint, lastFour, sealed, actor }: PutCredential, now: number): void {
    const place = [provider, name, baseUrl ?? null, fingerprint, lastFour ?? null] as const;
    this.#storage.run(statements.put, ...place, sealed, now, actor);
    this.#storage.run(statements.advance);
  }

  remove({ provider, name }: CredentialName): void {
    this.#storage.run(statements.remove, provider, name);
    this.#storage.run(statements.advance);
  }

  use({ provider, name, usedAt, result }: CredentialUse): void {
    this.#storage.run(statements.use, usedAt, result, provider, name);
  }

  /** Adds to the audit log, and drops what is too old for it. */
  log({ recordedAt, type, provider, name, fingerprint, actor }: Omit<CredentialEvent, 'sequence'>): void {
    const about = [provider ?? null, name ?? null, fingerprint ?? null, actor ?? null] as const;
    this.#storage.run(statements.log, recordedAt, type, ...about);
    this.#storage.run(statements.forget, keptEvents);
  }

  events(after: number, limit: number): readonly CredentialEvent[] {
    return this.#storage.all(statements.events, after, limit).map(toEvent);
  }
}
