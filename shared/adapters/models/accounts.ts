/**
 * Which providers are configured by the Worker's variables and secrets, and with what. The keys that workspaces bring are
 * put in their place by `shared/adapters/vault`.
 */
import { providers } from '../../domain/model/providers/index.ts';
import type { Provider } from '../../domain/model/providers/provider.ts';
import { parseCustomProviders } from '../../schemas/custom-providers.ts';
import type { ProviderAccount } from './anthropic.ts';
import { isAiBinding, type AiBinding } from './workers-ai.ts';

/** A provider that can be called. */
export interface ProviderSetup {
  readonly provider: Provider;
  /** One for each key; SDKs insist on some text where a server wants no key. None: the keys of a workspace do not open. */
  readonly accounts: readonly ProviderAccount[];
  /** It is at an address that somebody chose, so that nobody can know which models it has. */
  readonly isElsewhere: boolean;
  readonly binding?: AiBinding;
  /** The keys are those of a workspace: what becomes of them concerns nobody else. */
  readonly isOfWorkspace?: true;
}

/** By the name of the provider; what is not configured is not there. */
export type ModelAccounts = Readonly<Record<string, ProviderSetup>>;

const valueOf = (environment: object, name: string): unknown =>
  Object.entries(environment).find(([key]) => key === name)?.[1];

/** The text of a variable or secret; blank is absent. */
const findCredential = (environment: object, name: string | undefined): string | undefined => {
  const value = name === undefined ? undefined : valueOf(environment, name);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
};

const keysOf = ({ variables }: Provider, environment: object): readonly string[] => {
  const several = findCredential(environment, variables.keys)?.split(',') ?? [];
  const all = [findCredential(environment, variables.key) ?? '', ...several].map((key) => key.trim());
  return [...new Set(all.filter((key) => key !== ''))];
};

/** Where a provider is reached: the address of the Worker's variables, or its own. */
export const addressOf = ({ variables, baseUrl }: Provider, environment: object): string | undefined =>
  findCredential(environment, variables.baseUrl) ?? baseUrl;

const setUp = (provider: Provider, environment: object): ProviderSetup | undefined => {
  const { binding: bindingName, baseUrl: addressName } = provider.variables;
  if (bindingName !== undefined) {
    const binding = valueOf(environment, bindingName);
    if (!isAiBinding(binding)) return undefined;
    return { provider, accounts: [{ apiKey: 'none' }], isElsewhere: false, binding };
  }
  const isServerOfOnesOwn = addressName === undefined || findCredential(environment, addressName) !== undefined;
  const baseUrl = addressOf(provider, environment);
  const keys = keysOf(provider, environment);
  if (baseUrl === undefined || (keys.length === 0 && !isServerOfOnesOwn)) return undefined;
  const wantsKey = addressName === undefined && provider.variables.key !== undefined;
  // A named server whose key is missing is not one that wants none.
  if (wantsKey && keys.length === 0) return undefined;
  const accounts = (keys.length === 0 ? ['none'] : keys).map((apiKey) => ({ apiKey, baseUrl }));
  return { provider, accounts, isElsewhere: isServerOfOnesOwn };
};

/** What is wrong in `AIDEVOS_PROVIDERS` the gateway tells when it starts; here it configures nothing. */
const namedServers = (environment: object): readonly Provider[] => {
  const parsed = parseCustomProviders(findCredential(environment, 'AIDEVOS_PROVIDERS') ?? '');
  return parsed.ok ? parsed.value : [];
};

/** The providers that are known by name, and the servers that the Worker's variables name. */
export const knownProviders = (environment: object): readonly Provider[] => [
  ...providers,
  ...namedServers(environment),
];

/**
 * The accounts in a Worker's variables. Those of each provider are named in `shared/domain/model/providers`; an own
 * address without a key is a server that wants none, as local ones do.
 */
export const readModelAccounts = (environment: object): ModelAccounts =>
  Object.fromEntries(
    knownProviders(environment).flatMap((provider) => {
      const setup = setUp(provider, environment);
      return setup === undefined ? [] : [[provider.name, setup] as const];
    }),
  );
