/**
 * The keys of the workspaces that this isolate works for, opened. They are taken for good for a bounded time after the
 * workspace was last heard of, so that a key that was removed or replaced is used nowhere after that.
 */
import type { WorkspaceId } from '../../domain/ids.ts';
import { ok, type Result } from '../../errors/result.ts';
import type { ModelFailure } from '../../ports/model-client.ts';
import type { CredentialUse, SealedVault, WorkspaceVault } from '../../rpc/workspace-vault.ts';
import type { ModelAccounts } from '../models/accounts.ts';
import { CredentialPools } from '../models/credential-pools.ts';
import { openVault, type MasterKeys } from './vault-cipher.ts';
import { poolIdOf, withCredentials, type OpenCredential } from './vault-accounts.ts';

/** Longest that a removed key is still used for new calls, in milliseconds. */
export const vaultCacheMs = 5_000;

/** More workspaces than this are not remembered at once. */
const maxWorkspaces = 1_000;

/** What calls of a workspace are made with. The same value as long as nothing changes. */
export interface WorkspaceAccounts {
  readonly accounts: ModelAccounts;
  /** Absent where the workspace has no keys of its own. */
  readonly pools?: CredentialPools;
}

export interface VaultsParts {
  /** Undefined: there is no vault, and the platform's accounts are everybody's. */
  readonly masters: MasterKeys | undefined;
  /** The Worker's variables, which say what providers there are. */
  readonly environment: object;
  readonly platform: ModelAccounts;
  /** Where the operator lets keys be sent to, besides the providers' own addresses. */
  readonly origins: readonly string[];
  readonly now: () => number;
  /** Asks the workspace; failures are logged there. */
  readonly ask: <Value>(
    workspaceId: WorkspaceId,
    call: (workspace: WorkspaceVault) => Promise<Result<Value>>,
  ) => Promise<Result<Value>>;
  /** Told of keys that do not open, without anything of them. */
  readonly report: (message: string) => void;
}

interface Entry {
  revision: number;
  opened: WorkspaceAccounts;
  freshUntil: number;
  readonly pools: CredentialPools;
  /** By the id in the pool. */
  names: ReadonlyMap<string, Pick<CredentialUse, 'provider' | 'name' | 'fingerprint'>>;
  readonly uses: Map<string, CredentialUse>;
}

export class Vaults {
  readonly #parts: VaultsParts;
  readonly #platform: WorkspaceAccounts;
  readonly #entries = new Map<WorkspaceId, Entry>();

  constructor(parts: VaultsParts) {
    this.#parts = parts;
    this.#platform = { accounts: parts.platform };
  }

  /** The accounts of a workspace, without asking it; undefined where it has to be asked. */
  known(workspaceId: WorkspaceId): WorkspaceAccounts | undefined {
    if (this.#parts.masters === undefined) return this.#platform;
    const entry = this.#entries.get(workspaceId);
    return entry !== undefined && this.#parts.now() < entry.freshUntil ? entry.opened : undefined;
  }

  /** The accounts of a workspace. */
  async accountsOf(workspaceId: WorkspaceId): Promise<Result<WorkspaceAccounts>> {
    const known = this.known(workspaceId);
    if (known !== undefined) return ok(known);
    const { now, ask, masters } = this.#parts;
    const askedAt = now();
    const sealed = await ask(workspaceId, (workspace) => workspace.vault());
    if (!sealed.ok || masters === undefined) return sealed.ok ? ok(this.#platform) : sealed;
    let entry = this.#entries.get(workspaceId);
    if (entry?.revision !== sealed.value.revision) {
      const credentials = await this.#open(workspaceId, sealed.value, masters);
      // The newest one may have come meanwhile, for another request.
      entry = this.#entries.get(workspaceId);
      if (entry === undefined || entry.revision < sealed.value.revision) {
        entry = this.#keep(workspaceId, sealed.value.revision, credentials);
      }
    }
    if (entry.revision === sealed.value.revision) entry.freshUntil = Math.max(entry.freshUntil, askedAt + vaultCacheMs);
    return ok(entry.opened);
  }

  /** Takes what the workspace said of its revision, when it was asked something else at that time. */
  hear(workspaceId: WorkspaceId, revision: number, askedAt: number): void {
    const entry = this.#entries.get(workspaceId);
    if (entry === undefined) return;
    if (entry.revision === revision) entry.freshUntil = Math.max(entry.freshUntil, askedAt + vaultCacheMs);
    if (entry.revision < revision) entry.freshUntil = 0;
  }

  /** Has the workspace asked again before its next call: something of it was changed here. */
  expire(workspaceId: WorkspaceId): void {
    const entry = this.#entries.get(workspaceId);
    if (entry !== undefined) entry.freshUntil = 0;
  }

  /** The uses of its keys since they were last taken; whoever takes them tells the workspace, or gives them back. */
  takeUses(workspaceId: WorkspaceId): readonly CredentialUse[] {
    const uses = this.#entries.get(workspaceId)?.uses;
    const taken = [...(uses?.values() ?? [])];
    uses?.clear();
    return taken;
  }

  giveBack(workspaceId: WorkspaceId, uses: readonly CredentialUse[]): void {
    const entry = this.#entries.get(workspaceId);
    for (const use of uses) if (entry?.uses.has(poolIdOf(use)) === false) entry.uses.set(poolIdOf(use), use);
  }

  async #open(
    workspaceId: WorkspaceId,
    { key, credentials }: SealedVault,
    masters: MasterKeys,
  ): Promise<readonly OpenCredential[]> {
    if (key === undefined || credentials.length === 0) return [];
    const { ask, report } = this.#parts;
    const cipher = await openVault(workspaceId, masters, key);
    if (cipher === undefined) report(`the vault of ${workspaceId} does not open under any key of AIDEVOS_VAULT_KEY`);
    if (cipher?.rewrapped !== undefined) {
      const command = { key: cipher.rewrapped, replaces: key.masterKeyId };
      // What fails is logged, and tried by whoever opens the vault next.
      await ask(workspaceId, (workspace) => workspace.keepVaultKey(command));
    }
    return await Promise.all(
      credentials.map(async ({ sealed, ...names }) => {
        const apiKey = await cipher?.open({ workspaceId, ...names }, sealed);
        if (cipher !== undefined && apiKey === undefined)
          report(`the credential ${names.provider}/${names.name} of ${workspaceId} does not open`);
        return { ...names, apiKey };
      }),
    );
  }

  #keep(workspaceId: WorkspaceId, revision: number, credentials: readonly OpenCredential[]): Entry {
    const { platform, environment, origins, now } = this.#parts;
    const known = this.#entries.get(workspaceId);
    const uses = known?.uses ?? new Map<string, CredentialUse>();
    const note = (id: string, failure: ModelFailure | undefined): void => {
      const credential = this.#entries.get(workspaceId)?.names.get(id);
      if (credential === undefined || failure?.withheld === true || failure?.kind === 'cancelled') return;
      uses.set(id, { ...credential, usedAt: now(), result: failure?.kind ?? 'answered' });
    };
    const pools = known?.pools ?? new CredentialPools(now, note);
    const opened =
      credentials.length === 0
        ? this.#platform
        : { accounts: withCredentials(platform, credentials, environment, origins), pools };
    const names = new Map(
      credentials.map(({ provider, name, fingerprint }) => [
        poolIdOf({ provider, name, fingerprint }),
        { provider, name, fingerprint },
      ]),
    );
    const entry: Entry = { revision, opened, freshUntil: 0, pools, names, uses };
    this.#entries.delete(workspaceId);
    this.#entries.set(workspaceId, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > maxWorkspaces && oldest !== undefined) this.#entries.delete(oldest);
    return entry;
  }
}
