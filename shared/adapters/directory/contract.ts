/** What the directory can be asked and told, without saying of what it is made. */
import type { agent, apiKey, DirectoryRecord, project, workspace } from './schema.ts';

export type ApiKeyRecord = typeof apiKey.$inferSelect;
export type ProjectRecord = typeof project.$inferSelect;
type AgentRecord = typeof agent.$inferSelect;
type WorkspaceRecord = typeof workspace.$inferSelect;

export interface ProjectQuery {
  readonly workspaceId: string;
  readonly status?: string;
  /** Part of the name, upper and lower case alike. */
  readonly search?: string;
  /** The last id of the page before; newest projects come first. */
  readonly after?: string;
  readonly limit: number;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Pass it as `after` for the next page; absent on the last. */
  readonly next?: string;
}

export interface DirectoryReader {
  findApiKey(keyId: string): Promise<ApiKeyRecord | undefined>;
  findWorkspace(workspaceId: string): Promise<WorkspaceRecord | undefined>;
  listWorkspaces(query: { readonly after?: string; readonly limit: number }): Promise<Page<WorkspaceRecord>>;
  findProject(projectId: string): Promise<ProjectRecord | undefined>;
  listProjects(query: ProjectQuery): Promise<Page<ProjectRecord>>;
  findAgent(agentId: string): Promise<AgentRecord | undefined>;
  /** Unfinished projects that have not moved since a time, longest waiting first. */
  lateProjects(query: { readonly before: number; readonly limit: number }): Promise<readonly ProjectRecord[]>;
  /** Rejects when D1 does not answer. */
  ping(): Promise<void>;
}

export interface DirectoryWriter {
  /** Upserts the rows in order, up to 50 in one transaction. Rejects when D1 does; repeating is safe. */
  write(records: readonly DirectoryRecord[]): Promise<void>;
  /** Forgets all rows of a workspace's projects; the workspace itself and its keys stay. */
  dropProjects(workspaceId: string): Promise<void>;
  /** In one transaction: the workspace's row and keys become exactly these. */
  replaceWorkspace(workspaceId: string, records: readonly DirectoryRecord[]): Promise<void>;
}
