/** Service objects of apps and compositions under the State Manager over HTTP; the sandbox is a fake that keeps notes. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { err, ok } from '../../../shared/errors/result.ts';
import type { ObjectLifecycle } from '../../../shared/rpc/managed-object.ts';
import type { SandboxRpc } from '../../../shared/rpc/sandbox.ts';
import type { MemberPlace } from '../../../shared/rpc/services/service-states.ts';
import { fakeSandbox } from '../testing/fake-workers.ts';
import {
  createGateway,
  createRoleKey,
  createTestProject,
  createWorkspace,
  prepareDirectory,
  type Gateway,
  type TestWorkspace,
} from '../testing/harness.ts';

const asked: (readonly [string, MemberPlace])[] = [];
const note = (what: string, place: MemberPlace): void => void asked.push([what, place]);

const resting: ObjectLifecycle = {
  phase: 'inactive',
  work: { running: 0, deliveries: 0, deadLetters: 0 },
  storageBytes: 1,
};

const slot = { version: 'v1', deployedAt: 1, requests: 0, errors: 0 } as const;

const sandbox: SandboxRpc = {
  ...fakeSandbox,
  status: async (app) => {
    asked.push(['status', { group: app, member: 'group' }]);
    return [{ ...slot, slot: 'preview', services: ['auth', 'data'] }];
  },
  serviceState: async (place, query) => {
    note(`state ${JSON.stringify(query)}`, place);
    const version = query.version ?? 4;
    return ok({
      source: 'tables',
      version,
      newestVersion: 4,
      oldestVersion: 0,
      hash: 'h',
      state: { configuration: {} },
    });
  },
  serviceHistory: async (place) => {
    note('history', place);
    return ok({ events: [], newestVersion: 4, oldestVersion: 0 });
  },
  serviceDiff: async (place, { from, to = 4 }) => {
    note('diff', place);
    return ok({ from, to, patch: [], lines: [] });
  },
  serviceMigrations: async (place) => {
    note('migrations', place);
    return ok([]);
  },
  serviceLifecycle: async (place) => {
    note('lifecycle', place);
    return ok(resting);
  },
  deactivateService: async (place, { by }) => {
    note(`deactivate ${by.split(':')[0]}`, place);
    return ok(resting);
  },
  reviveService: async (place) => {
    note('revive', place);
    return ok(resting);
  },
  callService: async ({ group, service, method, input }) => {
    asked.push([`call ${service}.${method} ${JSON.stringify(input)}`, { group, member: 'group' }]);
    return method === 'accounts' ? ok({ items: [] }) : err({ type: 'request.invalid', detail: 'method: no' });
  },
};

let gateway: Gateway;
let workspace: TestWorkspace;
let projectId: string;

beforeAll(prepareDirectory);
beforeEach(async () => {
  gateway = createGateway({ sandbox });
  workspace = await createWorkspace(gateway);
  projectId = await createTestProject(gateway, workspace.ownerKey);
  asked.length = 0;
});

const send = (path: string, options: Parameters<Gateway['send']>[1] = {}): Promise<Response> =>
  gateway.send(`/api/objects/service/${path}`, { key: workspace.ownerKey, ...options });

describe('the services of an app', () => {
  it('are asked in the sandbox by the name of their group', async () => {
    const group = `${workspace.workspaceId}/app-host/${projectId}/preview`;
    const id = `${projectId}.preview.auth`;
    const state = await send(`${id}?version=2`);
    expect([state.status, state.headers.get('etag'), await state.json()]).toMatchObject([
      200,
      '"h"',
      { kind: 'service', objectId: id, source: 'tables', newestVersion: 4 },
    ]);
    for (const path of ['history', 'diff?from=1', 'migrations', 'lifecycle']) {
      expect([path, (await send(`${id}/${path}`)).status]).toEqual([path, 200]);
    }
    expect((await send(`${id}/deactivate`, { json: { reason: 'maintenance' } })).status).toBe(200);
    expect((await send(`${id}/revive`, { method: 'POST' })).status).toBe(200);
    expect((await send(`${projectId}.preview.group`)).status).toBe(200);
    const place = { group, member: 'auth' };
    expect(asked.filter(([what]) => what !== 'status')).toEqual([
      ['state {"version":2}', place],
      ['history', place],
      ['diff', place],
      ['migrations', place],
      ['lifecycle', place],
      ['deactivate person', place],
      ['revive', place],
      ['state {}', { group, member: 'group' }],
    ]);
  });

  it('that are not declared, not deployed, or nobody’s name are not found, and nothing is asked of them', async () => {
    for (const id of [
      `${projectId}.preview.user`,
      `${projectId}.production.auth`,
      `${projectId}.auth`,
      'shop.auth',
      'nonsense',
      `prj_${'0'.repeat(26)}.preview.auth`,
    ]) {
      expect([id, (await send(id)).status]).toEqual([id, 404]);
    }
    expect(asked.every(([what]) => what === 'status')).toBe(true);
  });

  it('of another workspace are not found, and wake no host', async () => {
    const other = await createWorkspace(gateway);
    const answer = await send(`${projectId}.preview.auth`, { key: other.ownerKey });
    expect([answer.status, asked]).toEqual([404, []]);
  });

  it('are read by viewers, and steered by owners', async () => {
    const viewer = await createRoleKey(gateway, workspace, 'viewer');
    expect((await send(`${projectId}.preview.data`, { key: viewer })).status).toBe(200);
    const path = `${projectId}.preview.data/deactivate`;
    expect((await send(path, { key: viewer, json: {} })).status).toBe(403);
  });

  it('are called by owners alone, and only where they are set up', async () => {
    const group = `${workspace.workspaceId}/app-host/${projectId}/preview`;
    const path = `${projectId}.preview.auth/call`;
    const call = { json: { method: 'accounts', input: { limit: 2 } } };
    const called = await send(path, call);
    expect([called.status, await called.json()]).toEqual([200, { value: { items: [] } }]);
    expect((await send(path, { json: { method: 'signIn' } })).status).toBe(400);
    expect(asked.filter(([what]) => what.startsWith('call'))).toEqual([
      ['call auth.accounts {"limit":2}', { group, member: 'group' }],
      ['call auth.signIn {}', { group, member: 'group' }],
    ]);
    asked.length = 0;
    for (const role of ['viewer', 'member'] as const) {
      expect((await send(path, { ...call, key: await createRoleKey(gateway, workspace, role) })).status).toBe(403);
    }
    const other = await createWorkspace(gateway);
    expect((await send(path, { ...call, key: other.ownerKey })).status).toBe(404);
    for (const id of [`${projectId}.preview.user`, `${projectId}.preview.group`, 'shop.auth', 'nonsense']) {
      expect([id, (await send(`${id}/call`, call)).status]).toEqual([id, 404]);
    }
    for (const json of [{}, { method: '' }, { method: 'accounts', input: [] }, { method: 'accounts', more: 1 }]) {
      expect((await send(path, { json })).status).toBe(400);
    }
    expect(asked.filter(([what]) => what.startsWith('call'))).toEqual([]);
  });

  it('are neither set back nor copied, and say what to do instead', async () => {
    const id = `${projectId}.preview.auth`;
    const restored = await send(`${id}/restore`, { json: { version: 1 } });
    expect([restored.status, await restored.json()]).toMatchObject([
      409,
      { code: 'state.irreversible', detail: expect.stringContaining('Deploy the version') },
    ]);
    const file = { method: 'POST', body: '{}', headers: { 'content-type': 'application/x-ndjson' } };
    for (const answer of [await send(`${id}/export`), await send(`${id}/import`, file), await send('trial', file)]) {
      expect([answer.status, (await answer.json<{ code: string }>()).code]).toEqual([409, 'resource.conflict']);
    }
  });
});
