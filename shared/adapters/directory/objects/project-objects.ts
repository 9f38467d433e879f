/** Projects as single objects, and their repositories, which have their ids; both from the directory's table of projects. */
import { and, asc, eq, gt, inArray, type SQL } from 'drizzle-orm';
import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1';
import type { WorkspaceId } from '../../../domain/ids.ts';
import type { KnownObject } from '../../../domain/service-registry/objects.ts';
import type { ServiceHealth } from '../../../domain/service-registry/service.ts';
import { isFinalStatus } from '../../../protocol/project-events.ts';
import type { ProjectStatus } from '../../../protocol/stages.ts';
import type { ProjectRecord } from '../contract.ts';
import { contains } from '../like.ts';
import { project } from '../schema.ts';
import { conditionsOf, pageOf, type ObjectSource, type SourceQuery } from './source.ts';

/** A project that waits for a person warns, one that gave up fails. */
const healthByStatus: Readonly<Record<ProjectStatus, ServiceHealth>> = {
  active: 'passing',
  paused: 'passing',
  completed: 'passing',
  cancelled: 'passing',
  blocked: 'warning',
  failed: 'failing',
};
// SAFETY: the keys of the table above.
const statuses = Object.keys(healthByStatus) as readonly ProjectStatus[];

/** What the two kinds differ in. */
interface Kind {
  /** The columns that are attributes, by their names. */
  readonly columns: Parameters<typeof conditionsOf>[1];
  readonly known: (row: ProjectRecord) => KnownObject;
  /** Statuses of the projects whose object is of that health. */
  readonly statusesOf: (health: ServiceHealth) => readonly string[];
  /** Statuses of the projects whose object can be given something to do, those to begin with first. */
  readonly offered: readonly ProjectStatus[];
}

const shared = ({ id, name, createdAt, updatedAt, sourceSequence }: ProjectRecord) => ({
  objectId: id,
  title: name,
  load: 0,
  createdAt,
  updatedAt,
  revision: sourceSequence,
});

const projects: Kind = {
  columns: {
    projectId: project.id,
    status: project.status,
    stage: project.stage,
    format: project.format,
    name: project.name,
  },
  known: (row) => {
    const { id: projectId, status: text, stage, format, name } = row;
    // A status of a later version says nothing here.
    const status = statuses.find((one) => one === text) ?? 'active';
    const attributes = { projectId, status: text, stage, format, name };
    return { ...shared(row), attributes, health: healthByStatus[status], isOffered: !isFinalStatus(status) };
  },
  statusesOf: (health) => statuses.filter((status) => healthByStatus[status] === health),
  offered: statuses.filter((status) => !isFinalStatus(status)),
};

/** A repository goes on answering when its project has ended. */
const repositories: Kind = {
  columns: { projectId: project.id, projectStatus: project.status, name: project.name },
  known: (row) => {
    const attributes = { projectId: row.id, projectStatus: row.status, name: row.name };
    return { ...shared(row), attributes, health: 'passing', isOffered: true };
  },
  statusesOf: (health) => (health === 'passing' ? statuses : []),
  offered: statuses,
};

class ProjectObjects implements ObjectSource {
  readonly #database: DrizzleD1Database;
  readonly #kind: Kind;

  constructor(binding: D1Database, kind: Kind) {
    this.#database = drizzle(binding);
    this.#kind = kind;
  }

  async page(workspaceId: WorkspaceId, query: SourceQuery) {
    const filter = this.#filter(workspaceId, query);
    if (filter === undefined) return { objects: [] };
    const rows = await this.#select(filter, query.limit + 1);
    return pageOf(rows.map(this.#kind.known), query.limit);
  }

  async best(workspaceId: WorkspaceId, query: SourceQuery): Promise<readonly KnownObject[]> {
    const filter = this.#filter(workspaceId, query);
    if (filter === undefined) return [];
    // Whoever asks for a status has it, an ended one included.
    const isAsked = Object.hasOwn(query.attributes, 'status');
    const groups = isAsked ? [filter] : this.#kind.offered.map((status) => and(filter, eq(project.status, status)));
    const [first, ...others] = groups.map((group) => this.#select(group, query.limit));
    if (first === undefined) return [];
    const rows = (await this.#database.batch([first, ...others])).flat();
    return rows.slice(0, query.limit).map(this.#kind.known);
  }

  async find(workspaceId: WorkspaceId, objectId: string): Promise<KnownObject | undefined> {
    const [row] = await this.#select(and(eq(project.id, objectId), eq(project.workspaceId, workspaceId)), 1);
    return row === undefined ? undefined : this.#kind.known(row);
  }

  #select(filter: SQL | undefined, limit: number) {
    return this.#database.select().from(project).where(filter).orderBy(asc(project.id)).limit(limit);
  }

  /** Undefined when no object can be so. */
  #filter(workspaceId: WorkspaceId, { attributes, search, health, after }: SourceQuery): SQL | undefined {
    const conditions = conditionsOf(attributes, this.#kind.columns);
    if (conditions === undefined) return undefined;
    return and(
      eq(project.workspaceId, workspaceId),
      ...conditions,
      health === undefined ? undefined : inArray(project.status, [...this.#kind.statusesOf(health)]),
      search === undefined ? undefined : contains(project.name, search),
      after === undefined ? undefined : gt(project.id, after),
    );
  }
}

/** The projects of a directory. */
export const createProjectObjects = (binding: D1Database): ObjectSource => new ProjectObjects(binding, projects);

/** Their repositories. */
export const createRepositoryObjects = (binding: D1Database): ObjectSource => new ProjectObjects(binding, repositories);
