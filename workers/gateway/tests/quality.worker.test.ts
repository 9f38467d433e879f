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
