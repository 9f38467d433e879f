/**
 * What a Workspace object keeps of the provider keys of its workspace. No key and no data key ever comes here: the edge
 * and the agents seal and open them (`shared/adapters/vault`), the object stores what was sealed and says who changed it.
 */
import type { ApiKeyId } from '../domain/ids.ts';
import type { Result } from '../errors/result.ts';
import type { ModelFailureKind } from '../ports/model-client.ts';

/** What people call a credential: `openai/main`. */
export interface CredentialName {
  readonly provider: string;
  /** Of 1 to 40 characters; several names of one provider are a pool. */
  readonly name: string;
}

/** How a key did when it was used last. */
export type CredentialResult = 'answered' | ModelFailureKind;

/** The data key of a workspace, sealed under the master key of that id. */
export interface WrappedKey {
  readonly masterKeyId: string;
  readonly sealed: string;
}

/** A key as it is stored. */
export interface SealedCredential extends CredentialName {
  /** Another address than the provider's own; its origin was allowed when it was stored. */
  readonly baseUrl?: string;
  /** A keyed hash: the same key in the same workspace has the same one, and it says nothing of the key. */
  readonly fingerprint: string;
  readonly sealed: string;
}

/** What is shown of a key. */
export interface CredentialView extends CredentialName {
  readonly baseUrl?: string;
  readonly fingerprint: string;
  /** Absent for keys of less than 16 characters, of which four would be too many. */
  readonly lastFour?: string;
  readonly addedAt: number;
  readonly addedBy: ApiKeyId;
  readonly usedAt?: number;
  readonly result?: CredentialResult;
}

export interface SealedVault {
  /** Grows with every change of what calls are made with. */
  readonly revision: number;
  /** Absent until the first credential. */
  readonly key?: WrappedKey;
  readonly credentials: readonly SealedCredential[];
}

export interface PutCredential extends SealedCredential {
  readonly commandId: string;
  /** The data key that it was sealed with. */
  readonly under: WrappedKey;
  readonly lastFour?: string;
  readonly actor: ApiKeyId;
}

export interface RemoveCredential extends CredentialName {
  readonly commandId: string;
  readonly actor: ApiKeyId;
}

/** The newest use of a key by one isolate. */
export interface CredentialUse extends CredentialName {
  readonly fingerprint: string;
  readonly usedAt: number;
  readonly result: CredentialResult;
}

/** The types of the vault's audit log. */
export const credentialEventTypes = {
  'credential.added': true,
  /** The same name with another key or address. */
  'credential.replaced': true,
  'credential.removed': true,
  /** A provider refused it, after it had been taken or not been used. */
  'credential.refused': true,
  /** A provider took it again after it had refused it. */
  'credential.accepted': true,
  /** The data key was sealed anew under another master key. */
  'vault.rewrapped': true,
} as const;

export type CredentialEventType = keyof typeof credentialEventTypes;

export interface CredentialEvent {
  readonly sequence: number;
  readonly recordedAt: number;
  readonly type: CredentialEventType;
  readonly provider?: string;
  readonly name?: string;
  readonly fingerprint?: string;
  /** Who did it; absent for what the platform noticed or did itself. */
  readonly actor?: ApiKeyId;
}

export interface WorkspaceVault {
  /** Everything that is needed to open the vault. */
  vault(): Promise<Result<SealedVault>>;
  /**
   * Keeps a data key: the first one (`replaces` absent), or the same one sealed anew in place of the one under that
   * master key. Answers the one that is kept, which is another one where somebody was faster.
   */
  keepVaultKey(command: { readonly key: WrappedKey; readonly replaces?: string }): Promise<Result<WrappedKey>>;
  /** `state.conflict` when the data key is another one by now; `resource.conflict` beyond 20 credentials of a provider or 50 in all. A repeat may be sealed otherwise. */
  putCredential(command: PutCredential): Promise<Result<CredentialView>>;
  /** With the last credential the data key goes, too. */
  removeCredential(command: RemoveCredential): Promise<Result<CredentialView>>;
  /** By provider and name. */
  listCredentials(): Promise<Result<readonly CredentialView[]>>;
  /** Older uses than the newest, and those of a key that is gone, change nothing. */
  noteCredentialUses(command: { readonly uses: readonly CredentialUse[] }): Promise<Result<{ readonly noted: true }>>;
  /** Oldest first; the last 1,000 are kept. */
  credentialEvents(query: {
    readonly after: number;
    readonly limit: number;
  }): Promise<Result<readonly CredentialEvent[]>>;
}
