/** Hosts of deployed apps as single objects: each project that was deployed to a slot has one, under the project's id. */
import { and, asc, eq, exists, gt, sql, type SQL } from 'drizzle-orm';
import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1';
import type { WorkspaceId } from '../../../domain/ids.ts';
import type { KnownObject } from '../../../domain/service-registry/objects.ts';
import { contains } from '../like.ts';
import { deployment, project } from '../schema.ts';
import { conditionsOf, pageOf, type ObjectSource, type SourceQuery } from './source.ts';

const versionIn = (slot: 'preview' | 'staging' | 'production'): SQL<string | null> =>
  sql<
    string | null
  >`(SELECT version FROM ${deployment} AS held WHERE held.project_id = ${project.id} AND held.slot = ${slot})`;

/** What is read of a host: the version in each slot, where there is one. */
const fields = {
  id: project.id,
  name: project.name,
  createdAt: project.createdAt,
  updatedAt: project.updatedAt,
  revision: project.sourceSequence,
  preview: versionIn('preview'),
  staging: versionIn('staging'),
  production: versionIn('production'),
};

const columns = {
  projectId: project.id,
  name: project.name,
  preview: fields.preview,
  staging: fields.staging,
  production: fields.production,
};

class AppHostObjects implements ObjectSource {
  readonly #database: DrizzleD1Database;

  constructor(binding: D1Database) {
    this.#database = drizzle(binding);
  }

  async page(workspaceId: WorkspaceId, query: SourceQuery) {
    return pageOf(await this.#select(workspaceId, { ...query, limit: query.limit + 1 }), query.limit);
  }

  best(workspaceId: WorkspaceId, query: SourceQuery): Promise<readonly KnownObject[]> {
    return this.#select(workspaceId, query);
  }

  async find(workspaceId: WorkspaceId, objectId: string): Promise<KnownObject | undefined> {
    return (await this.#select(workspaceId, { attributes: { projectId: objectId }, limit: 1 }))[0];
  }

  async #select(workspaceId: WorkspaceId, query: SourceQuery): Promise<readonly KnownObject[]> {
    const { attributes, search, health, after, limit } = query;
    const conditions = conditionsOf(attributes, columns);
    if (conditions === undefined || (health ?? 'passing') !== 'passing') return [];
    const deployments = this.#database.select().from(deployment).where(eq(deployment.projectId, project.id));
    const rows = await this.#database
      .select(fields)
      .from(project)
      .where(
        and(
          eq(project.workspaceId, workspaceId),
          exists(deployments),
          ...conditions,
          search === undefined ? undefined : contains(project.name, search),
          after === undefined ? undefined : gt(project.id, after),
        ),
      )
      .orderBy(asc(project.id))
      .limit(limit);
    return rows.map(({ id, name, createdAt, updatedAt, revision, ...slots }) => {
      const deployed = Object.entries(slots).flatMap(([slot, version]) => (version === null ? [] : [[slot, version]]));
      const attributes = { projectId: id, name, ...Object.fromEntries(deployed) };
      const state = { health: 'passing', load: 0, isOffered: true } as const;
      return { objectId: id, title: name, attributes, ...state, createdAt, updatedAt, revision };
    });
  }
}

/** The hosts that a directory's deployments tell of. */
export const createAppHostObjects = (binding: D1Database): ObjectSource => new AppHostObjects(binding);
