import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getTableColumns, getTableName } from 'drizzle-orm';
import { createDirectoryReader } from '../../../shared/adapters/directory/reader.ts';
import { tables, type DirectoryRecord, type ProjectRow } from '../../../shared/adapters/directory/schema.ts';
import { createDirectoryWriter } from '../../../shared/adapters/directory/writer.ts';
import { sweep } from '../sweeper.ts';
import { bindings, prepareDirectory } from '../testing/harness.ts';
import type { Services } from '../services.ts';

beforeAll(prepareDirectory);
beforeEach(async () => {
  await bindings.DIRECTORY.exec('DELETE FROM project; DELETE FROM deployment; DELETE FROM task;');
});

const writer = createDirectoryWriter(bindings.DIRECTORY);
const reader = createDirectoryReader(bindings.DIRECTORY);

const row: ProjectRow = {
  id: 'prj_1',
  workspaceId: 'wsp_1',
  name: 'One',
  format: 'markdown',
  status: 'active',
  stage: 'planning',
  revision: 0,
  model: 'm/m',
  reason: null,
  tasksDone: 0,
  tasksTotal: 0,
  createdAt: 1,
  updatedAt: 1,
  sourceSequence: 5,
};
const project = (change: Partial<ProjectRow>): DirectoryRecord => ({ table: 'project', row: { ...row, ...change } });

describe('writes to the directory', () => {
  it('change nothing when they are stale, and are the last word when they are newer', async () => {
    await writer.write([project({})]);
    await writer.write([project({ name: 'Stale', sourceSequence: 4 })]);
    expect(await reader.findProject('prj_1')).toEqual(row);
    await writer.write([project({ name: 'Newer', reason: 'why', sourceSequence: 6 })]);
    expect(await reader.findProject('prj_1')).toMatchObject({ name: 'Newer', reason: 'why', sourceSequence: 6 });
    await writer.write([project({ name: 'Again', sourceSequence: 6 })]);
    expect(await reader.findProject('prj_1')).toMatchObject({ name: 'Again' });
  });

  it('end the same in any order and however often they come', async () => {
    const versions = [6, 9, 7, 8, 9, 6].map((sourceSequence) =>
      project({ name: `v${sourceSequence}`, sourceSequence }),
    );
    await writer.write(versions);
    await writer.write(versions.toReversed());
    expect(await reader.findProject('prj_1')).toMatchObject({ name: 'v9', sourceSequence: 9 });
  });

  it('never move a row to another workspace', async () => {
    await writer.write([project({}), project({ workspaceId: 'wsp_2', sourceSequence: 99 })]);
    expect(await reader.findProject('prj_1')).toMatchObject({ workspaceId: 'wsp_1', sourceSequence: 5 });
  });

  it('guard the rows of slots as well', async () => {
    const slot = (version: string, sourceSequence: number): DirectoryRecord => ({
      table: 'deployment',
      row: {
        projectId: 'prj_1',
        slot: 'preview',
        workspaceId: 'w',
        version,
        action: 'deployed',
        deployedAt: 1,
        sourceSequence,
      },
    });
    await writer.write([slot('b', 2), slot('a', 1)]);
    const { results } = await bindings.DIRECTORY.prepare('SELECT version FROM deployment').all();
    expect(results).toEqual([{ version: 'b' }]);
  });

  it('take more rows than one batch holds', async () => {
    await writer.write(Array.from({ length: 130 }, (_, index) => project({ id: `prj_${index}` })));
    expect(await bindings.DIRECTORY.prepare('SELECT COUNT(*) AS count FROM project').first('count')).toBe(130);
    await writer.write([]);
  });

  it('write all rows of a batch or none', async () => {
    const broken: unknown = { ...row, id: 'prj_2', name: null };
    const records = [project({}), { table: 'project', row: broken as ProjectRow }] as const;
    await expect(writer.write(records)).rejects.toThrow();
    expect(await reader.findProject('prj_1')).toBeUndefined();
  });
});

describe('the tables', () => {
  it('are in SQL what they are in code', async () => {
    for (const table of Object.values(tables)) {
      const { results } = await bindings.DIRECTORY.prepare(`PRAGMA table_info(${getTableName(table)})`).all<{
        name: string;
        type: string;
        notnull: number;
      }>();
      const inSql = results.map(({ name, type, notnull }) => `${name} ${type} ${notnull === 1}`).sort();
      const inCode = Object.values(getTableColumns(table))
        .map((column) => `${column.name} ${column.getSQLType().toUpperCase()} ${column.notNull}`)
        .sort();
      expect(inSql).toEqual(inCode);
    }
  });
});

describe('the sweeper', () => {
  const servicesAt = (now: number, get: () => Promise<unknown>): { services: Services; poked: string[] } => {
    const poked: string[] = [];
    const services = {
      clock: { now: () => now },
      directory: reader,
      log: () => undefined,
      objects: {
        project: (_: string, projectId: string) => {
          poked.push(projectId);
          return { get };
        },
      },
    } as unknown as Services;
    return { services, poked };
  };
  const id = (tail: string): string => `prj_${tail.padStart(26, '0')}`;
  const workspaceId = `wsp_${'0'.repeat(26)}`;

  it('pokes active projects that have not moved for a minute, and only those', async () => {
    await writer.write([
      project({ id: id('1'), workspaceId, updatedAt: 0 }),
      project({ id: id('2'), workspaceId, updatedAt: 60_000 }),
      project({ id: id('3'), workspaceId, updatedAt: 0, status: 'completed' }),
    ]);
    const { services, poked } = servicesAt(100_000, async () => undefined);
    expect(await sweep(services)).toBe(1);
    expect(poked).toEqual([id('1')]);
  });

  it('goes on when one does not answer', async () => {
    await writer.write([1, 2].map((number) => project({ id: id(String(number)), workspaceId, updatedAt: 0 })));
    const { services, poked } = servicesAt(100_000, async () => await Promise.reject(new Error('gone')));
    expect(await sweep(services)).toBe(2);
    expect(poked).toHaveLength(2);
  });
});
