/** Models by their configured name: `<provider>/<model>`. */
import { parseModelName } from '../../domain/model/model-name.ts';
import { providers } from '../../domain/model/providers/index.ts';
import type { RetryPolicy } from '../../domain/model/retry.ts';
import { err, ok, type Result } from '../../errors/result.ts';
import type { ModelClient } from '../../ports/model-client.ts';
import type { ModelAccounts, ProviderSetup } from './accounts.ts';
import { createAnthropicClient, type ProviderAccount } from './anthropic.ts';
import type { CallLimits } from './call-watch.ts';
import { CredentialPools, fingerprintOf, withCredentialPool } from './credential-pools.ts';
import { createOpenAiClient } from './openai.ts';
import { withoutKeys } from './redacted.ts';
import { withRetries, type RetryDependencies } from './retries.ts';
import { createWorkersAiClient } from './workers-ai.ts';

export interface ModelConfiguration {
  /** `<provider>/<model>` of a provider that has an account, or `<name>/<model>` of an embedded client. */
  readonly model: string;
  readonly accounts: ModelAccounts;
  /** Clients that live in this process and need neither key nor retries, by provider: `{ offline: … }`. */
  readonly embedded?: Readonly<Record<string, ModelClient>> | undefined;
  readonly limits?: CallLimits | undefined;
  /** Put around the client of each key of a remote provider, within its retries: breaker, budget, admission. */
  readonly guard?: ((client: ModelClient, provider: string) => ModelClient) | undefined;
  /** Remembers which keys rest, for all clients that share it. */
  readonly pools?: CredentialPools | undefined;
  readonly retry?: { readonly policy?: RetryPolicy; readonly dependencies?: RetryDependencies } | undefined;
}

export interface SelectedModel {
  readonly provider: string;
  /** The name without its provider, as `ModelRequest.model` wants it. */
  readonly model: string;
  readonly client: ModelClient;
}

const unknownProvider = (provider: string, embedded: readonly string[]): Result<SelectedModel> => {
  const known = [...embedded, ...providers.map(({ name }) => name)].join(', ');
  const reason = `names the provider "${provider}", which is not known; known are ${known}`;
  return err({ type: 'request.invalid', detail: `The model ${reason}.`, issues: [{ field: 'model', reason }] });
};

const notConfigured = (model: string, variable: string): Result<SelectedModel> => {
  const reason = `is missing, and the model ${model} needs it`;
  return err({
    type: 'configuration.invalid',
    detail: `The variable ${variable} ${reason}.`,
    issues: [{ field: variable, reason }],
  });
};

const createClient = (setup: ProviderSetup, account: ProviderAccount, limits: CallLimits | undefined): ModelClient => {
  const { provider, binding } = setup;
  if (binding !== undefined) return createWorkersAiClient(binding, limits);
  return provider.wire === 'anthropic'
    ? createAnthropicClient(account, limits)
    : createOpenAiClient(account, limits, provider.quirks);
};

/** One client over all keys; each has a breaker of its own, because providers limit each by itself. */
const createProviderClient = (setup: ProviderSetup, configuration: ModelConfiguration): ModelClient => {
  const { name } = setup.provider;
  const guard = configuration.guard ?? ((client: ModelClient) => client);
  const secrets = setup.accounts.map(({ apiKey }) => apiKey);
  const create = (account: ProviderAccount): ModelClient =>
    withoutKeys(createClient(setup, account, configuration.limits), secrets, account.credential);
  const [only, ...others] = setup.accounts;
  if (only !== undefined && others.length === 0 && setup.isOfWorkspace !== true) return guard(create(only), name);
  const clients = setup.accounts.map((account) => {
    const id = fingerprintOf(account);
    return { id, client: guard(create(account), `${name} (key ${id})`) };
  });
  return withCredentialPool(configuration.pools ?? new CredentialPools(), name, clients);
};

/** The client for the configured model; refused when the name is wrong or the provider has no account here. */
export const createModelClient = (configuration: ModelConfiguration): Result<SelectedModel> => {
  const name = parseModelName(configuration.model);
  if (!name.ok) return name;
  const { provider, model } = name.value;
  const embedded = configuration.embedded ?? {};
  const inside = Object.hasOwn(embedded, provider) ? embedded[provider] : undefined;
  if (inside !== undefined) return ok({ provider, model, client: inside });
  const setup = Object.hasOwn(configuration.accounts, provider) ? configuration.accounts[provider] : undefined;
  if (setup === undefined) {
    const known = providers.find((candidate) => candidate.name === provider);
    if (known === undefined) return unknownProvider(provider, Object.keys(embedded));
    const { baseUrl, key, binding } = known.variables;
    return notConfigured(configuration.model, (known.baseUrl === undefined ? baseUrl : key) ?? binding ?? '');
  }
  const client = createProviderClient(setup, configuration);
  const { policy, dependencies } = configuration.retry ?? {};
  return ok({ provider, model, client: withRetries(client, policy, dependencies) });
};

export { readModelAccounts } from './accounts.ts';
