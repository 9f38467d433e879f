/** Requests to services over HTTP, as the gateway passes them on. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SnapshotLookup } from '../../../shared/adapters/services/service-lookup.ts';
import { createServiceSnapshots } from '../../../shared/adapters/services/service-snapshots.ts';
import { ServiceRouter } from '../../../shared/adapters/services/service-router.ts';
import { serviceRegistryStub } from '../../../durable-objects/stubs.ts';
import { createDelivery } from '../service-delivery.ts';
import {
  bindings,
  createGateway,
  createRoleKey,
  createTestProject,
  createWorkspace,
  prepareDirectory,
  type Gateway,
  type TestWorkspace,
} from '../testing/harness.ts';

const origin = 'https://payments.example.com';

type Answer = (request: Request) => Response | Promise<Response>;

let outside: Answer;
let gateway: Gateway;
let workspace: TestWorkspace;
let origins: string[];

const echo: Answer = async (request) =>
  Response.json({
    url: request.url,
    method: request.method,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
  });

const createRouter = (): ServiceRouter => {
  const lookup = new SnapshotLookup({
    snapshots: createServiceSnapshots(bindings.DIRECTORY),
    registry: (workspaceId, shard) => serviceRegistryStub(bindings, workspaceId, shard),
    now: () => Date.now(),
    report: () => undefined,
    freshForMs: 0,
  });
  const sandboxHttp = { fetch: async (request: Request) => await outside(request) };
  const deliver = createDelivery({
    origins,
    sandboxHttp,
    objects: {},
    fetch: async (request) => await outside(request),
  });
  return new ServiceRouter({ lookup, deliver, now: () => Date.now(), report: () => undefined });
};

beforeAll(prepareDirectory);
beforeEach(async () => {
  outside = echo;
  origins = [origin];
  gateway = createGateway({ serviceRouter: createRouter() }, { AIDEVOS_SERVICE_ORIGINS: origin });
  workspace = await createWorkspace(gateway);
});

const send = (path: string, options: Parameters<Gateway['send']>[1] = {}): Promise<Response> =>
  gateway.send(path, { key: workspace.ownerKey, ...options });

const register = async (over: object = {}): Promise<void> => {
  const metadata = { version: '1.2.0', capabilities: ['charge-card'] };
  const endpoints = [{ kind: 'http', url: `${origin}/v1/` }];
  const json = { name: 'payments', instance: 'one', metadata, endpoints, ...over };
  expect((await send('/api/services', { json })).status).toBe(201);
};

interface Echo {
  readonly url: string;
  readonly method: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

describe('a request to a service', () => {
  it('arrives whole, without the platform’s key, and says who answered', async () => {
    await register();
    const answer = await send('/api/services/payments/cards/7?currency=eur', {
      method: 'POST',
      body: 'an order that is no JSON {',
      headers: {
        'content-type': 'application/json',
        'x-service-authorization': 'Bearer theirs',
        'x-aidevos-timeout-ms': '5000',
        'x-custom': 'kept',
      },
    });
    const seen: Echo = await answer.json();
    expect(answer.headers.get('x-aidevos-instance')).toBe('payments/one');
    expect(seen).toMatchObject({
      url: `${origin}/v1/cards/7?currency=eur`,
      method: 'POST',
      body: 'an order that is no JSON {',
      headers: { authorization: 'Bearer theirs', 'x-custom': 'kept', 'x-forwarded-prefix': '/api/services/payments' },
    });
    expect(Number(seen.headers['x-aidevos-timeout-ms'])).toBeLessThanOrEqual(5_000);
    expect(JSON.stringify(seen)).not.toContain('ados_');
    const root: Echo = await (await send('/api/services/payments/')).json();
    expect(root.url).toBe(`${origin}/v1/`);
  });

  it('finds by what a service can do, and by a range of versions', async () => {
    await register();
    await register({ instance: 'two', metadata: { version: '2.0.0', capabilities: ['charge-card'] } });
    const headers = { 'x-aidevos-capability': 'charge-card', 'x-aidevos-version': '^2' };
    const answer = await send('/api/service-calls/cards', { headers });
    expect(answer.headers.get('x-aidevos-instance')).toBe('payments/two');
    expect(((await answer.json()) as Echo).url).toBe(`${origin}/v1/cards`);
  });

  it('sends nothing to anybody when nobody is meant', async () => {
    await register();
    for (const headers of [{}, { 'x-aidevos-version': '*' }, { 'x-aidevos-instance': 'one' }]) {
      const answer = await send('/api/service-calls/cards', { method: 'POST', body: 'x', headers });
      const { detail } = await answer.json<{ detail: string }>();
      expect([answer.status, detail]).toEqual([400, expect.stringContaining('x-aidevos-capability: is needed here')]);
    }
  });

  it('streams both ways', async () => {
    await register();
    outside = (request) => new Response(request.body?.pipeThrough(new TransformStream()) ?? null);
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const sent = send('/api/services/payments/', {
      method: 'POST',
      body: readable,
      headers: { 'content-type': 'text/plain' },
    });
    const writing = writer.write(new TextEncoder().encode('first'));
    const answer = await sent;
    const reader = answer.body?.getReader();
    const first = await reader?.read();
    await writing;
    expect(new TextDecoder().decode(first?.value)).toBe('first');
    const more = 'x'.repeat(2_000_000);
    const rest = (async () => {
      await writer.write(new TextEncoder().encode(more));
      await writer.close();
    })();
    let length = 0;
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read())
      length += part.value.byteLength;
    await rest;
    expect(length).toBe(more.length);
  });

  it('to an app goes to its slot in the sandbox', async () => {
    const projectId = await createTestProject(gateway, workspace.ownerKey);
    await register({ name: 'shop', endpoints: [{ kind: 'app', projectId, slot: 'production' }] });
    const seen: Echo = await (await send('/api/services/shop/items')).json();
    expect(decodeURIComponent(new URL(seen.url).pathname)).toBe(
      `/apps/${workspace.workspaceId}/app-host/${projectId}/production/items`,
    );
  });

  it.each(['app', 'http'] as const)(
    'of kind %s hands a WebSocket over, with what either side closes it',
    async (kind) => {
      const projectId = await createTestProject(gateway, workspace.ownerKey);
      const endpoint = kind === 'app' ? { kind, projectId, slot: 'production' } : { kind, url: origin };
      await register({ name: 'talk', endpoints: [endpoint] });
      const atService: { code: number; reason: string }[] = [];
      outside = () => {
        const { 0: far, 1: near } = new WebSocketPair();
        near.accept();
        near.addEventListener('message', ({ data }) => {
          if (data === 'leave') near.close(4002, 'as you wish');
          else near.send(data);
        });
        near.addEventListener('close', ({ code, reason }) => {
          atService.push({ code, reason });
          near.close(code, reason);
        });
        return new Response(null, { status: 101, webSocket: far });
      };
      const open = async () => {
        const answer = await send('/api/services/talk/rooms/7', { headers: { upgrade: 'websocket' } });
        const { webSocket } = answer;
        if (webSocket === null) throw new Error(`The answer is ${answer.status} without a socket.`);
        webSocket.accept();
        const next = <Type extends 'message' | 'close'>(type: Type) =>
          new Promise<WebSocketEventMap[Type]>((resolve) => {
            webSocket.addEventListener(type, resolve, { once: true });
          });
        return { webSocket, next };
      };
      const first = await open();
      const echoed = first.next('message');
      first.webSocket.send('hello');
      expect((await echoed).data).toBe('hello');
      const farewell = first.next('close');
      first.webSocket.close(4001, 'done');
      await farewell;
      expect(atService).toEqual([{ code: 4001, reason: 'done' }]);
      const second = await open();
      const told = second.next('close');
      second.webSocket.send('leave');
      expect(await told).toMatchObject({ code: 4002, reason: 'as you wish' });
    },
  );

  it('is told clearly why it has no answer', async () => {
    await register();
    const codeOf = async (path: string, options: Parameters<Gateway['send']>[1] = {}) => {
      const answer = await send(path, options);
      const { code, detail }: { code: string; detail: string } = await answer.json();
      return [answer.status, code, detail];
    };
    expect(await codeOf('/api/services/nobody/')).toMatchObject([
      404,
      'resource.not_found',
      'There is no such service.',
    ]);
    expect(await codeOf('/api/services/payments/', { headers: { 'x-aidevos-version': '^9' } })).toMatchObject([
      503,
      'service.unavailable',
      expect.stringContaining('1.2.0'),
    ]);
    expect(await codeOf('/api/services/payments/', { headers: { 'x-aidevos-timeout-ms': 'soon' } })).toMatchObject([
      400,
      'request.invalid',
      expect.stringContaining('headers.x-aidevos-timeout-ms'),
    ]);
    expect(await codeOf('/api/services/aidevos-project/')).toMatchObject([
      503,
      'service.unavailable',
      expect.stringContaining('no HTTP'),
    ]);
    outside = () => {
      throw new Error('connect ECONNREFUSED 10.1.2.3:443');
    };
    const refused = await codeOf('/api/services/payments/', { method: 'POST' });
    expect(refused).toMatchObject([502, 'service.failed', expect.not.stringContaining('10.1.2.3')]);
    outside = () => new Promise(() => undefined);
    const late = { method: 'POST', headers: { 'x-aidevos-timeout-ms': '50' } };
    expect(await codeOf('/api/services/payments/', late)).toMatchObject([504, 'service.timeout', expect.any(String)]);
    expect(await codeOf('/api/services/PAYMENTS/')).toMatchObject([404, 'resource.not_found', expect.any(String)]);
  });

  it('goes nowhere that the operator does not allow any more, nor where a redirect leads', async () => {
    await register();
    outside = () => new Response(null, { status: 302, headers: { location: 'http://169.254.169.254/' } });
    const redirected = await send('/api/services/payments/', { method: 'POST' });
    expect(redirected.status).toBe(302);
    origins.length = 0;
    const refused = await send('/api/services/payments/');
    expect([refused.status, await refused.text()]).toMatchObject([
      503,
      expect.stringContaining('AIDEVOS_SERVICE_ORIGINS'),
    ]);
  });

  it('is for members of the workspace, whose services it reaches alone', async () => {
    await register();
    const viewer = await createRoleKey(gateway, workspace, 'viewer');
    expect((await gateway.send('/api/services/payments/', { key: viewer })).status).toBe(403);
    expect((await gateway.send('/api/services/payments/')).status).toBe(401);
    const other = await createWorkspace(gateway);
    expect((await gateway.send('/api/services/payments/', { key: other.ownerKey })).status).toBe(404);
    expect((await send('/api/services/payments', { method: 'POST', json: {} })).status).toBe(405);
  });
});
