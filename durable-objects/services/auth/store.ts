/** All SQL of Auth. */
import type { Attempts } from '../../../shared/domain/services/auth/throttle.ts';
import type { SessionState } from '../../../shared/domain/services/auth/session.ts';
import type { Account, SessionView } from '../../../shared/rpc/services/auth.ts';
import { statement, type Storage } from '../../platform/index.ts';

interface AccountRow extends Record<string, string | number | null> {
  readonly id: string;
  readonly email: string;
  readonly password_hash: string | null;
  readonly is_disabled: number;
  readonly created_at: number;
}

interface SessionRow extends Record<string, string | number | null> {
  readonly id: string;
  readonly account_id: string;
  readonly token_hash: string;
  readonly previous_hash: string | null;
  readonly rotated_at: number;
  readonly created_at: number;
  readonly last_used_at: number;
  readonly expires_at: number;
}

export interface StoredAccount extends Account {
  readonly passwordHash: string | null;
}

export interface StoredSession extends SessionState, SessionView {
  readonly accountId: string;
}

export interface OidcStart {
  readonly provider: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
  readonly nonce: string;
  readonly expiresAt: number;
}

const statements = {
  insertAccount: statement<[id: string, email: string, hash: string | null, now: number]>`
    INSERT INTO account (id, email, password_hash, created_at) VALUES (?, ?, ?, ?)`,
  accountById: statement<[id: string], AccountRow>`SELECT * FROM account WHERE id = ?`,
  accountByEmail: statement<[email: string], AccountRow>`SELECT * FROM account WHERE email = ?`,
  accountByIdentity: statement<[provider: string, subject: string], AccountRow>`
    SELECT account.* FROM identity JOIN account ON account.id = identity.account_id
    WHERE identity.provider = ? AND identity.subject = ?`,
  accounts: statement<[after: string, limit: number], AccountRow>`
    SELECT * FROM account WHERE id > ? ORDER BY id LIMIT ?`,
  setPassword: statement<[hash: string, id: string]>`UPDATE account SET password_hash = ? WHERE id = ?`,
  setDisabled: statement<[isDisabled: number, id: string]>`UPDATE account SET is_disabled = ? WHERE id = ?`,
  insertIdentity: statement<[provider: string, subject: string, accountId: string]>`
    INSERT INTO identity (provider, subject, account_id) VALUES (?, ?, ?)`,
  insertSession: statement<
    [id: string, accountId: string, hash: string, now: number, now: number, now: number, expiresAt: number]
  >`
    INSERT INTO session (id, account_id, token_hash, rotated_at, created_at, last_used_at, expires_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  session: statement<[id: string], SessionRow>`SELECT * FROM session WHERE id = ?`,
  sessions: statement<[accountId: string, now: number], SessionRow>`
    SELECT * FROM session WHERE account_id = ? AND expires_at > ? ORDER BY id DESC LIMIT 200`,
  rotate: statement<[hash: string, previous: string, now: number, now: number, expiresAt: number, id: string]>`
    UPDATE session SET token_hash = ?, previous_hash = ?, rotated_at = ?, last_used_at = ?, expires_at = ?
    WHERE id = ?`,
  touch: statement<[now: number, expiresAt: number, id: string]>`
    UPDATE session SET last_used_at = ?, expires_at = ? WHERE id = ?`,
  removeSession: statement<[id: string], { id: string }>`DELETE FROM session WHERE id = ? RETURNING id`,
  removeSessions: statement<[accountId: string, except: string], { id: string }>`
    DELETE FROM session WHERE account_id = ? AND id <> ? RETURNING id`,
  attempt: statement<[subject: string], { failures: number; last_at: number }>`
    SELECT failures, last_at FROM attempt WHERE subject = ?`,
  saveAttempt: statement<[subject: string, failures: number, lastAt: number]>`
    INSERT INTO attempt (subject, failures, last_at) VALUES (?, ?, ?)
    ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at`,
  removeAttempt: statement<[subject: string]>`DELETE FROM attempt WHERE subject = ?`,
  insertStart: statement<
    [hash: string, provider: string, redirectUri: string, verifier: string, nonce: string, expiresAt: number]
  >`
    INSERT INTO oidc_start (state_hash, provider, redirect_uri, code_verifier, nonce, expires_at)
    VALUES (?, ?, ?, ?, ?, ?)`,
  takeStart: statement<
    [hash: string],
    { provider: string; redirect_uri: string; code_verifier: string; nonce: string; expires_at: number }
  >`DELETE FROM oidc_start WHERE state_hash = ? RETURNING provider, redirect_uri, code_verifier, nonce, expires_at`,
  countStarts: statement<[], { count: number }>`SELECT COUNT(*) AS count FROM oidc_start`,
  sweepSessions: statement<[now: number]>`DELETE FROM session WHERE expires_at <= ?`,
  sweepAttempts: statement<[before: number]>`DELETE FROM attempt WHERE last_at <= ?`,
  sweepStarts: statement<[now: number]>`DELETE FROM oidc_start WHERE expires_at <= ?`,
};

const toAccount = (row: AccountRow): StoredAccount => ({
  accountId: row.id,
  email: row.email,
  createdAt: row.created_at,
  isDisabled: row.is_disabled === 1,
  passwordHash: row.password_hash,
});

const toSession = (row: SessionRow): StoredSession => ({
  sessionId: row.id,
  accountId: row.account_id,
  tokenHash: row.token_hash,
  previousHash: row.previous_hash,
  rotatedAt: row.rotated_at,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
  expiresAt: row.expires_at,
});

export class AuthStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  insertAccount(id: string, email: string, passwordHash: string | null, now: number): void {
    this.#storage.run(statements.insertAccount, id, email, passwordHash, now);
  }

  account(by: { readonly id: string } | { readonly email: string }): StoredAccount | undefined {
    const row =
      'id' in by
        ? this.#storage.first(statements.accountById, by.id)
        : this.#storage.first(statements.accountByEmail, by.email);
    return row === undefined ? undefined : toAccount(row);
  }

  accountOfIdentity(provider: string, subject: string): StoredAccount | undefined {
    const row = this.#storage.first(statements.accountByIdentity, provider, subject);
    return row === undefined ? undefined : toAccount(row);
  }

  accounts(after: string, limit: number): readonly StoredAccount[] {
    return this.#storage.all(statements.accounts, after, limit).map(toAccount);
  }

  setPassword(accountId: string, hash: string): void {
    this.#storage.run(statements.setPassword, hash, accountId);
  }

  setDisabled(accountId: string, isDisabled: boolean): void {
    this.#storage.run(statements.setDisabled, isDisabled ? 1 : 0, accountId);
  }

  insertIdentity(provider: string, subject: string, accountId: string): void {
    this.#storage.run(statements.insertIdentity, provider, subject, accountId);
  }

  insertSession(id: string, accountId: string, hash: string, now: number, expiresAt: number): void {
    this.#storage.run(statements.insertSession, id, accountId, hash, now, now, now, expiresAt);
  }

  session(id: string): StoredSession | undefined {
    const row = this.#storage.first(statements.session, id);
    return row === undefined ? undefined : toSession(row);
  }

  sessions(accountId: string, now: number): readonly StoredSession[] {
    return this.#storage.all(statements.sessions, accountId, now).map(toSession);
  }

  rotate(session: StoredSession, hash: string, now: number, expiresAt: number): void {
    this.#storage.run(statements.rotate, hash, session.tokenHash, now, now, expiresAt, session.sessionId);
  }

  touch(sessionId: string, now: number, expiresAt: number): void {
    this.#storage.run(statements.touch, now, expiresAt, sessionId);
  }

  /** How many were there. */
  removeSession(sessionId: string): number {
    return this.#storage.all(statements.removeSession, sessionId).length;
  }

  /** All of an account, but perhaps one; how many there were. */
  removeSessions(accountId: string, except = ''): number {
    return this.#storage.all(statements.removeSessions, accountId, except).length;
  }

  attempts(subject: string): Attempts | undefined {
    const row = this.#storage.first(statements.attempt, subject);
    return row === undefined ? undefined : { failures: row.failures, lastAt: row.last_at };
  }

  saveAttempts(subject: string, attempts: Attempts): void {
    this.#storage.run(statements.saveAttempt, subject, attempts.failures, attempts.lastAt);
  }

  removeAttempts(subject: string): void {
    this.#storage.run(statements.removeAttempt, subject);
  }

  insertStart(stateHash: string, start: OidcStart): void {
    const { provider, redirectUri, codeVerifier, nonce, expiresAt } = start;
    this.#storage.run(statements.insertStart, stateHash, provider, redirectUri, codeVerifier, nonce, expiresAt);
  }

  /** Gives it once. */
  takeStart(stateHash: string): OidcStart | undefined {
    const row = this.#storage.first(statements.takeStart, stateHash);
    if (row === undefined) return undefined;
    return {
      provider: row.provider,
      redirectUri: row.redirect_uri,
      codeVerifier: row.code_verifier,
      nonce: row.nonce,
      expiresAt: row.expires_at,
    };
  }

  countStarts(): number {
    return this.#storage.first(statements.countStarts)?.count ?? 0;
  }

  /** Drops what is past its time. */
  sweep(now: number, attemptsBefore: number): void {
    this.#storage.run(statements.sweepSessions, now);
    this.#storage.run(statements.sweepAttempts, attemptsBefore);
    this.#storage.run(statements.sweepStarts, now);
  }
}
