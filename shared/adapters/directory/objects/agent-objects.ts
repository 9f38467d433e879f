/**
 * Agents as single objects, from the directory. Whether an agent's project has ended and what the agent does are the first
 * columns of an index, so a query is asked once for each such group that it may answer from, and each reads no more than a
 * page of rows: the groups of a workspace with 10,000 agents cost as much as those of one with ten.
 */
import { and, asc, eq, gt, sql, type Column, type SQL } from 'drizzle-orm';
import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1';
import { timeOfId, type WorkspaceId } from '../../../domain/ids.ts';
import type { KnownObject } from '../../../domain/service-registry/objects.ts';
import type { AgentView } from '../../../rpc/project.ts';
import { contains } from '../like.ts';
import { agent } from '../schema.ts';
import { byId, conditionsOf, pageOf, type ObjectSource, type SourceQuery } from './source.ts';

type AgentRow = typeof agent.$inferSelect;
type AgentStatus = AgentView['status'];

/** Who is given something to do comes first. */
const rankByStatus = { idle: 0, working: 1, resting: 2 } as const satisfies Readonly<Record<AgentStatus, number>>;
// SAFETY: the keys of a constant table.
const statuses = (Object.keys(rankByStatus) as AgentStatus[]).toSorted((a, b) => rankByStatus[a] - rankByStatus[b]);

const known = ({ id, ...row }: AgentRow): KnownObject => {
  const createdAt = timeOfId(id) ?? 0;
  const hasEnded = row.projectEnded === 1;
  return {
    objectId: id,
    title: row.name,
    attributes: {
      role: row.role,
      status: row.status,
      projectId: row.projectId,
      name: row.name,
      ...(row.taskId === null ? {} : { taskId: row.taskId }),
      projectEnded: String(hasEnded),
    },
    health: 'passing',
    load: row.status === 'working' ? 1 : 0,
    isOffered: !hasEnded && row.status !== 'resting',
    createdAt,
    updatedAt: createdAt,
    revision: row.sourceSequence,
  };
};

interface Group {
  readonly status: AgentStatus;
  readonly hasEnded: boolean;
}

/** A column as a condition names it: for one that no index is to be chosen for, see https://www.sqlite.org/optoverview.html#uplus. */
const columnFor = (mayUseIndex: boolean): ((column: Column) => SQL) =>
  mayUseIndex ? (column) => sql`${column}` : (column) => sql`+${column}`;

/** The groups that agents of these attributes are in. */
const groupsOf = (
  { status, projectEnded }: Readonly<Record<string, string>>,
  ended: readonly boolean[],
): readonly Group[] =>
  ended
    .filter((hasEnded) => projectEnded === undefined || projectEnded === String(hasEnded))
    .flatMap((hasEnded) =>
      statuses.filter((one) => status === undefined || status === one).map((one) => ({ status: one, hasEnded })),
    );

class AgentObjects implements ObjectSource {
  readonly #database: DrizzleD1Database;

  constructor(binding: D1Database) {
    this.#database = drizzle(binding);
  }

  async page(workspaceId: WorkspaceId, query: SourceQuery) {
    const groups = groupsOf(query.attributes, [false, true]);
    const found = await this.#select(workspaceId, groups, { ...query, limit: query.limit + 1 });
    return pageOf(found.toSorted(byId), query.limit);
  }

  async best(workspaceId: WorkspaceId, query: SourceQuery): Promise<readonly KnownObject[]> {
    // Agents of ended projects are given nothing: they are found by who asks for just them.
    const groups = groupsOf(query.attributes, query.attributes['projectEnded'] === undefined ? [false] : [false, true]);
    return (await this.#select(workspaceId, groups, query)).slice(0, query.limit);
  }

  async find(workspaceId: WorkspaceId, objectId: string): Promise<KnownObject | undefined> {
    const own = and(eq(agent.id, objectId), eq(agent.workspaceId, workspaceId));
    const row = await this.#database.select().from(agent).where(own).get();
    return row === undefined ? undefined : known(row);
  }

  /** Of each group up to `limit` agents by id, group after group. */
  async #select(
    workspaceId: WorkspaceId,
    groups: readonly Group[],
    query: SourceQuery,
  ): Promise<readonly KnownObject[]> {
    const { attributes, search, health, after, limit } = query;
    const { status: _status, projectEnded: _ended, ...rest } = attributes;
    const { role, projectId, name, taskId } = agent;
    // The agents of one project are few: its index is the one to use.
    const columnOf = columnFor(!Object.hasOwn(attributes, 'projectId'));
    const filters = conditionsOf(rest, { role: columnOf(role), projectId, name, taskId });
    if (filters === undefined || (health ?? 'passing') !== 'passing') return [];
    const select = (group: Group) =>
      this.#database
        .select()
        .from(agent)
        .where(
          and(
            eq(agent.workspaceId, workspaceId),
            eq(columnOf(agent.projectEnded), Number(group.hasEnded)),
            eq(columnOf(agent.status), group.status),
            ...filters,
            search === undefined ? undefined : contains(name, search),
            after === undefined ? undefined : gt(agent.id, after),
          ),
        )
        .orderBy(asc(agent.id))
        .limit(limit);
    const [first, ...others] = groups.map(select);
    if (first === undefined) return [];
    const answers = await this.#database.batch([first, ...others]);
    return answers.flat().map(known);
  }
}

/** The agents of a directory. */
export const createAgentObjects = (binding: D1Database): ObjectSource => new AgentObjects(binding);
