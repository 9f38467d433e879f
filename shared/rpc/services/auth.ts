/**
 * Auth: accounts, passwords, sessions and signing in through OpenID Connect. A session is an opaque token; only its hash
 * is stored. It is renewed by `rotate`, which gives the next token; a token that was rotated away and is used again
 * later than half a minute after ends its session, since one of the two who hold it stole it.
 */
import type { Result } from '../../errors/result.ts';
import type { PageQuery, ServicePage } from './service-object.ts';

export interface Account {
  readonly accountId: string;
  /** In lower case, as it is compared. */
  readonly email: string;
  readonly createdAt: number;
  readonly isDisabled: boolean;
}

export interface SessionView {
  readonly sessionId: string;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
}

export interface SignedIn {
  readonly account: Account;
  readonly session: SessionView;
  /** The token is old enough to be rotated. */
  readonly shouldRotate: boolean;
}

/** The only answer that ever holds the token. */
export interface SessionGrant extends SignedIn {
  readonly token: string;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** Who asks, such as an address: its attempts are counted together. Never stored in the clear. */
  readonly client?: string;
}

export interface AuthRpc {
  /** `resource.conflict` when the address has an account; `auth.forbidden` when signing up is closed. */
  signUp(credentials: Credentials): Promise<Result<SessionGrant>>;
  /** `auth.invalid` alike for an unknown address and a wrong password; `rate.limited` after too many failures. */
  signIn(credentials: Credentials): Promise<Result<SessionGrant>>;
  /** Who holds the token. `auth.invalid` when it is unknown, expired, revoked, or its account is disabled. */
  authenticate(query: { readonly token: string }): Promise<Result<SignedIn>>;
  /** The next token of the session. */
  rotate(command: { readonly token: string }): Promise<Result<SessionGrant>>;
  /** Ends the session. An unknown token is no error: it is signed out. */
  signOut(command: { readonly token: string }): Promise<Result<null>>;
  /** Ends all other sessions of the account. */
  changePassword(command: {
    readonly token: string;
    readonly currentPassword: string;
    readonly newPassword: string;
  }): Promise<Result<null>>;
  /** Live sessions of an account, newest first. */
  sessions(query: { readonly accountId: string }): Promise<Result<readonly SessionView[]>>;
  /** Ends one session of the account, or all of them. */
  revoke(command: { readonly accountId: string; readonly sessionId?: string }): Promise<Result<{ revoked: number }>>;
  /** Oldest first. */
  accounts(query: PageQuery): Promise<Result<ServicePage<Account>>>;
  /** A disabled account keeps its data and can neither sign in nor use its sessions. */
  setDisabled(command: { readonly accountId: string; readonly isDisabled: boolean }): Promise<Result<Account>>;
  /**
   * Where to send a person to sign in with a provider of the declaration; good for ten minutes. Keep the `state` with the
   * person's browser, in a cookie: it is what tells them from somebody whom they were sent an address by.
   */
  startOidc(command: {
    readonly provider: string;
    /** Where the provider sends them back to: an address of the app. */
    readonly redirectUri: string;
  }): Promise<Result<{ readonly url: string; readonly state: string }>>;
  /**
   * Takes the address the person came back to, with its query, and the `state` from the cookie, never from the address.
   * Each start can be finished once.
   */
  finishOidc(command: { readonly callbackUrl: string; readonly state: string }): Promise<Result<SessionGrant>>;
}
