/** All SQL of a workspace. `sequence` grows with every change and orders the rows that the directory is sent. */
import { parseRole, type Role } from '../../shared/domain/access/policy.ts';
import { parseId, type ApiKeyId, type ProjectId, type WorkspaceId } from '../../shared/domain/ids.ts';
import type { ApiKeyView, NewKey } from '../../shared/rpc/workspace-access.ts';
import { statement, type Storage } from '../platform/index.ts';

export interface WorkspaceRecord {
  readonly workspaceId: WorkspaceId;
  readonly name: string;
  readonly createdAt: number;
  readonly sequence: number;
}

export interface KeyRecord extends ApiKeyView {
  readonly hash: string;
}

interface KeyRow extends Record<string, string | number | null> {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly hash: string;
  readonly created_at: number;
  readonly revoked_at: number | null;
}

const statements = {
  workspace: statement<[], { id: string; name: string; created_at: number; sequence: number }>`
    SELECT id, name, created_at, sequence FROM workspace`,
  insertWorkspace: statement<[id: string, name: string, createdAt: number]>`
    INSERT INTO workspace (id, name, created_at, sequence) VALUES (?, ?, ?, 1)`,
  advance: statement<[], { sequence: number }>`UPDATE workspace SET sequence = sequence + 1 RETURNING sequence`,
  keys: statement<[], KeyRow>`SELECT * FROM api_key ORDER BY id DESC`,
  key: statement<[id: string], KeyRow>`SELECT * FROM api_key WHERE id = ?`,
  insertKey: statement<[id: string, name: string, role: string, hash: string, createdAt: number]>`
    INSERT INTO api_key (id, name, role, hash, created_at, revoked_at) VALUES (?, ?, ?, ?, ?, NULL)`,
  revokeKey: statement<[revokedAt: number, id: string]>`
    UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL`,
  countKeys: statement<[], { count: number }>`SELECT COUNT(*) AS count FROM api_key WHERE revoked_at IS NULL`,
  insertProject: statement<[id: string, name: string, createdAt: number], { id: string }>`
    INSERT INTO project (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING RETURNING id`,
  project: statement<[id: string], { id: string }>`SELECT id FROM project WHERE id = ?`,
  projects: statement<[], { id: string }>`SELECT id FROM project ORDER BY id`,
  countProjects: statement<[], { count: number }>`SELECT COUNT(*) AS count FROM project`,
  redeem: statement<[id: string, expiresAt: number], { id: string }>`
    INSERT INTO redeemed_ticket (id, expires_at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING RETURNING id`,
  forgetTickets: statement<[before: number]>`DELETE FROM redeemed_ticket WHERE expires_at < ?`,
};

const corrupt = (what: string): never => {
  throw new Error(`The workspace's own table holds an unreadable ${what}.`);
};

const toKey = (row: KeyRow): KeyRecord => {
  const keyId: ApiKeyId = parseId('key', row.id) ?? corrupt('key id');
  const role: Role = parseRole(row.role) ?? corrupt('role');
  return {
    keyId,
    name: row.name,
    role,
    hash: row.hash,
    createdAt: row.created_at,
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
  };
};

export class WorkspaceStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Undefined until the workspace was created. */
  workspace(): WorkspaceRecord | undefined {
    const row = this.#storage.first(statements.workspace);
    if (row === undefined) return undefined;
    const workspaceId = parseId('wsp', row.id) ?? corrupt('workspace id');
    return { workspaceId, name: row.name, createdAt: row.created_at, sequence: row.sequence };
  }

  insertWorkspace(workspaceId: WorkspaceId, name: string, createdAt: number): void {
    this.#storage.run(statements.insertWorkspace, workspaceId, name, createdAt);
  }

  /** Counts a change and answers its sequence. */
  advance(): number {
    return this.#storage.first(statements.advance)?.sequence ?? corrupt('sequence');
  }

  /** Newest first. */
  keys(): readonly KeyRecord[] {
    return this.#storage.all(statements.keys).map(toKey);
  }

  key(keyId: ApiKeyId): KeyRecord | undefined {
    const row = this.#storage.first(statements.key, keyId);
    return row === undefined ? undefined : toKey(row);
  }

  insertKey(key: NewKey, createdAt: number): void {
    this.#storage.run(statements.insertKey, key.keyId, key.name, key.role, key.hash, createdAt);
  }

  revokeKey(keyId: ApiKeyId, revokedAt: number): void {
    this.#storage.run(statements.revokeKey, revokedAt, keyId);
  }

  /** Keys that were not revoked. */
  countKeys(): number {
    return this.#storage.first(statements.countKeys)?.count ?? 0;
  }

  /** False when the project is on the list already. */
  insertProject(projectId: ProjectId, name: string, createdAt: number): boolean {
    return this.#storage.first(statements.insertProject, projectId, name, createdAt) !== undefined;
  }

  hasProject(projectId: ProjectId): boolean {
    return this.#storage.first(statements.project, projectId) !== undefined;
  }

  projects(): readonly ProjectId[] {
    return this.#storage.all(statements.projects).map((row) => parseId('prj', row.id) ?? corrupt('project id'));
  }

  countProjects(): number {
    return this.#storage.first(statements.countProjects)?.count ?? 0;
  }

  /** False when the ticket was redeemed before. Tickets that have run out are forgotten: nobody takes them any more. */
  redeem(ticketId: string, expiresAt: number, now: number): boolean {
    this.#storage.run(statements.forgetTickets, now);
    return this.#storage.first(statements.redeem, ticketId, expiresAt) !== undefined;
  }
}
