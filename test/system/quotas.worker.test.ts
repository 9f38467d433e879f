import { env, runDurableObjectAlarm } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { objectName, projectStub, workspaceStub } from '../../durable-objects/stubs.ts';
import type { QuotaAmounts, QuotaName } from '../../shared/domain/quota/quotas.ts';
import { createId, type ProjectId, type WorkspaceId } from '../../shared/domain/ids.ts';
import { planned, says, scriptModel, teamScript } from './scripted-model.ts';
import { killEverything } from './stuck-course.ts';
import { prepareDirectory, TestProject, until } from './test-project.ts';

const realNow = Date.now;
let skippedMs = 0;
Date.now = () => realNow() + skippedMs;

beforeAll(prepareDirectory);

afterEach(() => {
  skippedMs = 0;
  vi.restoreAllMocks();
});

const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16));
const newProjectId = (): ProjectId => createId('prj', Date.now(), random());

const openWorkspace = async (
  limits: QuotaAmounts,
  workspaceId: WorkspaceId = createId('wsp', Date.now(), random()),
): Promise<WorkspaceId> => {
  const keyId = createId('key', Date.now(), random());
  const firstKey = { keyId, name: 'first', role: 'owner' as const, hash: '0'.repeat(64) };
  const workspace = workspaceStub(env, workspaceId);
  await workspace.create({ commandId: 'create', workspaceId, name: 'Tests', firstKey });
  await workspace.setQuotas({ commandId: 'limits', limits, by: 'person:operator' });
  return workspaceId;
};

const used = async (workspaceId: WorkspaceId, quota: QuotaName): Promise<number | undefined> => {
  const views = await workspaceStub(env, workspaceId).quotas();
  return views.ok ? views.value.find((view) => view.quota === quota)?.used : undefined;
};

const create = (workspaceId: WorkspaceId, projectId: ProjectId) =>
  projectStub(env, workspaceId, projectId).create({
    commandId: 'create',
    workspaceId,
    projectId,
    specification: '# Notes\n\nA note has a title (required).\n',
  });

describe('a quota of projects', () => {
  it('gives its last place to one of two, leaves nothing of the other, and is given back by a cancel', async () => {
    scriptModel(() => new Promise(() => undefined));
    const workspaceId = await openWorkspace({ projects: 1 });
    const ids = [newProjectId(), newProjectId()] as const;
    const made = await Promise.all(ids.map((projectId) => create(workspaceId, projectId)));
    const refused = made.findIndex(({ ok }) => !ok);
    expect(made.filter(({ ok }) => ok)).toHaveLength(1);
    expect(made[refused]).toMatchObject({
      ok: false,
      error: { type: 'quota.exceeded', detail: expect.stringMatching(/“projects”.*limit is 1, 1 are used/) },
    });
    const [loser, winner] = refused === 0 ? ids : [ids[1], ids[0]];
    expect(await projectStub(env, workspaceId, loser).get()).toMatchObject({ ok: false });
    // The winner's command comes again: it is answered, and takes no second place.
    expect(await create(workspaceId, winner)).toMatchObject({ ok: true });
    expect(await used(workspaceId, 'projects')).toBe(1);

    await projectStub(env, workspaceId, winner).cancel({ commandId: 'cancel' });
    await killEverything();
    await until(async () => {
      await projectStub(env, workspaceId, winner).get();
      return (await used(workspaceId, 'projects')) === 0 || undefined;
    });
    expect(await used(workspaceId, 'agents')).toBe(0);
    expect(await create(workspaceId, loser)).toMatchObject({ ok: true });
    await projectStub(env, workspaceId, loser).cancel({ commandId: 'cancel' });
  });

  it('is given back when the project that it was held for was never made', async () => {
    const workspaceId = await openWorkspace({ projects: 1 });
    const lost = { projectId: newProjectId(), revision: 0, amounts: { projects: 1, agents: 11 }, mode: 'all' as const };
    expect(await workspaceStub(env, workspaceId).holdQuota(lost)).toMatchObject({ ok: true });
    expect(await create(workspaceId, newProjectId())).toMatchObject({ ok: false, error: { type: 'quota.exceeded' } });
    skippedMs += 11 * 60_000;
    await runDurableObjectAlarm(env.WORKSPACE.getByName(objectName(workspaceId, 'workspace', workspaceId)));
    await until(async () => (await used(workspaceId, 'projects')) === 0 || undefined);
    expect(await used(workspaceId, 'agents')).toBe(0);
  });
});

describe('a quota of agents', () => {
  it('bounds what a pool grows to, also through a kill, and lets it go on when it is raised', async () => {
    const ended = Promise.withResolvers<void>();
    const parts = Array.from({ length: 8 }, (_, index) => planned(`part-${index}`));
    scriptModel(
      teamScript(parts, (asked) => (asked.kind === 'implement' ? ended.promise.then(() => says('Over.')) : undefined)),
    );
    const project = new TestProject();
    const { workspaceId } = project;
    // The team begins with ten: one builder, and nine others.
    await openWorkspace({ agents: 12 }, workspaceId);
    const pool = { role: 'backend', minimum: 1, maximum: 4, targetLoad: 1, coolDownSeconds: 60 };
    await project.create({ pools: [pool], maxRevisions: 0 });
    const poolOf = async () => {
      const pools = await project.pools.pools();
      return pools.ok ? pools.value[0] : undefined;
    };
    await until(async () => ((await poolOf())?.agents === 3 ? true : undefined));
    expect(await poolOf()).toMatchObject({ agents: 3, short: 1 });
    expect(await used(workspaceId, 'agents')).toBe(12);
    const refused = { commandId: 'other', workspaceId, projectId: newProjectId() };
    const other = await projectStub(env, workspaceId, refused.projectId).create({
      ...refused,
      specification: '# A\n\nB.\n',
    });
    expect(other).toMatchObject({ ok: false, error: { type: 'quota.exceeded' } });

    await workspaceStub(env, workspaceId).setQuotas({
      commandId: 'more',
      limits: { agents: 13 },
      by: 'person:operator',
    });
    await killEverything();
    await project.pools.setPools({ commandId: 'again', pools: [pool], by: 'person:k' });
    await until(async () => ((await poolOf())?.agents === 4 ? true : undefined));
    expect(await poolOf()).toMatchObject({ agents: 4, short: 0 });
    expect(await used(workspaceId, 'agents')).toBe(13);
    await project.stub.cancel({ commandId: 'end' });
    ended.resolve();
  });
});

describe('quotas of apps and of stored bytes', () => {
  it('count what a finished project has, refuse the next one, and say which limit it was', async () => {
    const workspaceId = await openWorkspace({ apps: 1 });
    const first = newProjectId();
    expect(await create(workspaceId, first)).toMatchObject({ ok: true });
    await until(async () => {
      const view = await projectStub(env, workspaceId, first).get();
      return view.ok && view.value.status === 'completed' ? true : undefined;
    });
    expect(await used(workspaceId, 'apps')).toBe(1);
    const permitted = await projectStub(env, workspaceId, first).deploy({ commandId: 'again', slot: 'staging' });
    expect(permitted).toMatchObject({ ok: true });

    scriptModel(() => new Promise(() => undefined));
    const second = newProjectId();
    expect(await create(workspaceId, second)).toMatchObject({ ok: true });
    const deploy = (commandId: string) => projectStub(env, workspaceId, second).deploy({ commandId, slot: 'preview' });
    expect(await deploy('first')).toMatchObject({
      ok: false,
      error: { type: 'quota.exceeded', detail: expect.stringContaining('“apps”') },
    });
    const raise = (limits: QuotaAmounts) =>
      workspaceStub(env, workspaceId).setQuotas({ commandId: JSON.stringify(limits), limits, by: 'person:operator' });
    await raise({ apps: 2 });
    // There is nothing on its main yet: it gets that far.
    expect(await deploy('second')).toMatchObject({ ok: false, error: { type: 'resource.not_found' } });

    await until(async () => ((await used(workspaceId, 'storedBytes')) ?? 0) > 100_000 || undefined);
    await raise({ storedBytes: 1 });
    expect(await create(workspaceId, newProjectId())).toMatchObject({
      ok: false,
      error: { type: 'quota.exceeded', detail: expect.stringContaining('“storedBytes”') },
    });
    await projectStub(env, workspaceId, second).cancel({ commandId: 'end' });
  });
});
