import { createHash } from 'node:crypto';
import { abortAllDurableObjects, applyD1Migrations, env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { evolveProject } from '../../shared/domain/project/evolve.ts';
import { initialProjectState } from '../../shared/domain/project/state.ts';
import { viewAgents, viewProject, viewTasks } from '../../shared/domain/project/views.ts';
import { createDirectoryWriter } from '../../shared/adapters/directory/writer.ts';
import { agentRecord, deploymentRecord, projectRecord, taskRecord } from '../../shared/adapters/directory/records.ts';
import type { DirectoryRecord } from '../../shared/adapters/directory/schema.ts';
import type { StoredProjectEvent } from '../../shared/rpc/project.ts';
import { isFinalStatus } from '../../shared/protocol/project-events.ts';
import { key, nameWorld, specification, valueOf, type World } from './method-cases/world.ts';

beforeAll(async () => {
  // SAFETY: bound by this project's vitest.config.ts; the generated types know only wrangler.toml.
  const { MIGRATIONS } = env as unknown as { readonly MIGRATIONS: Parameters<typeof applyD1Migrations>[1] };
  await applyD1Migrations(env.DIRECTORY, MIGRATIONS);
});

const kill = async (): Promise<void> => {
  await scheduler.wait(0);
  await abortAllDurableObjects();
};

/** Asks until the object answers: a kill cuts calls short. */
const ask = async <T>(call: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await call();
    } catch {
      await scheduler.wait(5);
    }
  }
};

const tables = ['project', 'task', 'agent', 'deployment', 'message'] as const;
type Rows = Record<(typeof tables)[number], Record<string, unknown>[]>;

/** The project's rows; the sequence they were written at is no part of what they say. */
const rowsOf = async ({ projectId }: World): Promise<Rows> => {
  const read = async (table: (typeof tables)[number]) => {
    const column = table === 'project' ? 'id' : 'project_id';
    const { results } = await env.DIRECTORY.prepare(`SELECT * FROM ${table} WHERE ${column} = ? ORDER BY 1, 2, 3`)
      .bind(projectId)
      .all();
    return results.map(({ source_sequence: _sequence, ...row }) => row);
  };
  const [project, task, agent, deployment, message] = await Promise.all(tables.map(read));
  return { project, task, agent, deployment, message } as Rows;
};

const hashOf = (rows: unknown): string => createHash('sha256').update(JSON.stringify(rows)).digest('hex');

const logOf = async ({ project }: World): Promise<readonly StoredProjectEvent[]> => {
  const log: StoredProjectEvent[] = [];
  for (;;) {
    const page = valueOf(await ask(() => project().events({ after: log.at(-1)?.sequence ?? 0, limit: 500 })));
    if (page.length === 0) return log;
    log.push(...page);
  }
};

/** What the rows must be, from the log alone. */
const recordsOf = ({ workspaceId, projectId }: World, log: readonly StoredProjectEvent[]): DirectoryRecord[] => {
  const state = log.reduce(
    (before, { event, recordedAt }) => evolveProject(before, event, recordedAt),
    initialProjectState,
  );
  const view = viewProject(state, log.length);
  if (view === undefined) throw new Error('The log makes no project.');
  const owner = { workspaceId, projectId, sourceSequence: log.length };
  return [
    projectRecord(view),
    ...viewTasks(state).map((task) => taskRecord(owner, task)),
    ...viewAgents(state).map((agent) => agentRecord(owner, agent, view.status)),
    ...view.deployments.map((deployment) => deploymentRecord(owner, deployment)),
  ];
};

/** Rows as a fresh directory would hold them after one write of these records. */
const written = async (world: World, records: readonly DirectoryRecord[]): Promise<Rows> => {
  const { message } = await rowsOf(world);
  await env.DIRECTORY.batch(
    tables
      .filter((table) => table !== 'message')
      .map((table) =>
        env.DIRECTORY.prepare(`DELETE FROM ${table} WHERE ${table === 'project' ? 'id' : 'project_id'} = ?`).bind(
          world.projectId,
        ),
      ),
  );
  await createDirectoryWriter(env.DIRECTORY).write(records);
  return { ...(await rowsOf(world)), message };
};

const settled = async (world: World, wanted: (rows: Rows) => boolean): Promise<Rows> => {
  for (;;) {
    const rows = await rowsOf(world);
    if (wanted(rows)) return rows;
    await scheduler.wait(20);
  }
};

describe('the directory of a project that was killed again and again', () => {
  it('holds what the log says, takes no stale row, and is the same when it is built anew', async () => {
    const world = nameWorld();
    const { workspaceId, projectId, project, workspace } = world;
    valueOf(await workspace().create({ commandId: 'create', workspaceId, name: 'Tests', firstKey: key('first') }));
    valueOf(await project().create({ commandId: 'create', workspaceId, projectId, specification }));
    let kills = 0;
    for (;;) {
      const view = valueOf(await ask(() => project().get()));
      if (isFinalStatus(view.status)) break;
      await scheduler.wait(120);
      if (kills >= 15) continue;
      await kill();
      kills += 1;
    }
    expect(kills).toBeGreaterThan(5);

    // The last messages are still on their way to agents, and their acknowledgements to the directory.
    const acknowledged = (rows: Rows): boolean =>
      rows.message.every((row) => row['acknowledged_at'] !== null || !String(row['recipient']).startsWith('agent:'));
    const final = await settled(world, (rows) => rows.project[0]?.['status'] === 'completed' && acknowledged(rows));
    const log = await logOf(world);
    expect(log.map(({ sequence }) => sequence)).toEqual(log.map((_entry, index) => index + 1));
    const expected = await written(world, recordsOf(world, log));
    expect(final.task.length).toBeGreaterThan(5);
    expect(final).toEqual(expected);

    const stale = recordsOf(world, log.slice(0, Math.floor(log.length / 2)));
    expect(hashOf(recordsOf(world, log))).not.toBe(hashOf(stale));
    await createDirectoryWriter(env.DIRECTORY).write(stale);
    expect(hashOf(await rowsOf(world))).toBe(hashOf(final));

    await env.DIRECTORY.batch(tables.map((table) => env.DIRECTORY.prepare(`DELETE FROM ${table}`)));
    expect((await rowsOf(world)).project).toEqual([]);
    valueOf(await workspace().rebuildDirectory({ commandId: 'rebuild' }));
    await kill();
    await settled(world, (rows) => hashOf(rows) === hashOf(final));
  });
});
