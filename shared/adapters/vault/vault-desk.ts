/** What is done with the keys of a workspace besides calls: they are sealed for the store, and opened to be tried. */
import type { WorkspaceId } from '../../domain/ids.ts';
import type { Provider } from '../../domain/model/providers/provider.ts';
import { err, ok, type AppError, type Result } from '../../errors/result.ts';
import type { CredentialName, SealedCredential, WrappedKey } from '../../rpc/workspace-vault.ts';
import type { ProviderAccount } from '../models/anthropic.ts';
import { addressOf, knownProviders } from '../models/accounts.ts';
import { refuseBaseUrl } from './vault-accounts.ts';
import {
  createWrappedKey,
  openVault,
  type CredentialPlace,
  type MasterKeys,
  type VaultCipher,
} from './vault-cipher.ts';
import type { VaultsParts } from './vaults.ts';

const noVault: AppError = {
  type: 'configuration.invalid',
  detail: 'This platform keeps no credentials: its operator has to set AIDEVOS_VAULT_KEY to 32 random bytes in base64.',
};

const closed: AppError = {
  type: 'configuration.invalid',
  detail:
    'The credentials of this workspace were sealed under a key that AIDEVOS_VAULT_KEY does not have any more. Its ' +
    'operator has to add it again; or remove all credentials and add them anew.',
};

const invalid = (field: string, reason: string): Result<never> =>
  err({ type: 'request.invalid', detail: `${field}: ${reason}.`, issues: [{ field, reason }] });

/** A sealed key, and what it was sealed under. */
export interface SealedKey {
  readonly sealed: string;
  readonly under: WrappedKey;
}

export class VaultDesk {
  readonly #parts: Pick<VaultsParts, 'masters' | 'environment' | 'origins' | 'ask'>;

  constructor(parts: Pick<VaultsParts, 'masters' | 'environment' | 'origins' | 'ask'>) {
    this.#parts = parts;
  }

  /** Whether keys can be kept at all. */
  get isOpen(): boolean {
    return this.#parts.masters !== undefined;
  }

  /** The provider, where it takes keys and this address may be used. */
  check(name: string, baseUrl: string | undefined): Result<Provider> {
    const { environment, origins } = this.#parts;
    const keyed = knownProviders(environment).filter(({ wire }) => wire !== 'workers-ai');
    const provider = keyed.find((known) => known.name === name);
    if (provider === undefined) {
      const names = keyed.map((known) => known.name).join(', ');
      return invalid('path.provider', `is no provider that takes keys; known are ${names}`);
    }
    const refusal = refuseBaseUrl(provider, baseUrl, environment, origins);
    return refusal === undefined ? ok(provider) : invalid('body.baseUrl', refusal);
  }

  /** Seals a key under the workspace's data key, which is made for the first one. */
  async seal({ workspaceId, ...place }: Place, apiKey: string): Promise<Result<SealedKey>> {
    const { masters, ask } = this.#parts;
    if (masters === undefined) return err(noVault);
    const vault = await ask(workspaceId, (workspace) => workspace.vault());
    if (!vault.ok) return vault;
    const under = vault.value.key === undefined ? await this.#makeKey(workspaceId, masters) : ok(vault.value.key);
    if (!under.ok) return under;
    const cipher = await openVault(workspaceId, masters, under.value);
    if (cipher === undefined) return err(closed);
    return ok({ sealed: await cipher.seal({ workspaceId, ...place }, apiKey), under: under.value });
  }

  /** Opens one credential, to try it. */
  async open(workspaceId: WorkspaceId, wanted: CredentialName): Promise<Result<OpenedCredential>> {
    const { masters, ask, environment } = this.#parts;
    if (masters === undefined) return err(noVault);
    const vault = await ask(workspaceId, (workspace) => workspace.vault());
    if (!vault.ok) return vault;
    const found = vault.value.credentials.find(
      (known) => known.provider === wanted.provider && known.name === wanted.name,
    );
    if (found === undefined) return err({ type: 'resource.not_found', detail: 'There is no such credential.' });
    const provider = this.check(found.provider, found.baseUrl);
    if (!provider.ok) return provider;
    const cipher = vault.value.key === undefined ? undefined : await openVault(workspaceId, masters, vault.value.key);
    const apiKey = await openOne(cipher, workspaceId, found);
    if (apiKey === undefined) return err(closed);
    const baseUrl = found.baseUrl ?? addressOf(provider.value, environment);
    return ok({ provider: provider.value, account: { apiKey, baseUrl }, fingerprint: found.fingerprint });
  }

  async #makeKey(workspaceId: WorkspaceId, masters: MasterKeys): Promise<Result<WrappedKey>> {
    const key = await createWrappedKey(workspaceId, masters);
    return await this.#parts.ask(workspaceId, (workspace) => workspace.keepVaultKey({ key }));
  }
}

interface Place extends CredentialPlace {
  readonly workspaceId: WorkspaceId;
}

/** A key that can be tried. */
export interface OpenedCredential {
  readonly provider: Provider;
  readonly account: ProviderAccount;
  readonly fingerprint: string;
}

const openOne = async (
  cipher: VaultCipher | undefined,
  workspaceId: WorkspaceId,
  { sealed, ...place }: SealedCredential,
): Promise<string | undefined> => await cipher?.open({ workspaceId, ...place }, sealed);
