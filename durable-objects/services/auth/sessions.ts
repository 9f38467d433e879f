/** Sessions of Auth: opened, asked for by their token, rotated and ended. */
import { hashText } from '../../../shared/adapters/crypto/text-hash.ts';
import { formatToken, judgeToken, parseToken } from '../../../shared/domain/services/auth/session.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { Ids } from '../../../shared/ports/ids.ts';
import type { Account, SessionGrant, SessionView, SignedIn } from '../../../shared/rpc/services/auth.ts';
import type { AuthConfiguration } from '../../../shared/schemas/services/declaration.ts';
import type { AuthStore, StoredAccount, StoredSession } from './store.ts';

/** A session that was used is written again after this long, not at each use. */
const touchMs = 60_000;
const minuteMs = 60_000;
/** Live sessions of one account; the oldest goes when another is opened. */
const maxSessions = 50;

const notSignedIn: Result<never> = err({
  type: 'auth.invalid',
  detail: 'The session is not valid any more: sign in again.',
});

/** What others may know of an account. */
export const accountView = ({ accountId, email, createdAt, isDisabled }: StoredAccount): Account => ({
  accountId,
  email,
  createdAt,
  isDisabled,
});

export const sessionView = ({ sessionId, createdAt, lastUsedAt, expiresAt }: StoredSession): SessionView => ({
  sessionId,
  createdAt,
  lastUsedAt,
  expiresAt,
});

const newSecret = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');

export class Sessions {
  readonly #store: AuthStore;
  readonly #ids: Ids;

  constructor(store: AuthStore, ids: Ids) {
    this.#store = store;
    this.#ids = ids;
  }

  /** Inside a transaction. */
  open(account: StoredAccount, { sessionMinutes }: AuthConfiguration, now: number): SessionGrant {
    const live = this.#store.sessions(account.accountId, now);
    for (const { sessionId } of live.slice(maxSessions - 1)) this.#store.removeSession(sessionId);
    const sessionId = this.#ids.create('ses');
    const secret = newSecret();
    const expiresAt = now + sessionMinutes * minuteMs;
    this.#store.insertSession(sessionId, account.accountId, hashText(secret), now, expiresAt);
    return {
      token: formatToken(sessionId, secret),
      account: accountView(account),
      session: { sessionId, createdAt: now, lastUsedAt: now, expiresAt },
      shouldRotate: false,
    };
  }

  /** Inside a transaction: a token that was stolen ends its session. */
  authenticate(token: unknown, { sessionMinutes, rotateMinutes }: AuthConfiguration, now: number): Result<SignedIn> {
    const found = this.#find(token, now);
    if (!found.ok) return found;
    const { account, session } = found.value;
    const isStale = now - session.lastUsedAt >= touchMs;
    const used = isStale ? { ...session, lastUsedAt: now, expiresAt: now + sessionMinutes * minuteMs } : session;
    if (isStale) this.#store.touch(session.sessionId, now, used.expiresAt);
    return ok({
      account: accountView(account),
      session: sessionView(used),
      shouldRotate: now - session.rotatedAt >= rotateMinutes * minuteMs,
    });
  }

  /**
   * Inside a transaction. A token that was just overtaken is answered with the session as it is, and no token: whoever
   * rotated it holds the next one.
   */
  rotate(token: unknown, { sessionMinutes }: AuthConfiguration, now: number): Result<SessionGrant> {
    const found = this.#find(token, now);
    if (!found.ok) return found;
    const { account, session, isOvertaken } = found.value;
    if (isOvertaken) {
      return err({ type: 'state.conflict', detail: 'The token was just rotated: use the one that was answered then.' });
    }
    const secret = newSecret();
    const expiresAt = now + sessionMinutes * minuteMs;
    this.#store.rotate(session, hashText(secret), now, expiresAt);
    return ok({
      token: formatToken(session.sessionId, secret),
      account: accountView(account),
      session: { ...sessionView(session), lastUsedAt: now, expiresAt },
      shouldRotate: false,
    });
  }

  /** Inside a transaction. Ends the session of a token that is good for it. */
  close(token: unknown, now: number): void {
    const found = this.#find(token, now);
    if (found.ok) this.#store.removeSession(found.value.session.sessionId);
  }

  #find(
    token: unknown,
    now: number,
  ): Result<{
    readonly account: StoredAccount;
    readonly session: StoredSession;
    readonly isOvertaken: boolean;
  }> {
    const parts = parseToken(token);
    const session = parts === undefined ? undefined : this.#store.session(parts.sessionId);
    if (parts === undefined || session === undefined) return notSignedIn;
    const verdict = judgeToken(session, hashText(parts.secret), now);
    if (verdict === 'stolen' || verdict === 'expired') this.#store.removeSession(session.sessionId);
    if (verdict !== 'current' && verdict !== 'overtaken') return notSignedIn;
    const account = this.#store.account({ id: session.accountId });
    if (account === undefined || account.isDisabled) return notSignedIn;
    return ok({ account, session, isOvertaken: verdict === 'overtaken' });
  }
}
