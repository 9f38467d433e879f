import { beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../shared/schemas/problem.ts';
import {
  createGateway,
  createTestProject,
  createWorkspace,
  operatorKey,
  prepareDirectory,
  type TestWorkspace,
} from '../testing/harness.ts';

const gateway = createGateway();
let workspace: TestWorkspace;
let key: string;
let projectId: string;

beforeAll(async () => {
  await prepareDirectory();
  workspace = await createWorkspace(gateway);
  key = workspace.ownerKey;
  projectId = await createTestProject(gateway, key);
});

const put = (path: string, json: unknown, by = key): Promise<Response> =>
  gateway.send(path, { key: by, json, method: 'PUT' });

describe('the pools of a project', () => {
  it('are none until they are set, and are given their usual load and cool-down', async () => {
    const path = `/api/projects/${projectId}/pools`;
    expect(await (await gateway.send(path, { key })).json()).toEqual({ pools: [] });
    const answer = await put(path, { pools: [{ role: 'backend', minimum: 1, maximum: 4 }] });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      pools: [{ role: 'backend', minimum: 1, maximum: 4, targetLoad: 2, coolDownSeconds: 60 }],
    });
  });

  it.each([
    [{ role: 'backend', minimum: 0, maximum: 4 }, 'pools.0.minimum'],
    [{ role: 'backend', minimum: 1, maximum: 51 }, 'pools.0.maximum'],
    [{ role: 'Backend!', minimum: 1, maximum: 4 }, 'pools.0.role'],
    [{ role: 'backend', minimum: 1, maximum: 4, targetLoad: 0 }, 'pools.0.targetLoad'],
    [{ role: 'backend', minimum: 1, maximum: 4, coolDownSeconds: 3_601 }, 'pools.0.coolDownSeconds'],
    [{ role: 'backend', minimum: 1, maximum: 4, colour: 'red' }, 'pools.0'],
  ])('refuse %j and name the field', async (pool, field) => {
    const answer = await put(`/api/projects/${projectId}/pools`, { pools: [pool] });
    const problem: Problem = await answer.json();
    expect(answer.status).toBe(400);
    expect(problem.errors?.[0]?.field).toContain(field);
  });

  it('of another workspace are not found', async () => {
    const stranger = await createWorkspace(gateway);
    expect((await gateway.send(`/api/projects/${projectId}/pools`, { key: stranger.ownerKey })).status).toBe(404);
    expect((await put(`/api/projects/${projectId}/pools`, { pools: [] }, stranger.ownerKey)).status).toBe(404);
  });
});

describe('the quotas of a workspace', () => {
  it('are shown to its people with limit, use and what is counted', async () => {
    const answer = await gateway.send('/api/quotas', { key });
    expect(answer.status).toBe(200);
    const document: { quotas: readonly { quota: string }[] } = await answer.json();
    expect(document.quotas.map(({ quota }) => quota)).toEqual(['projects', 'agents', 'apps', 'storedBytes']);
    expect(document.quotas[0]).toMatchObject({ limit: 10_000, source: 'default', used: 0 });
  });

  it('are set by operators alone, one by one, and taken away again', async () => {
    const path = `/api/workspaces/${workspace.workspaceId}/quotas`;
    expect((await put(path, { limits: { agents: 5 } })).status).toBe(403);
    expect((await put(path, { limits: { agents: 5 } }, operatorKey)).status).toBe(200);
    const set = await put(path, { limits: { projects: 2 } }, operatorKey);
    expect(await set.json()).toMatchObject({
      quotas: [{ limit: 2, source: 'workspace' }, { limit: 5, source: 'workspace' }, { source: 'default' }, {}],
    });
    const taken = await put(path, { limits: { agents: null } }, operatorKey);
    expect(await taken.json()).toMatchObject({ quotas: [{ limit: 2 }, { limit: 100_000, source: 'default' }, {}, {}] });
  });

  it.each([{ poets: 1 }, { agents: -1 }, { agents: 1.5 }, { agents: '5' }, {}])(
    'refuse the limits %j',
    async (limits) => {
      const answer = await put(`/api/workspaces/${workspace.workspaceId}/quotas`, { limits }, operatorKey);
      expect(answer.status).toBe(400);
    },
  );

  it('of another workspace are not found', async () => {
    const stranger = await createWorkspace(gateway);
    const path = `/api/workspaces/${workspace.workspaceId}/quotas`;
    expect((await gateway.send(path, { key: stranger.ownerKey })).status).toBe(404);
  });
});
