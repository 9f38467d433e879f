/** What a Workspace object offers to the edge: its name, its API keys, its projects, and the directory it feeds. */
import type { Role } from '../domain/access/policy.ts';
import type { BudgetLimits } from '../domain/budget/amounts.ts';
import type { ApiKeyId, ProjectId, WorkspaceId } from '../domain/ids.ts';
import type { Result } from '../errors/result.ts';
import type { WorkspaceBudget } from './usage.ts';
import type { WorkspaceCalls } from './workspace-calls.ts';
import type { WorkspaceQuotas } from './workspace-quotas.ts';
import type { WorkspaceQuality } from './workspace-quality.ts';
import type { WorkspaceVault } from './workspace-vault.ts';
import type { WorkspaceProjects } from './workspace.ts';

export interface WorkspaceView {
  readonly workspaceId: WorkspaceId;
  readonly name: string;
  readonly createdAt: number;
  readonly projects: number;
  readonly keys: number;
  readonly sequence: number;
}

export interface NewKey {
  readonly keyId: ApiKeyId;
  /** For people, for example `ci`. */
  readonly name: string;
  readonly role: Role;
  /** HMAC-SHA256 of the key under the pepper, 64 hex digits. The key itself never comes here. */
  readonly hash: string;
}

export interface ApiKeyView {
  readonly keyId: ApiKeyId;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: number;
  readonly revokedAt?: number;
}

export interface WorkspaceRpc
  extends WorkspaceProjects, WorkspaceQuotas, WorkspaceCalls, WorkspaceQuality, WorkspaceVault {
  /** Refused as `resource.conflict` when the workspace is there already under another command. */
  create(command: {
    readonly commandId: string;
    readonly workspaceId: WorkspaceId;
    readonly name: string;
    readonly firstKey: NewKey;
  }): Promise<Result<WorkspaceView>>;
  get(): Promise<Result<WorkspaceView>>;
  /** A repeat may propose another id and hash; it is answered the key that was made first. */
  createKey(command: { readonly commandId: string } & NewKey): Promise<Result<ApiKeyView>>;
  /** Newest first, revoked keys too. */
  listKeys(): Promise<Result<readonly ApiKeyView[]>>;
  /** Revoking a revoked key answers it as it is. */
  revokeKey(command: { readonly commandId: string; readonly keyId: ApiKeyId }): Promise<Result<ApiKeyView>>;
  /** The id that this command reserved first: a repeated creation meets the same project. */
  reserveProject(command: { readonly commandId: string; readonly projectId: ProjectId }): Promise<Result<ProjectId>>;
  /** As `reserveProject`, for a workspace that somebody of this one makes. */
  reserveWorkspace(command: {
    readonly commandId: string;
    readonly workspaceId: WorkspaceId;
  }): Promise<Result<WorkspaceId>>;
  /** True when the project is on the workspace's list. */
  hasProject(query: { readonly projectId: ProjectId }): Promise<Result<boolean>>;
  /** The limits of all its projects together, what they used, and what is left. */
  budget(): Promise<Result<WorkspaceBudget>>;
  /** Replaces the limits; the projects are told. */
  setBudget(command: { readonly commandId: string; readonly limits: BudgetLimits }): Promise<Result<WorkspaceBudget>>;
  /** Accepts a ticket once: `auth.invalid` when it was used before, has run out, or its key was revoked. */
  redeemTicket(command: {
    readonly ticketId: string;
    /** The bootstrap key is in no workspace's list, so it is not looked up. */
    readonly keyId: ApiKeyId;
    readonly bootstrap: boolean;
    readonly expiresAt: number;
  }): Promise<Result<{ readonly redeemed: true }>>;
  /** Drops the workspace's rows from the directory and has every project write its own again; goes on in the background. */
  rebuildDirectory(command: { readonly commandId: string }): Promise<Result<{ readonly projects: number }>>;
}
