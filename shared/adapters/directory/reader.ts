/** Reads from the D1 directory. What it answers may be a moment old; the objects own the truth. */
import { and, asc, desc, eq, lt, sql, type SQL } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { contains } from './like.ts';
import type { DirectoryReader, Page, ProjectQuery } from './contract.ts';
import { agent, apiKey, project, workspace } from './schema.ts';

const page = <Row extends { readonly id: string }>(rows: readonly Row[], limit: number): Page<Row> => {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return rows.length > limit && last !== undefined ? { rows: shown, next: last.id } : { rows: shown };
};

const projectFilter = (query: ProjectQuery): SQL | undefined =>
  and(
    eq(project.workspaceId, query.workspaceId),
    query.status === undefined ? undefined : eq(project.status, query.status),
    query.search === undefined ? undefined : contains(project.name, query.search),
    query.after === undefined ? undefined : lt(project.id, query.after),
  );

/** A reader over a D1 database. */
export const createDirectoryReader = (binding: D1Database): DirectoryReader => {
  const database = drizzle(binding);
  return {
    findApiKey: async (keyId) => await database.select().from(apiKey).where(eq(apiKey.id, keyId)).get(),
    findWorkspace: async (workspaceId) =>
      await database.select().from(workspace).where(eq(workspace.id, workspaceId)).get(),
    listWorkspaces: async ({ after, limit }) => {
      const rows = await database
        .select()
        .from(workspace)
        .where(after === undefined ? undefined : lt(workspace.id, after))
        .orderBy(desc(workspace.id))
        .limit(limit + 1);
      return page(rows, limit);
    },
    findProject: async (projectId) => await database.select().from(project).where(eq(project.id, projectId)).get(),
    listProjects: async (query) => {
      const rows = await database
        .select()
        .from(project)
        .where(projectFilter(query))
        .orderBy(desc(project.id))
        .limit(query.limit + 1);
      return page(rows, query.limit);
    },
    findAgent: async (agentId) => await database.select().from(agent).where(eq(agent.id, agentId)).get(),
    lateProjects: async ({ before, limit }) =>
      await database
        .select()
        .from(project)
        .where(and(eq(project.status, 'active'), lt(project.updatedAt, before)))
        .orderBy(asc(project.updatedAt))
        .limit(limit),
    ping: async () => {
      await database.run(sql`SELECT 1`);
    },
  };
};
