/** Auth of one group: thin; sessions, attempts and providers each have a file. */
import { plainText } from '../../../shared/domain/services/plain-text.ts';
import { hashPassword, verifyPassword } from '../../../shared/adapters/crypto/password-hash.ts';
import { createRandomIds } from '../../../shared/adapters/crypto/random-ids.ts';
import { egressPolicy } from '../../../shared/domain/egress/grants.ts';
import { checkNewCredentials, normalEmail, normalPassword } from '../../../shared/domain/services/auth/credentials.ts';
import { quietMs } from '../../../shared/domain/services/auth/throttle.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { Account, AuthRpc, Credentials, SessionGrant } from '../../../shared/rpc/services/auth.ts';
import type { AuthConfiguration } from '../../../shared/schemas/services/declaration.ts';
import type { Grants, OperatorVariables } from '../environment.ts';
import { pageLimit } from '../paging.ts';
import { ServiceObject } from '../service-object.ts';
import { AttemptLog } from './attempts.ts';
import { authMigrations, authTables } from './migrations.ts';
import { ProviderDesk } from './provider-desk.ts';
import { accountView, Sessions, sessionView } from './sessions.ts';
import { AuthStore, type StoredAccount } from './store.ts';

const sweepMs = 60 * 60_000;

const noAccount: Result<never> = err({ type: 'resource.not_found', detail: 'There is no such account.' });

const wrong: Result<never> = err({
  type: 'auth.invalid',
  detail: 'The e-mail address or the password is not right.',
});

export class AuthObject extends ServiceObject<OperatorVariables, AuthConfiguration & Grants> implements AuthRpc {
  readonly #store: AuthStore;
  readonly #sessions: Sessions;
  readonly #attempts: AttemptLog;
  readonly #desk: ProviderDesk;
  readonly #ids = createRandomIds({ now: () => this.now() });

  constructor(ctx: DurableObjectState, env: OperatorVariables) {
    super(ctx, env, authMigrations, authTables);
    this.#store = new AuthStore(this.storage);
    this.#sessions = new Sessions(this.#store, this.#ids);
    this.#attempts = new AttemptLog(this.#store);
    const { now } = this;
    const group = ctx.id.name ?? '';
    this.#desk = new ProviderDesk({ store: this.#store, ids: this.#ids, environment: env, group, now });
    this.timers.on('sweep', () => {
      this.#store.sweep(this.now(), this.now() - quietMs);
      this.timers.set({ name: 'sweep', dueAt: this.now() + sweepMs });
    });
  }

  async signUp(credentials: Credentials): Promise<Result<SessionGrant>> {
    return await this.whenDeclared(async (configuration) => {
      if (configuration.signUp === 'closed') return err({ type: 'auth.forbidden', detail: 'Signing up is closed.' });
      const checked = checkNewCredentials(credentials.email, credentials.password, configuration.minimumPasswordLength);
      if (!checked.ok) return checked;
      const { email, password } = checked.value;
      // Signing up tells who has an account; so it is counted as an attempt at that account.
      const permitted = this.#begin(email, credentials.client);
      if (!permitted.ok) return permitted;
      const hash = await hashPassword(password);
      return this.transact((): Result<SessionGrant> => {
        if (this.#store.account({ email }) !== undefined) {
          return err({ type: 'resource.conflict', detail: 'This address has an account already: sign in.' });
        }
        const accountId = this.#ids.create('acc');
        const createdAt = this.now();
        this.#store.insertAccount(accountId, email, hash, createdAt);
        this.#attempts.succeed(email, credentials.client);
        return this.#open(configuration, {
          accountId,
          email,
          createdAt,
          isDisabled: false,
          passwordHash: hash,
        });
      });
    });
  }

  async signIn(credentials: Credentials): Promise<Result<SessionGrant>> {
    return await this.whenDeclared(async (configuration) => {
      const email = normalEmail(plainText(credentials.email, 300));
      const password = normalPassword(plainText(credentials.password));
      const permitted = this.#begin(email, credentials.client);
      if (!permitted.ok) return permitted;
      const account = this.#store.account({ email });
      const verdict = await verifyPassword(password, account?.passwordHash ?? undefined);
      const newHash = verdict.matches && verdict.isOutdated ? await hashPassword(password) : undefined;
      return this.transact((): Result<SessionGrant> => {
        const current = this.#store.account({ email });
        // The account may have been disabled, or its password changed, while the hash was computed.
        const isSame = current !== undefined && current.passwordHash === account?.passwordHash;
        if (!verdict.matches || !isSame || current.isDisabled) return wrong;
        if (newHash !== undefined) this.#store.setPassword(current.accountId, newHash);
        this.#attempts.succeed(email, credentials.client);
        return this.#open(configuration, current);
      });
    });
  }

  async authenticate({ token }: Parameters<AuthRpc['authenticate']>[0]): ReturnType<AuthRpc['authenticate']> {
    return await this.whenDeclared((configuration) =>
      this.transact(() => this.#sessions.authenticate(token, configuration, this.now())),
    );
  }

  async rotate({ token }: Parameters<AuthRpc['rotate']>[0]): ReturnType<AuthRpc['rotate']> {
    return await this.whenDeclared((configuration) =>
      this.transact(() => this.#sessions.rotate(token, configuration, this.now())),
    );
  }

  async signOut({ token }: Parameters<AuthRpc['signOut']>[0]): ReturnType<AuthRpc['signOut']> {
    return await this.whenDeclared(() => {
      this.transact(() => this.#sessions.close(token, this.now()));
      return ok(null);
    });
  }

  async changePassword(command: Parameters<AuthRpc['changePassword']>[0]): Promise<Result<null>> {
    return await this.whenDeclared(async (configuration) => {
      const signedIn = this.transact(() => this.#sessions.authenticate(command.token, configuration, this.now()));
      if (!signedIn.ok) return signedIn;
      const { account, session } = signedIn.value;
      const permitted = this.#begin(account.email, undefined);
      if (!permitted.ok) return permitted;
      const stored = this.#store.account({ id: account.accountId });
      const { matches } = await verifyPassword(
        normalPassword(plainText(command.currentPassword)),
        stored?.passwordHash ?? undefined,
      );
      if (!matches) return wrong;
      const checked = checkNewCredentials(account.email, command.newPassword, configuration.minimumPasswordLength);
      if (!checked.ok) return checked;
      const hash = await hashPassword(checked.value.password);
      return this.transact((): Result<null> => {
        if (this.#store.account({ id: account.accountId })?.passwordHash !== stored?.passwordHash) return wrong;
        this.#store.setPassword(account.accountId, hash);
        this.#store.removeSessions(account.accountId, session.sessionId);
        this.#attempts.succeed(account.email, undefined);
        return ok(null);
      });
    });
  }

  async sessions({ accountId }: Parameters<AuthRpc['sessions']>[0]): ReturnType<AuthRpc['sessions']> {
    return await this.whenDeclared(() => ok(this.#store.sessions(accountId, this.now()).map(sessionView)));
  }

  async revoke({ accountId, sessionId }: Parameters<AuthRpc['revoke']>[0]): ReturnType<AuthRpc['revoke']> {
    return await this.whenDeclared(() => {
      if (sessionId === undefined) return ok({ revoked: this.#store.removeSessions(accountId) });
      const isOwn = this.#store.session(sessionId)?.accountId === accountId;
      return ok({ revoked: isOwn ? this.#store.removeSession(sessionId) : 0 });
    });
  }

  async accounts(query: Parameters<AuthRpc['accounts']>[0]): ReturnType<AuthRpc['accounts']> {
    return await this.whenDeclared(() => {
      const limit = pageLimit(query.limit);
      const accounts = this.#store.accounts(query.after ?? '', limit + 1);
      const items = accounts.slice(0, limit).map(accountView);
      const last = items.at(-1);
      return ok({ items, ...(accounts.length > limit && last !== undefined ? { next: last.accountId } : {}) });
    });
  }

  async setDisabled({ accountId, isDisabled }: Parameters<AuthRpc['setDisabled']>[0]): Promise<Result<Account>> {
    return await this.whenDeclared(() =>
      this.transact((): Result<Account> => {
        const account = this.#store.account({ id: accountId });
        if (account === undefined) return noAccount;
        this.#store.setDisabled(accountId, isDisabled);
        if (isDisabled) this.#store.removeSessions(accountId);
        return ok({ ...accountView(account), isDisabled });
      }),
    );
  }

  async startOidc(command: Parameters<AuthRpc['startOidc']>[0]): ReturnType<AuthRpc['startOidc']> {
    return await this.whenDeclared((configuration) =>
      this.#desk.start(configuration, command, this.#policy(configuration)),
    );
  }

  async finishOidc(command: Parameters<AuthRpc['finishOidc']>[0]): Promise<Result<SessionGrant>> {
    return await this.whenDeclared(async (configuration) => {
      const arrival = await this.#desk.finish(configuration, command, this.#policy(configuration));
      if (!arrival.ok) return arrival;
      return this.transact((): Result<SessionGrant> => {
        const account = this.#desk.account(configuration, arrival.value);
        return account.ok ? this.#open(configuration, account.value) : account;
      });
    });
  }

  #policy({ allowedOrigins }: Grants): ReturnType<typeof egressPolicy> {
    return egressPolicy(this.env.APP_EGRESS_ORIGINS, allowedOrigins);
  }

  #begin(email: string, client: string | undefined): Result<null> {
    return this.transact(() => {
      this.timers.ensure({ name: 'sweep', dueAt: this.now() + sweepMs });
      return this.#attempts.begin(email, client, this.now());
    });
  }

  #open(configuration: AuthConfiguration, account: StoredAccount): Result<SessionGrant> {
    return ok(this.#sessions.open(account, configuration, this.now()));
  }
}
