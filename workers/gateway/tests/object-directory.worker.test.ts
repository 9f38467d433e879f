/** Single objects from the directory: whose they are, in which order, and what finding them costs among ten thousand. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRandomIds, systemClock } from '../../../shared/adapters/crypto/random-ids.ts';
import { createObjectDirectory } from '../../../shared/adapters/directory/objects/index.ts';
import type { DirectoryRecord, ProjectRow } from '../../../shared/adapters/directory/schema.ts';
import { createDirectoryWriter } from '../../../shared/adapters/directory/writer.ts';
import type { WorkspaceId } from '../../../shared/domain/ids.ts';
import { platformKinds } from '../../../shared/domain/service-registry/platform-kinds.ts';
import type { ObjectQuery } from '../../../shared/ports/object-directory.ts';
import { bindings, prepareDirectory } from '../testing/harness.ts';

const ids = createRandomIds(systemClock);
const writer = createDirectoryWriter(bindings.DIRECTORY);

const rowsReadOf = (result: unknown): number =>
  typeof result === 'object' && result !== null && 'meta' in result
    ? // SAFETY: what D1 says of a query.
      ((result as D1Result).meta.rows_read ?? 0)
    : 0;

let rowsRead = 0;

/** The directory's database, which counts the rows that batches read. */
const counted = new Proxy(bindings.DIRECTORY, {
  get: (database, property) =>
    property === 'batch'
      ? async (statements: D1PreparedStatement[]) => {
          const results = await database.batch(statements);
          rowsRead += results.reduce((sum, result) => sum + rowsReadOf(result), 0);
          return results;
        }
      : // SAFETY: a method of the database itself.
        (Reflect.get(database, property) as (...parts: unknown[]) => unknown).bind(database),
});

const topics = ['orders', 'platform.projects', 'Z_last'].map((topic, at) => ({ topic, createdAt: at, maxBytes: 1 }));

const directory = createObjectDirectory(counted, () => ({
  list: async ({ pattern, after }) => ({
    ok: true,
    value: {
      topics: topics
        .toSorted((a, b) => (a.topic < b.topic ? -1 : 1))
        .filter(
          ({ topic }) => (after === undefined || topic > after) && (pattern === undefined || topic === pattern),
        ) as never,
      reservedBytes: 0,
    },
  }),
}));

let workspaceId: WorkspaceId;

beforeAll(prepareDirectory);
beforeEach(() => {
  workspaceId = ids.create('wsp');
});

const project = (change: Partial<ProjectRow> = {}): DirectoryRecord & { readonly table: 'project' } => ({
  table: 'project',
  row: {
    id: ids.create('prj'),
    workspaceId,
    name: 'Shop',
    format: 'markdown',
    status: 'active',
    stage: 'planning',
    revision: 0,
    model: 'm/m',
    reason: null,
    tasksDone: 0,
    tasksTotal: 0,
    createdAt: 1,
    updatedAt: 2,
    sourceSequence: 5,
    ...change,
  },
});

type AgentRow = Extract<DirectoryRecord, { table: 'agent' }>['row'];

const agent = (change: Partial<AgentRow> = {}): DirectoryRecord & { readonly table: 'agent' } => ({
  table: 'agent',
  row: {
    id: ids.create('agt'),
    workspaceId,
    projectId: 'prj_none',
    role: 'backend',
    name: 'backend-1',
    status: 'idle',
    taskId: null,
    tasksDone: 0,
    projectEnded: 0,
    sourceSequence: 7,
    ...change,
  },
});

const query = (change: Partial<ObjectQuery> = {}): ObjectQuery => ({
  kind: 'agent',
  attributes: {},
  limit: 10,
  ...change,
});

const idsOf = (objects: readonly { readonly objectId: string }[]): readonly string[] =>
  objects.map(({ objectId }) => objectId);

describe('agents', () => {
  it('come in pages by id, and the best of them idle before busy before resting, without ended projects', async () => {
    const records = (['working', 'resting', 'idle', 'idle'] as const).map((status, at) =>
      agent({ status, projectEnded: at === 3 ? 1 : 0 }),
    );
    await writer.write(records);
    const [working, resting, idle, ended] = records.map(({ row }) => row.id);
    const all = records.map(({ row }) => row.id).toSorted();
    const first = await directory.page(workspaceId, query({ limit: 3 }));
    expect([idsOf(first.objects), first.next]).toEqual([all.slice(0, 3), all[2]]);
    const second = await directory.page(workspaceId, { ...query({ limit: 3 }), after: all[2] ?? '' });
    expect([idsOf(second.objects), second.next]).toEqual([all.slice(3), undefined]);
    expect(idsOf(await directory.best(workspaceId, query()))).toEqual([idle, working, resting]);
    const ofEnded = query({ attributes: { projectEnded: 'true' } });
    expect(idsOf(await directory.best(workspaceId, ofEnded))).toEqual([ended]);
    expect(await directory.best(workspaceId, query({ limit: 1 }))).toHaveLength(1);
  });

  it('are filtered by each attribute, by name and by health, and an attribute that none has is met by none', async () => {
    const records = [
      agent({ projectId: 'prj_a', taskId: 'tsk_1', status: 'working', name: 'alpha_1' }),
      agent({ projectId: 'prj_a', role: 'reviewer', name: 'alphaX1' }),
      agent({ projectId: 'prj_b' }),
    ];
    await writer.write(records);
    const [first, second, third] = records.map(({ row }) => row.id);
    const found = async (change: Partial<ObjectQuery>) =>
      idsOf((await directory.page(workspaceId, query(change))).objects);
    const by = (attributes: Record<string, string>) => found({ attributes });
    expect(await by({ projectId: 'prj_b' })).toEqual([third]);
    expect(await by({ projectId: 'prj_a', role: 'backend' })).toEqual([first]);
    expect(await by({ taskId: 'tsk_1' })).toEqual([first]);
    expect(await by({ role: 'reviewer', status: 'idle' })).toEqual([second]);
    expect(await by({ status: 'asleep' })).toEqual([]);
    expect(await by({ constructor: 'Object' })).toEqual([]);
    expect(await found({ search: 'ALPHA_' })).toEqual([first]);
    expect(await found({ health: 'failing' })).toEqual([]);
  });

  it('of one workspace are never another’s', async () => {
    const mine = agent();
    await writer.write([mine, agent({ workspaceId: ids.create('wsp') })]);
    expect(idsOf((await directory.page(workspaceId, query())).objects)).toEqual([mine.row.id]);
    expect(await directory.find(workspaceId, 'agent', mine.row.id)).toMatchObject({ revision: 7, load: 0 });
    expect(await directory.find(ids.create('wsp'), 'agent', mine.row.id)).toBeUndefined();
  });

  it('cost as many rows to find among 10,000 as a few pages hold', async () => {
    const roles = ['backend', 'frontend', 'reviewer', 'tester'];
    const statuses = ['idle', 'working', 'resting'];
    await bindings.DIRECTORY.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
       INSERT INTO agent SELECT 'agt_' || ?1 || printf('%05d', i), ?1, printf('prj_%04d', i / 10),
         json_extract(?2, '$[' || (i % 4) || ']'), 'seat-' || i, json_extract(?3, '$[' || (i % 3) || ']'), NULL, 0, 1, (i / 12) % 2
       FROM n`,
    )
      .bind(workspaceId, JSON.stringify(roles), JSON.stringify(statuses))
      .run();
    const cost = async (work: () => Promise<unknown>): Promise<number> => {
      rowsRead = 0;
      await work();
      return rowsRead;
    };
    const after = `agt_${workspaceId}05000`;
    for (const attributes of [
      {},
      { role: 'backend' },
      { status: 'idle' },
      { role: 'tester', status: 'working' },
      { projectId: 'prj_0777' },
      { projectId: 'prj_0777', role: 'backend', status: 'idle' },
    ]) {
      const asked = query({ attributes, limit: 50 });
      const best = await cost(() => directory.best(workspaceId, asked));
      const page = await cost(() => directory.page(workspaceId, { ...asked, after }));
      // Three groups of 50, or six of 51, and each row once in the index and once in the table.
      expect([attributes, best > 0 && best <= 3 * 50 * 2, page > 0 && page <= 6 * 51 * 2]).toEqual([
        attributes,
        true,
        true,
      ]);
    }
    // Every agent is met once, whatever the filter leaves of them.
    const seen: string[] = [];
    for (let next: string | undefined = ''; next !== undefined;) {
      const page = await directory.page(workspaceId, {
        ...query({ attributes: { role: 'backend' }, limit: 500 }),
        ...(next === '' ? {} : { after: next }),
      });
      seen.push(...idsOf(page.objects));
      next = page.next;
    }
    expect([seen.length, new Set(seen).size]).toEqual([2_500, 2_500]);
    expect(seen).toEqual(seen.toSorted());
  });
});

describe('what belongs to projects', () => {
  it('is listed by id; a project that ended is discovered by its status alone', async () => {
    const [done, failed, paused, active] = (['completed', 'failed', 'paused', 'active'] as const).map((status) =>
      project({ status, name: `Shop ${status}` }),
    );
    const records = [done, failed, paused, active].flatMap((record) => (record === undefined ? [] : [record]));
    await writer.write(records);
    const all = records.map(({ row }) => row.id).toSorted();
    expect(idsOf((await directory.page(workspaceId, query({ kind: 'project' }))).objects)).toEqual(all);
    const best = await directory.best(workspaceId, query({ kind: 'project' }));
    expect(idsOf(best)).toEqual([active?.row.id, paused?.row.id]);
    const byStatus = query({ kind: 'project', attributes: { status: 'completed' } });
    expect(await directory.best(workspaceId, byStatus)).toMatchObject([{ isOffered: false }]);
    const failing = await directory.page(workspaceId, query({ kind: 'project', health: 'failing' }));
    expect(failing.objects).toMatchObject([{ objectId: failed?.row.id, health: 'failing' }]);
    const searched = await directory.page(workspaceId, query({ kind: 'project', search: 'PAUSED' }));
    expect(idsOf(searched.objects)).toEqual([paused?.row.id]);
    const repositories = await directory.page(
      workspaceId,
      query({ kind: 'repository', attributes: { projectStatus: 'completed' } }),
    );
    expect(idsOf(repositories.objects)).toEqual([done?.row.id]);
    expect(await directory.best(workspaceId, query({ kind: 'repository' }))).toHaveLength(4);
    expect(await directory.find(ids.create('wsp'), 'project', active?.row.id ?? '')).toBeUndefined();
  });

  it('has a host of its app once it was deployed, with the version of each slot', async () => {
    const [deployed, other] = [project(), project()];
    const slot = (slotName: string, version: string): DirectoryRecord => ({
      table: 'deployment',
      row: {
        projectId: deployed.row.id,
        slot: slotName,
        workspaceId,
        version,
        action: 'deployed',
        deployedAt: 1,
        sourceSequence: 1,
      },
    });
    await writer.write([deployed, other, slot('preview', 'abc'), slot('production', 'def')]);
    const hosts = await directory.page(workspaceId, query({ kind: 'app-host' }));
    const attributes = { projectId: deployed.row.id, name: 'Shop', preview: 'abc', production: 'def' };
    expect(hosts.objects).toMatchObject([{ objectId: deployed.row.id, attributes }]);
    const found = (of: Record<string, string>) =>
      directory.best(workspaceId, query({ kind: 'app-host', attributes: of }));
    expect(await found({ production: 'def' })).toHaveLength(1);
    expect(await found({ production: 'abc' })).toEqual([]);
    expect(await directory.find(workspaceId, 'app-host', deployed.row.id)).toMatchObject({ attributes });
    expect(await directory.find(workspaceId, 'app-host', other.row.id)).toBeUndefined();
  });
});

describe('the other kinds', () => {
  it('are topics by name, what each workspace has of itself, and conversations, which nobody lists', async () => {
    const listed = await directory.page(workspaceId, query({ kind: 'topic', limit: 2 }));
    expect([idsOf(listed.objects), listed.next]).toEqual([['Z_last', 'orders'], 'orders']);
    const own = query({ kind: 'topic', attributes: { publisher: 'workspace' }, search: 'ORD' });
    expect(idsOf(await directory.best(workspaceId, own))).toEqual(['orders']);
    expect(await directory.find(workspaceId, 'topic', 'platform.projects')).toMatchObject({
      attributes: { publisher: 'platform' },
    });
    expect(await directory.find(workspaceId, 'topic', 'not/a topic')).toBeUndefined();
    const shards = await directory.page(workspaceId, { ...query({ kind: 'service-registry', limit: 2 }), after: '0' });
    expect([idsOf(shards.objects), shards.next]).toEqual([['1', '2'], '2']);
    expect(await directory.find(workspaceId, 'composer', workspaceId)).toBeDefined();
    expect(await directory.find(workspaceId, 'composer', ids.create('wsp'))).toBeUndefined();
    expect(await directory.best(workspaceId, query({ kind: 'conversation' }))).toEqual([]);
    for (const kind of platformKinds) {
      const unknown = { kind, attributes: { nobody: 'has this' }, limit: 5 };
      expect([kind, await directory.best(workspaceId, unknown)]).toEqual([kind, []]);
    }
  });
});
