import { beforeAll, describe, expect, it } from 'vitest';
import {
  createGateway,
  createRoleKey,
  createTestProject,
  createWorkspace,
  prepareDirectory,
} from '../testing/harness.ts';

const gateway = createGateway();
let key: string;
let viewerKey: string;
let strangerKey: string;
let path: string;

beforeAll(async () => {
  await prepareDirectory();
  const workspace = await createWorkspace(gateway);
  key = workspace.ownerKey;
  viewerKey = await createRoleKey(gateway, workspace, 'viewer');
  strangerKey = (await createWorkspace(gateway)).ownerKey;
  path = `/api/projects/${await createTestProject(gateway, key)}/quality/mutation`;
});

describe('mutation testing', () => {
  it('is started with a default limit, and read', async () => {
    const started = await gateway.send(path, { key, json: {} });
    expect(started.status).toBe(202);
    expect(await started.json()).toMatchObject({ status: 'running', limit: 100 });
    expect((await gateway.send(path, { key: viewerKey })).status).toBe(200);
  });

  it.each([[{ limit: 0 }], [{ limit: 501 }], [{ limit: 1.5 }], [{ since: '' }], [{ other: 1 }]])(
    'refuses %j and names the field',
    async (json) => {
      const answer = await gateway.send(path, { key, json });
      expect(answer.status).toBe(400);
      expect(JSON.stringify(await answer.json())).toContain(Object.keys(json)[0]);
    },
  );

  it('is started by those who control the project', async () => {
    expect((await gateway.send(path, { key: viewerKey, json: {} })).status).toBe(403);
    expect((await gateway.send(path, { key: strangerKey, json: {} })).status).toBe(404);
    expect((await gateway.send(path, { key: strangerKey })).status).toBe(404);
  });
});

describe('measuring on request', () => {
  const measurements = (): string => path.replace(/mutation$/, 'measurements');

  it('takes all kinds unless some are named, shows progress, and is cancelled', async () => {
    const started = await gateway.send(measurements(), { key, json: {} });
    expect(started.status).toBe(202);
    expect(await started.json()).toMatchObject({
      status: 'running',
      kinds: expect.arrayContaining(['coverage', 'api']),
    });
    const some = await gateway.send(measurements(), { key, json: { kinds: ['size'] } });
    expect(await some.json()).toMatchObject({ kinds: ['size'] });
    expect((await gateway.send(measurements(), { key: viewerKey })).status).toBe(200);
    const cancelled = await gateway.send(measurements(), { key, method: 'DELETE' });
    expect(await cancelled.json()).toMatchObject({ status: 'cancelled' });
  });

  it.each([[{ kinds: ['feeling'] }], [{ kinds: 'all' }], [{ other: 1 }]])(
    'refuses %j and names the field',
    async (json) => {
      const answer = await gateway.send(measurements(), { key, json });
      expect(answer.status).toBe(400);
      expect(JSON.stringify(await answer.json())).toContain(Object.keys(json)[0]);
    },
  );
});

describe('performance tests', () => {
  const performance = (): string => path.replace(/mutation$/, 'performance');

  it('are started with what is usual, listed, and cancelled', async () => {
    const started = await gateway.send(performance(), { key, json: { kind: 'load', load: { ratePerSecond: 10 } } });
    expect(started.status).toBe(202);
    expect(await started.json()).toMatchObject({ status: 'running', branch: 'main', pairs: 20 });
    const listed = await gateway.send(`${performance()}?kind=bench&limit=5`, { key: viewerKey });
    expect(await listed.json()).toMatchObject({ runs: [{ kind: 'bench' }] });
    expect(await (await gateway.send(performance(), { key, method: 'DELETE' })).json()).toMatchObject({
      status: 'cancelled',
    });
    expect((await gateway.send(performance(), { key: viewerKey, json: { kind: 'bench' } })).status).toBe(403);
  });

  it.each([
    [{ kind: 'guess' }, 'kind'],
    [{ kind: 'bench', pairs: 0 }, 'pairs'],
    [{ kind: 'bench', load: {} }, 'load'],
    [{ kind: 'load', load: { exchanges: [{ path: '//elsewhere' }] } }, 'exchanges'],
    [{ kind: 'load', load: { exchanges: [] } }, 'exchanges'],
    [{ kind: 'load', load: { ratePerSecond: 501 } }, 'ratePerSecond'],
  ])('refuse %j and name the field', async (json, field) => {
    const answer = await gateway.send(performance(), { key, json });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(await answer.json())).toContain(field);
  });
});
