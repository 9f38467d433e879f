/** The workspace's vault: who may have how many credentials, what is noted of their use, and the log of all changes. */
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type {
  CredentialEvent,
  CredentialName,
  CredentialUse,
  CredentialView,
  PutCredential,
  RemoveCredential,
  SealedVault,
  WrappedKey,
} from '../../shared/rpc/workspace-vault.ts';
import type { Storage } from '../platform/index.ts';
import { VaultTable } from './vault-table.ts';

const maxOfProvider = 20;
const maxInAll = 50;

const noSuchCredential = err({ type: 'resource.not_found', detail: 'There is no such credential.' } as const);

const tooMany = (most: number, of: string): Result<never> =>
  err({ type: 'resource.conflict', detail: `There are at most ${most} credentials ${of}; remove one first.` });

export class Vault {
  readonly #table: VaultTable;
  readonly #now: () => number;

  constructor(storage: Storage, now: () => number) {
    this.#table = new VaultTable(storage);
    this.#now = now;
  }

  get revision(): number {
    return this.#table.revision;
  }

  sealed(): SealedVault {
    const { revision, key } = this.#table;
    return { revision, ...(key === undefined ? {} : { key }), credentials: this.#table.sealed() };
  }

  views(): readonly CredentialView[] {
    return this.#table.views();
  }

  events(after: number, limit: number): readonly CredentialEvent[] {
    return this.#table.events(after, limit);
  }

  /** Inside a transaction, as everything below. */
  keepKey(key: WrappedKey, replaces: string | undefined): WrappedKey {
    const kept = this.#table.key;
    if (kept?.masterKeyId !== replaces) return kept ?? key;
    this.#table.keepKey(key);
    if (replaces !== undefined) this.#table.log({ recordedAt: this.#now(), type: 'vault.rewrapped' });
    return key;
  }

  /** Whether what was sealed with this data key can be opened with the one that is kept. */
  isKept({ masterKeyId, sealed }: WrappedKey): boolean {
    const kept = this.#table.key;
    return kept?.masterKeyId === masterKeyId && kept.sealed === sealed;
  }

  put(command: PutCredential): Result<CredentialView> {
    const known = this.#table.view(command);
    const all = this.#table.views();
    if (known === undefined) {
      const alike = all.filter(({ provider }) => provider === command.provider);
      if (alike.length >= maxOfProvider) return tooMany(maxOfProvider, `of ${command.provider}`);
      if (all.length >= maxInAll) return tooMany(maxInAll, 'in a workspace');
    }
    this.#table.put(command, this.#now());
    this.#log(known === undefined ? 'credential.added' : 'credential.replaced', command, command.actor);
    return this.#viewOf(command);
  }

  remove(command: RemoveCredential): Result<CredentialView> {
    const known = this.#table.view(command);
    if (known === undefined) return noSuchCredential;
    this.#table.remove(command);
    if (this.#table.views().length === 0) this.#table.dropKey();
    this.#log('credential.removed', known, command.actor);
    return ok(known);
  }

  note(uses: readonly CredentialUse[]): void {
    for (const use of uses) {
      const known = this.#table.view(use);
      if (known?.fingerprint !== use.fingerprint || (known.usedAt ?? 0) > use.usedAt) continue;
      this.#table.use(use);
      const wasRefused = known.result === 'authentication';
      if (use.result === 'authentication' && !wasRefused) this.#log('credential.refused', use);
      if (use.result === 'answered' && wasRefused) this.#log('credential.accepted', use);
    }
  }

  #log(
    type: CredentialEvent['type'],
    { provider, name, fingerprint }: CredentialName & { readonly fingerprint: string },
    actor?: CredentialEvent['actor'],
  ): void {
    const recordedAt = this.#now();
    this.#table.log({ recordedAt, type, provider, name, fingerprint, ...(actor === undefined ? {} : { actor }) });
  }

  #viewOf(name: CredentialName): Result<CredentialView> {
    const view = this.#table.view(name);
    return view === undefined ? noSuchCredential : ok(view);
  }
}
