/** The service registry over HTTP. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createGateway,
  createRoleKey,
  createTestProject,
  createWorkspace,
  prepareDirectory,
  type Gateway,
  type TestWorkspace,
} from '../testing/harness.ts';

const origin = 'https://payments.example.com';

let gateway: Gateway;
let workspace: TestWorkspace;

beforeAll(prepareDirectory);
beforeEach(async () => {
  gateway = createGateway({}, { AIDEVOS_SERVICE_ORIGINS: `${origin},http://127.0.0.1:9000` });
  workspace = await createWorkspace(gateway);
});

const send = (path: string, options: Parameters<Gateway['send']>[1] = {}): Promise<Response> =>
  gateway.send(path, { key: workspace.ownerKey, ...options });

interface Shown {
  readonly name: string;
  readonly instance: string;
  readonly metadata: { readonly version: string; readonly weight: number };
}

const endpoints = [{ kind: 'http', url: `${origin}/v1` }];
const registration = (over: object = {}) => ({
  name: 'payments',
  instance: 'one',
  metadata: { version: '1.2.0', capabilities: ['charge-card'], tags: ['shop', 'eu'] },
  endpoints,
  ...over,
});

const register = (over: object = {}): Promise<Response> => send('/api/services', { json: registration(over) });

const namesOf = async (path: string): Promise<readonly string[]> => {
  const body: { services: readonly Shown[] } = await (await send(path)).json();
  return body.services.map(({ name, instance }) => `${name}/${instance}`);
};

describe('services over HTTP', () => {
  it('are registered, found, changed, heard of and deregistered', async () => {
    const registered = await register({ leaseSeconds: 30 });
    expect(registered.status).toBe(201);
    const { leaseToken, service }: { leaseToken: string; service: Shown } = await registered.json();
    expect(service).toMatchObject({ owner: 'workspace', kind: 'external', metadata: { weight: 100, attributes: {} } });
    expect(await namesOf('/api/service-discovery?capability=charge-card&version=^1.1&tag=shop,eu')).toEqual([
      'payments/one',
    ]);
    expect(await namesOf('/api/service-discovery?capability=charge-card&version=^2')).toEqual([]);
    expect(await namesOf('/api/services/payments')).toEqual(['payments/one']);
    const path = '/api/service-instances/payments/one';
    expect(await (await send(path)).json()).toEqual(service);
    const change = { metadata: { weight: 5 }, ifRevision: 1 };
    expect(await (await send(path, { method: 'PATCH', json: change })).json()).toMatchObject({
      revision: 2,
      metadata: { version: '1.2.0', weight: 5 },
    });
    expect((await send(path, { method: 'PATCH', json: change })).status).toBe(409);
    const beat = await send(`${path}/heartbeat`, { json: { leaseToken, load: 0.5 } });
    expect(await beat.json()).toEqual({ expiresAt: expect.any(Number) });
    const stranger = await send(`${path}/heartbeat`, { json: { leaseToken: 'guessed' } });
    expect([stranger.status, await stranger.json()]).toMatchObject([409, { code: 'lease.stale' }]);
    expect((await send(path, { method: 'DELETE' })).status).toBe(200);
    expect((await send(path)).status).toBe(404);
    expect((await send('/api/services/payments')).status).toBe(404);
  });

  it('are listed in pages with those of the platform, and filtered', async () => {
    for (const instance of ['a', 'b', 'c']) await register({ instance });
    expect(await namesOf('/api/services?name=payments&limit=2')).toEqual(['payments/a', 'payments/b']);
    const page: { next?: string } = await (await send('/api/services?name=payments&limit=2')).json();
    expect(page.next).toBe('payments/b');
    expect(await namesOf(`/api/services?name=payments&limit=2&after=${page.next}`)).toEqual(['payments/c']);
    expect(await namesOf('/api/services?kind=platform&search=git%20over')).toEqual(['aidevos-repository/platform']);
    expect(await namesOf('/api/services?limit=500')).toContain('aidevos-project/platform');
  });

  it('of one workspace are nobody else’s', async () => {
    await register();
    const other = await createWorkspace(gateway);
    const key = other.ownerKey;
    expect((await gateway.send('/api/services/payments', { key })).status).toBe(404);
    expect((await gateway.send('/api/services', { key, json: registration() })).status).toBe(201);
    const viewer = await createRoleKey(gateway, workspace, 'viewer');
    expect((await gateway.send('/api/services/payments', { key: viewer })).status).toBe(200);
    expect((await gateway.send('/api/services', { key: viewer, json: registration() })).status).toBe(403);
  });

  it('answer a repeated registration as the first, and refuse a second one of the address', async () => {
    const headers = { 'idempotency-key': 'once' };
    const first = await send('/api/services', { json: registration({ leaseSeconds: 9 }), headers });
    const again = await send('/api/services', { json: registration({ leaseSeconds: 9 }), headers });
    expect(await again.json()).toEqual(await first.json());
    expect((await register()).status).toBe(409);
  });

  it('are at addresses that the operator allows, and apps of the workspace', async () => {
    const project = await createTestProject(gateway, workspace.ownerKey);
    const other = await createWorkspace(gateway);
    const foreign = await createTestProject(gateway, other.ownerKey);
    const at = (endpoint: object, instance: string) => register({ endpoints: [endpoint], instance });
    const app = (projectId: string) => ({ kind: 'app', projectId, slot: 'preview' });
    expect((await at({ kind: 'http', url: 'http://127.0.0.1:9000/x' }, 'a')).status).toBe(201);
    expect((await at(app(project), 'b')).status).toBe(201);
    for (const [endpoint, field] of [
      [{ kind: 'http', url: 'https://other.example.com' }, 'body.endpoints.0.url'],
      [{ kind: 'http', url: 'http://169.254.169.254/latest/meta-data' }, 'body.endpoints.0.url'],
      [{ kind: 'http', url: 'http://127.0.0.1:9001' }, 'body.endpoints.0.url'],
      [{ kind: 'http', url: 'https://user:pass@payments.example.com' }, 'body.endpoints.0.url'],
      [{ kind: 'http', url: `${origin}/?key=a` }, 'body.endpoints.0.url'],
      [{ kind: 'http', url: 'file:///etc/passwd' }, 'body.endpoints.0.url'],
      [app(foreign), 'body.endpoints.0.projectId'],
      [{ kind: 'object', objectKind: 'workspace', objectId: 'x' }, 'body.endpoints.0.kind'],
    ] as const) {
      const refused = await at(endpoint, 'c');
      expect([refused.status, await refused.json()]).toMatchObject([400, { errors: [{ field }] }]);
    }
  });

  it.each<readonly [over: object, field: string]>([
    [{ name: 'Payments' }, 'body.name'],
    [{ name: 'aidevos-project' }, 'body.name'],
    [{ name: 'app-shop' }, 'body.name'],
    [{ instance: 'a/b' }, 'body.instance'],
    [{ metadata: {} }, 'body.metadata.version'],
    [{ metadata: { version: 'one' } }, 'metadata.version'],
    [{ metadata: { version: '1.0.0', weight: 1e9 } }, 'body.metadata.weight'],
    [{ metadata: { version: '1.0.0', tags: Array.from({ length: 21 }, () => 'x') } }, 'body.metadata.tags'],
    [{ endpoints: [] }, 'body.endpoints'],
    [{ leaseSeconds: 0 }, 'body.leaseSeconds'],
    [{ owner: 'platform' }, 'body.owner'],
  ])('refuse %o by the name of the field', async (over, field) => {
    const refused = await register(over);
    expect([refused.status, await refused.json()]).toMatchObject([400, { errors: [{ field }] }]);
  });

  it('refuse a name of 10,000 characters, in a body and in a path', async () => {
    const name = 'x'.repeat(10_000);
    expect((await register({ name })).status).toBe(400);
    expect((await send(`/api/services/${name}`)).status).toBe(404);
    expect((await send(`/api/services?version=${name}`)).status).toBe(400);
  });

  it.each(['version=newest', 'tag=A', 'limit=0', 'nonsense=1'])('refuse the query %s', async (query) => {
    expect((await send(`/api/services?${query}`)).status).toBe(400);
  });

  it('tell what changed, as pages and as a stream that resumes', async () => {
    await register();
    await send('/api/service-instances/payments/one', { method: 'DELETE' });
    const pages = await Promise.all(
      [0, 1, 2, 3].map(async (shard) => {
        const body: { events: { sequence: number; event: { type: string; name: string } }[] } = await (
          await send(`/api/service-events/${shard}`)
        ).json();
        return body.events;
      }),
    );
    const shard = pages.findIndex((events) => events.some(({ event }) => event.name === 'payments'));
    const mine = (pages[shard] ?? []).filter(({ event }) => event.name === 'payments');
    expect(mine.map(({ event }) => event.type)).toEqual(['service.registered', 'service.deregistered']);
    const headers = { accept: 'text/event-stream', 'last-event-id': String(mine[0]?.sequence) };
    const stream = await send(`/api/service-events/${shard}`, { headers });
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('caught_up')) text += (await reader?.read())?.value ?? '';
    await reader?.cancel();
    expect(text).toContain('service.deregistered');
    expect(text).not.toContain('"service.registered"');
    expect((await send('/api/service-events/4')).status).toBe(404);
  });
});
