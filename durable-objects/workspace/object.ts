/**
 * A workspace: its name, its API keys (keyed hashes only), and the list of its projects. It is the writer of these
 * truths; the directory in D1, where keys are looked up, follows through the outbox.
 */
import { createRandomIds, systemClock } from '../../shared/adapters/crypto/random-ids.ts';
import { createDirectoryWriter } from '../../shared/adapters/directory/writer.ts';
import { localWorkspaceId, localWorkspaceName } from '../../shared/domain/access/workspaces.ts';
import { parseId, type ApiKeyId, type ProjectId, type WorkspaceId } from '../../shared/domain/ids.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { ApiKeyView, NewKey, WorkspaceRpc, WorkspaceView } from '../../shared/rpc/workspace-access.ts';
import { ManagedObject } from '../platform/index.ts';
import { projectStub, type ObjectBindings } from '../stubs.ts';
import { WorkspaceBudgetDesk } from './budget.ts';
import { ApiCallTable } from './call-table.ts';
import { DirectoryFeed } from './directory-feed.ts';
import { workspaceDefinition } from './definition.ts';
import { QualityDesk } from './quality.ts';
import { Vault } from './vault.ts';
import { WorkspaceStore, type KeyRecord, type WorkspaceRecord } from './store.ts';

export interface WorkspaceEnvironment extends Pick<ObjectBindings, 'PROJECT'> {
  readonly DIRECTORY: D1Database;
}

/** Keys that one workspace may have in force. */
const maxKeys = 100;

export const notThere = err({ type: 'resource.not_found', detail: 'There is no such workspace.' } as const);
const noSuchKey = err({ type: 'resource.not_found', detail: 'There is no such key.' } as const);
const otherKey = err({ type: 'state.conflict', detail: 'The vault was changed meanwhile. Try again.' } as const);
const usedTicket = err({ type: 'auth.invalid', detail: 'The ticket cannot be used any more.' } as const);

const withoutHash = (key: KeyRecord): ApiKeyView => ({
  keyId: key.keyId,
  name: key.name,
  role: key.role,
  createdAt: key.createdAt,
  ...(key.revokedAt === undefined ? {} : { revokedAt: key.revokedAt }),
});

/** A reply that was kept by the inbox is a `Result` itself. */
const flatten = <Value>(kept: Result<Result<Value>>): Result<Value> => (kept.ok ? kept.value : kept);

/** What the class in `quota-object.ts` adds is not here. */
type OwnRpc = Omit<WorkspaceRpc, 'holdQuota' | 'quotas' | 'setQuotas'>;

export class WorkspaceObject extends ManagedObject<WorkspaceEnvironment> implements OwnRpc {
  protected readonly store: WorkspaceStore;
  readonly #feed: DirectoryFeed;
  readonly #budget: WorkspaceBudgetDesk;
  readonly #calls: ApiCallTable;
  readonly #quality: QualityDesk;
  readonly #vault: Vault;

  constructor(ctx: DurableObjectState, env: WorkspaceEnvironment) {
    super(ctx, env, workspaceDefinition);
    this.store = new WorkspaceStore(this.storage);
    this.#feed = new DirectoryFeed({
      storage: this.storage,
      outbox: this.outbox,
      store: this.store,
      writer: createDirectoryWriter(env.DIRECTORY),
      report: (thrown) =>
        this.reportProblem({ part: 'outbox', status: 'failed', subject: 'directory', cause: String(thrown) }),
      project: (workspaceId, projectId) => projectStub(env, workspaceId, projectId),
    });
    this.#calls = new ApiCallTable(this.storage);
    this.#quality = new QualityDesk({
      storage: this.storage,
      ids: createRandomIds(systemClock),
      now: this.now,
      report: (status, subject, cause) => this.reportProblem({ part: 'quality', status, subject, cause }),
    });
    this.#vault = new Vault(this.storage, this.now);
    this.#budget = new WorkspaceBudgetDesk({
      storage: this.storage,
      calls: this.#calls,
      quality: this.#quality,
      outbox: this.outbox,
      now: this.now,
      projects: () => this.store.projects(),
      project: (projectId) => projectStub(env, this.knownId(), projectId),
    });
  }

  /** The local workspace is there from the start; every other one is created. */
  protected override initialize(): void {
    if (this.#ownId() !== localWorkspaceId) return;
    this.store.insertWorkspace(localWorkspaceId, localWorkspaceName, this.now());
    this.#sendChange();
  }

  async create(command: {
    readonly commandId: string;
    readonly workspaceId: WorkspaceId;
    readonly name: string;
    readonly firstKey: NewKey;
  }): Promise<Result<WorkspaceView>> {
    // The name of the object is the authority; a command for another workspace has lost its way.
    if (command.workspaceId !== this.#ownId()) return notThere;
    const created = this.once<WorkspaceView>(command, () => {
      if (this.store.workspace() !== undefined) {
        return err({ type: 'resource.conflict', detail: 'The workspace is there already.' });
      }
      this.store.insertWorkspace(command.workspaceId, command.name, this.now());
      this.store.insertKey(command.firstKey, this.now());
      this.#sendChange(command.firstKey.keyId);
      return this.#view();
    });
    if (created.ok) await this.#feed.hurry(command.firstKey.keyId);
    return created;
  }

  async get(): Promise<Result<WorkspaceView>> {
    return this.#view();
  }

  async createKey(command: { readonly commandId: string } & NewKey): Promise<Result<ApiKeyView>> {
    const { commandId, name, role } = command;
    const body = { commandId, name, role };
    const created = this.once<ApiKeyView>(body, () => {
      if (this.store.workspace() === undefined) return notThere;
      if (this.store.countKeys() >= maxKeys) {
        return err({ type: 'resource.conflict', detail: `A workspace has at most ${maxKeys} keys; revoke one first.` });
      }
      if (this.store.key(command.keyId) !== undefined) {
        return err({ type: 'resource.conflict', detail: 'The key is there already.' });
      }
      this.store.insertKey(command, this.now());
      this.#sendChange(command.keyId);
      return this.#keyView(command.keyId);
    });
    if (created.ok) await this.#feed.hurry(created.value.keyId);
    return created;
  }

  async listKeys(): Promise<Result<readonly ApiKeyView[]>> {
    return this.store.workspace() === undefined ? notThere : ok(this.store.keys().map(withoutHash));
  }

  async revokeKey(command: { readonly commandId: string; readonly keyId: ApiKeyId }): Promise<Result<ApiKeyView>> {
    const revoked = this.once<ApiKeyView>(command, () => {
      const key = this.store.key(command.keyId);
      if (key === undefined) return noSuchKey;
      if (key.revokedAt === undefined) {
        this.store.revokeKey(command.keyId, this.now());
        this.#sendChange(command.keyId);
      }
      return this.#keyView(command.keyId);
    });
    if (revoked.ok) await this.#feed.hurry(command.keyId);
    return revoked;
  }

  async registerProject(command: {
    readonly commandId: string;
    readonly projectId: ProjectId;
    readonly name: string;
    readonly createdAt: number;
  }): Promise<Result<{ readonly registered: boolean }>> {
    if (this.store.workspace() === undefined) return notThere;
    const { projectId, name, createdAt } = command;
    return this.once(command, () => ok({ registered: this.store.insertProject(projectId, name, createdAt) }));
  }

  async reserveProject(command: {
    readonly commandId: string;
    readonly projectId: ProjectId;
  }): Promise<Result<ProjectId>> {
    if (this.store.workspace() === undefined) return notThere;
    // The body is left out: a repeat proposes another id, and is answered the first one.
    return this.transact(() =>
      this.inbox.once(command.commandId, 'reserveProject', this.now(), () => command.projectId),
    );
  }

  async reserveWorkspace(command: {
    readonly commandId: string;
    readonly workspaceId: WorkspaceId;
  }): Promise<Result<WorkspaceId>> {
    if (this.store.workspace() === undefined) return notThere;
    return this.transact(() =>
      this.inbox.once(command.commandId, 'reserveWorkspace', this.now(), () => command.workspaceId),
    );
  }

  async hasProject(query: { readonly projectId: ProjectId }): Promise<Result<boolean>> {
    return ok(this.store.hasProject(query.projectId));
  }

  async redeemTicket(command: {
    readonly ticketId: string;
    readonly keyId: ApiKeyId;
    readonly bootstrap: boolean;
    readonly expiresAt: number;
  }): Promise<Result<{ readonly redeemed: true }>> {
    const now = this.now();
    if (command.expiresAt <= now) return usedTicket;
    if (!command.bootstrap) {
      const key = this.store.key(command.keyId);
      if (key === undefined || key.revokedAt !== undefined) return usedTicket;
    }
    const fresh = this.transact(() => this.store.redeem(command.ticketId, command.expiresAt, now));
    return fresh ? ok({ redeemed: true }) : usedTicket;
  }

  async rebuildDirectory(command: { readonly commandId: string }): Promise<Result<{ readonly projects: number }>> {
    return this.once<{ projects: number }>(command, () => {
      if (this.store.workspace() === undefined) return notThere;
      this.#feed.rebuild();
      return ok({ projects: this.store.countProjects() });
    });
  }

  async budget(): ReturnType<WorkspaceRpc['budget']> {
    return this.store.workspace() === undefined ? notThere : ok(this.#budget.view());
  }

  async setBudget(command: Parameters<WorkspaceRpc['setBudget']>[0]): ReturnType<WorkspaceRpc['setBudget']> {
    return this.once(command, () => {
      if (this.store.workspace() === undefined) return notThere;
      this.#budget.set(command.limits);
      return ok(this.#budget.view());
    });
  }

  async extendGrant(command: Parameters<WorkspaceRpc['extendGrant']>[0]): ReturnType<WorkspaceRpc['extendGrant']> {
    return ok(this.#budget.extend(command));
  }

  async reportUsage(statement: Parameters<WorkspaceRpc['reportUsage']>[0]): ReturnType<WorkspaceRpc['reportUsage']> {
    this.#budget.report(statement);
    return ok({ noted: true });
  }

  async extendCallGrant(
    command: Parameters<WorkspaceRpc['extendCallGrant']>[0],
  ): ReturnType<WorkspaceRpc['extendCallGrant']> {
    return ok({ ...this.#budget.extendCalls(command), vaultRevision: this.#vault.revision });
  }

  async reportCalls(report: Parameters<WorkspaceRpc['reportCalls']>[0]): ReturnType<WorkspaceRpc['reportCalls']> {
    const { credentialUses = [], ...calls } = report;
    if (credentialUses.length > 0) this.transact(() => this.#vault.note(credentialUses));
    return ok({ ...this.#budget.reportCalls(calls), vaultRevision: this.#vault.revision });
  }

  async apiUsage(query: Parameters<WorkspaceRpc['apiUsage']>[0]): ReturnType<WorkspaceRpc['apiUsage']> {
    return this.store.workspace() === undefined ? notThere : ok(this.#calls.read(query));
  }

  async modelQuality(query: Parameters<WorkspaceRpc['modelQuality']>[0]): ReturnType<WorkspaceRpc['modelQuality']> {
    return this.store.workspace() === undefined ? notThere : this.#quality.list(query);
  }

  async modelQualityOf(
    query: Parameters<WorkspaceRpc['modelQualityOf']>[0],
  ): ReturnType<WorkspaceRpc['modelQualityOf']> {
    return this.store.workspace() === undefined ? notThere : this.#quality.detail(query);
  }

  async qualityAlarms(query: Parameters<WorkspaceRpc['qualityAlarms']>[0]): ReturnType<WorkspaceRpc['qualityAlarms']> {
    return this.store.workspace() === undefined ? notThere : ok(this.#quality.alarms(query));
  }

  async acknowledgeAlarm(
    command: Parameters<WorkspaceRpc['acknowledgeAlarm']>[0],
  ): ReturnType<WorkspaceRpc['acknowledgeAlarm']> {
    return this.once(command, () => this.#quality.acknowledge(command));
  }

  async giveFeedback(command: Parameters<WorkspaceRpc['giveFeedback']>[0]): ReturnType<WorkspaceRpc['giveFeedback']> {
    return this.once(command, () => this.#quality.rate(command));
  }

  async feedback(query: Parameters<WorkspaceRpc['feedback']>[0]): ReturnType<WorkspaceRpc['feedback']> {
    return this.store.workspace() === undefined ? notThere : ok(this.#quality.feedback(query));
  }

  async vault(): ReturnType<WorkspaceRpc['vault']> {
    return this.store.workspace() === undefined ? notThere : ok(this.#vault.sealed());
  }

  async keepVaultKey({
    key,
    replaces,
  }: Parameters<WorkspaceRpc['keepVaultKey']>[0]): ReturnType<WorkspaceRpc['keepVaultKey']> {
    return ok(this.transact(() => this.#vault.keepKey(key, replaces)));
  }

  async putCredential(
    command: Parameters<WorkspaceRpc['putCredential']>[0],
  ): ReturnType<WorkspaceRpc['putCredential']> {
    // A repeat is sealed anew, perhaps with another data key, and is answered as the first.
    const { sealed: _sealed, under, ...body } = command;
    if (!this.#vault.isKept(under) && !this.inbox.knows(command.commandId)) return otherKey;
    return this.once(body, () => (this.store.workspace() === undefined ? notThere : this.#vault.put(command)));
  }

  async removeCredential(
    command: Parameters<WorkspaceRpc['removeCredential']>[0],
  ): ReturnType<WorkspaceRpc['removeCredential']> {
    return this.once(command, () => this.#vault.remove(command));
  }

  async listCredentials(): ReturnType<WorkspaceRpc['listCredentials']> {
    return this.store.workspace() === undefined ? notThere : ok(this.#vault.views());
  }

  async noteCredentialUses({
    uses,
  }: Parameters<WorkspaceRpc['noteCredentialUses']>[0]): ReturnType<WorkspaceRpc['noteCredentialUses']> {
    this.transact(() => this.#vault.note(uses));
    return ok({ noted: true });
  }

  async credentialEvents({
    after,
    limit,
  }: Parameters<WorkspaceRpc['credentialEvents']>[0]): ReturnType<WorkspaceRpc['credentialEvents']> {
    return this.store.workspace() === undefined ? notThere : ok(this.#vault.events(after, limit));
  }

  protected knownId(): WorkspaceId {
    const id = this.#ownId();
    if (id === undefined) throw new Error('This object is not named after a workspace.');
    return id;
  }

  #ownId(): WorkspaceId | undefined {
    return parseId('wsp', this.ctx.id.name?.split('/')[0] ?? '');
  }

  /** One transaction; a repeated command answers the first reply. */
  protected once<Value>(command: { readonly commandId: string }, handle: () => Result<Value>): Result<Value> {
    return flatten(this.transact(() => this.inbox.once(command.commandId, command, this.now(), handle)));
  }

  #sendChange(keyId?: ApiKeyId): void {
    const sequence = this.store.advance();
    const workspace: WorkspaceRecord | undefined = this.store.workspace();
    if (workspace === undefined) return;
    this.#feed.send({ ...workspace, sequence }, keyId === undefined ? undefined : this.store.key(keyId));
  }

  #view(): Result<WorkspaceView> {
    const workspace = this.store.workspace();
    return workspace === undefined
      ? notThere
      : ok({ ...workspace, projects: this.store.countProjects(), keys: this.store.countKeys() });
  }

  #keyView(keyId: ApiKeyId): Result<ApiKeyView> {
    const key = this.store.key(keyId);
    return key === undefined ? noSuchKey : ok(withoutHash(key));
  }
}
