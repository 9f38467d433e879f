/** The accounts of one workspace: its own keys for the providers that it has some of, the platform's for all others. */
import type { Provider } from '../../domain/model/providers/provider.ts';
import type { CredentialName } from '../../rpc/workspace-vault.ts';
import { addressOf, knownProviders, type ModelAccounts, type ProviderSetup } from '../models/accounts.ts';
import { refuseUnlisted } from '../tools/origins.ts';

/** The variable that lists the origins of the operator's choice. */
const originsVariable = 'AIDEVOS_MODEL_ORIGINS';

/** A key that was opened; `apiKey` is absent where it could not be. */
export interface OpenCredential extends CredentialName {
  readonly baseUrl?: string;
  readonly fingerprint: string;
  readonly apiKey: string | undefined;
}

/** What a credential is called in its pool: another key under the same name is another one there. */
export const poolIdOf = ({ provider, name, fingerprint }: Omit<OpenCredential, 'apiKey'>): string =>
  `${provider}/${name}-${fingerprint.slice(0, 12)}`;

/** Why a key cannot be sent to this address, or undefined when it can. Absent: the provider's own. */
export const refuseBaseUrl = (
  provider: Provider,
  baseUrl: string | undefined,
  environment: object,
  origins: readonly string[],
): string | undefined => {
  if (baseUrl !== undefined) return refuseUnlisted(baseUrl, origins, originsVariable);
  return addressOf(provider, environment) === undefined
    ? 'is missing, because this provider has no address of its own'
    : undefined;
};

const setUp = (
  provider: Provider,
  credentials: readonly OpenCredential[],
  environment: object,
  origins: readonly string[],
): ProviderSetup => {
  const address = addressOf(provider, environment);
  const usable = credentials.flatMap(({ apiKey, baseUrl, ...names }) =>
    apiKey === undefined || refuseBaseUrl(provider, baseUrl, environment, origins) !== undefined
      ? []
      : [{ apiKey, baseUrl: baseUrl ?? address, id: poolIdOf(names), credential: `${names.provider}/${names.name}` }],
  );
  const isElsewhere =
    usable.some(({ baseUrl }) => baseUrl !== provider.baseUrl) || provider.variables.baseUrl === undefined;
  return { provider, accounts: usable, isElsewhere, isOfWorkspace: true };
};

/**
 * The accounts with these credentials in place of the platform's own for their providers, also where none of them can be
 * used: a workspace that brought keys is never served with somebody else's.
 */
export const withCredentials = (
  platform: ModelAccounts,
  credentials: readonly OpenCredential[],
  environment: object,
  origins: readonly string[],
): ModelAccounts => {
  const own = knownProviders(environment).flatMap((provider) => {
    const mine = credentials.filter((credential) => credential.provider === provider.name);
    return mine.length === 0 ? [] : [[provider.name, setUp(provider, mine, environment, origins)] as const];
  });
  return { ...platform, ...Object.fromEntries(own) };
};
