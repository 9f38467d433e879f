/**
 * Keeps the D1 directory in step with a workspace: its row and its keys as they change, and the whole of it when it is
 * built again. Everything goes through the outbox, so it happens at least once and survives a restart.
 */
import type { DirectoryWriter } from '../../shared/adapters/directory/contract.ts';
import type { DirectoryRecord } from '../../shared/adapters/directory/schema.ts';
import { parseId, type ApiKeyId, type ProjectId, type WorkspaceId } from '../../shared/domain/ids.ts';
import type { ProjectRpc } from '../../shared/rpc/project.ts';
import type { Outbox, Storage } from '../platform/index.ts';
import type { KeyRecord, WorkspaceRecord, WorkspaceStore } from './store.ts';

export interface DirectoryFeedParts {
  readonly storage: Storage;
  readonly outbox: Outbox;
  readonly store: WorkspaceStore;
  readonly writer: DirectoryWriter;
  /** Told of a write that is left to the outbox. */
  readonly report: (thrown: unknown) => void;
  readonly project: (workspaceId: WorkspaceId, projectId: ProjectId) => Pick<ProjectRpc, 'republish'>;
}

const lane = 'directory';

const workspaceRecord = (workspace: WorkspaceRecord): DirectoryRecord => ({
  table: 'workspace',
  row: {
    id: workspace.workspaceId,
    name: workspace.name,
    createdAt: workspace.createdAt,
    sourceSequence: workspace.sequence,
  },
});

const keyRecord = (workspace: WorkspaceRecord, key: KeyRecord): DirectoryRecord => ({
  table: 'apiKey',
  row: {
    id: key.keyId,
    workspaceId: workspace.workspaceId,
    name: key.name,
    role: key.role,
    hash: key.hash,
    createdAt: key.createdAt,
    revokedAt: key.revokedAt ?? null,
    sourceSequence: workspace.sequence,
  },
});

export class DirectoryFeed {
  readonly #parts: DirectoryFeedParts;

  constructor(parts: DirectoryFeedParts) {
    this.#parts = parts;
    parts.outbox.on('directory.write', async (payload) => {
      // SAFETY: only `send` below enqueues this kind.
      await parts.writer.write((payload as { records: readonly DirectoryRecord[] }).records);
    });
    parts.outbox.on('directory.rebuild', async (_, { deliveryId, attempt }) => {
      await this.#rebuild(`${deliveryId}:${attempt}`);
    });
    parts.outbox.on('project.republish', async (payload) => {
      // SAFETY: only `#rebuild` below enqueues this kind.
      await this.#republish(payload as { commandId: string; projectId: string });
    });
  }

  /** Sends the workspace's row and one key's. Inside the transaction that changed them. */
  send(workspace: WorkspaceRecord, key?: KeyRecord): void {
    const records = [workspaceRecord(workspace), ...(key === undefined ? [] : [keyRecord(workspace, key)])];
    this.#parts.outbox.enqueue({ lane, kind: 'directory.write', payload: { records } });
  }

  /**
   * Writes one key's row at once, so that a new key works and a revoked one stops as soon as the caller is answered.
   * A failure is left to the outbox, which writes the same row.
   */
  async hurry(keyId: ApiKeyId): Promise<void> {
    const { store, writer, report } = this.#parts;
    const workspace = store.workspace();
    const key = store.key(keyId);
    if (workspace === undefined || key === undefined) return;
    try {
      await writer.write([workspaceRecord(workspace), keyRecord(workspace, key)]);
    } catch (thrown) {
      report(thrown);
    }
  }

  /** Builds everything again, from the present state at the time of delivery. Inside a transaction. */
  rebuild(): void {
    this.#parts.outbox.enqueue({ lane, kind: 'directory.rebuild', payload: {} });
  }

  async #rebuild(name: string): Promise<void> {
    const { store, writer, storage, outbox } = this.#parts;
    const workspace = store.workspace();
    if (workspace === undefined) return;
    const keys = store.keys().map((key) => keyRecord(workspace, key));
    await writer.replaceWorkspace(workspace.workspaceId, [workspaceRecord(workspace), ...keys]);
    await writer.dropProjects(workspace.workspaceId);
    storage.transaction(() => {
      for (const projectId of store.projects()) {
        const payload = { commandId: `${name}:${projectId}`.slice(-200), projectId };
        outbox.enqueue({ lane: `republish:${projectId}`, kind: 'project.republish', payload });
      }
    });
  }

  async #republish(payload: { readonly commandId: string; readonly projectId: string }): Promise<void> {
    const workspaceId = this.#parts.store.workspace()?.workspaceId;
    const projectId = parseId('prj', payload.projectId);
    if (workspaceId === undefined || projectId === undefined) return;
    const result = await this.#parts.project(workspaceId, projectId).republish({ commandId: payload.commandId });
    // A project that is not there has no rows; anything else is tried again by the outbox.
    if (!result.ok && result.error.type !== 'resource.not_found') throw new Error(result.error.detail);
  }
}
