/** Signing in through providers: what is kept while a person is away, and whose account they come back to. */
import { plainText } from '../../../shared/domain/services/plain-text.ts';
import { hashText } from '../../../shared/adapters/crypto/text-hash.ts';
import { finishOidc, startOidc, type OidcProvider } from '../../../shared/adapters/egress/oidc-client.ts';
import type { EgressPolicy } from '../../../shared/domain/egress/decide.ts';
import { normalEmail } from '../../../shared/domain/services/auth/credentials.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { Ids } from '../../../shared/ports/ids.ts';
import type { AuthConfiguration } from '../../../shared/schemas/services/declaration.ts';
import { operatorSecret, type OperatorVariables } from '../environment.ts';
import type { AuthStore, StoredAccount } from './store.ts';

const awayMs = 10 * 60_000;
/** People away at the same time; more would only be somebody filling the table. */
const maxAway = 10_000;

/** Who came back from which provider. */
export interface Arrival {
  readonly provider: string;
  readonly subject: string;
  readonly email?: string;
}

export interface ProviderDeskParts {
  readonly store: AuthStore;
  readonly ids: Ids;
  readonly environment: OperatorVariables;
  /** Name of the group. */
  readonly group: string;
  readonly now: () => number;
}

const unknownStart: Result<never> = err({
  type: 'auth.invalid',
  detail: 'This sign-in was not started here, is older than ten minutes, or was finished already. Start again.',
});

export class ProviderDesk {
  readonly #parts: ProviderDeskParts;

  constructor(parts: ProviderDeskParts) {
    this.#parts = parts;
  }

  async start(
    configuration: AuthConfiguration,
    command: { readonly provider: string; readonly redirectUri: string },
    policy: EgressPolicy,
  ): Promise<Result<{ readonly url: string; readonly state: string }>> {
    const provider = this.#provider(configuration, command.provider);
    if (!provider.ok) return provider;
    if (URL.parse(command.redirectUri) === null) {
      const issue = {
        field: 'redirectUri',
        reason: 'must be the whole address that the provider sends people back to',
      };
      return err({ type: 'request.invalid', detail: `redirectUri: ${issue.reason}`, issues: [issue] });
    }
    const { store, now } = this.#parts;
    if (store.countStarts() >= maxAway) {
      return err({ type: 'rate.limited', detail: 'Too many people are signing in. Try again in ten minutes.' });
    }
    const started = await startOidc(provider.value, command.redirectUri, policy);
    if (!started.ok) return started;
    const { url, secrets } = started.value;
    store.insertStart(hashText(secrets.state), {
      provider: command.provider,
      redirectUri: command.redirectUri,
      codeVerifier: secrets.codeVerifier,
      nonce: secrets.nonce,
      expiresAt: now() + awayMs,
    });
    return ok({ url, state: secrets.state });
  }

  async finish(
    configuration: AuthConfiguration,
    command: { readonly callbackUrl: string; readonly state: string },
    policy: EgressPolicy,
  ): Promise<Result<Arrival>> {
    const { store, now } = this.#parts;
    // Taken before anything is asked outside: each start is finished once, whatever comes of it.
    const start = store.takeStart(hashText(plainText(command.state)));
    if (start === undefined || start.expiresAt <= now() || URL.parse(command.callbackUrl) === null) return unknownStart;
    const provider = this.#provider(configuration, start.provider);
    if (!provider.ok) return provider;
    const secrets = { state: command.state, nonce: start.nonce, codeVerifier: start.codeVerifier };
    const identity = await finishOidc(provider.value, command.callbackUrl, start.redirectUri, secrets, policy);
    return identity.ok ? ok({ provider: start.provider, ...identity.value }) : identity;
  }

  /**
   * Inside a transaction: the account of who came back, made at the first time. An address that has an account already
   * is not joined to it: whoever made that account need not own the address.
   */
  account(configuration: AuthConfiguration, { provider, subject, email }: Arrival): Result<StoredAccount> {
    const { store, ids, now } = this.#parts;
    const known = store.accountOfIdentity(provider, subject);
    if (known !== undefined) {
      return known.isDisabled ? err({ type: 'auth.forbidden', detail: 'This account is disabled.' }) : ok(known);
    }
    if (configuration.signUp === 'closed') return err({ type: 'auth.forbidden', detail: 'Signing up is closed.' });
    if (email === undefined) {
      return err({ type: 'auth.forbidden', detail: 'The provider gave no verified e-mail address.' });
    }
    const normal = normalEmail(email);
    if (store.account({ email: normal }) !== undefined) {
      return err({ type: 'resource.conflict', detail: 'This address has an account: sign in with its password.' });
    }
    const accountId = ids.create('acc');
    const createdAt = now();
    store.insertAccount(accountId, normal, null, createdAt);
    store.insertIdentity(provider, subject, accountId);
    return ok({ accountId, email: normal, createdAt, isDisabled: false, passwordHash: null });
  }

  #provider({ providers }: AuthConfiguration, name: string): Result<OidcProvider> {
    const found = providers.find((provider) => provider.name === name);
    if (found === undefined) return err({ type: 'resource.not_found', detail: 'There is no such provider.' });
    const { issuer, clientId, scopes, secretName } = found;
    if (secretName === undefined) return ok({ issuer, clientId, scopes });
    const clientSecret = operatorSecret(this.#parts.environment, {
      name: secretName,
      group: this.#parts.group,
      origin: new URL(issuer).origin,
    });
    return clientSecret === undefined
      ? err({
          type: 'configuration.invalid',
          detail: `The operator has not set the secret ${secretName}, or not for this app (APP_GRANTS).`,
        })
      : ok({ issuer, clientId, scopes, clientSecret });
  }
}
