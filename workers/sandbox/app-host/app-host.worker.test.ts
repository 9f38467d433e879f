import { env, exports } from 'cloudflare:workers';
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { Slot } from '../../../shared/rpc/sandbox.ts';
import type { SourceFiles } from '../../../shared/rpc/toolchain.ts';
import type { SandboxEnvironment } from '../environment.ts';
import { built, sandbox } from '../testing/run-files.ts';

const notes = (greeting: string): SourceFiles => ({
  'src/app.ts': `
    import { DurableObject } from 'cloudflare:workers';
    export class App extends DurableObject {
      constructor(ctx: DurableObjectState, env: unknown) {
        super(ctx, env);
        ctx.storage.sql.exec('create table if not exists note (id integer primary key, text text not null)');
      }
      async fetch(request: Request): Promise<Response> {
        const url = new URL(request.url);
        if (url.pathname === '/throw') throw new Error('secret detail');
        if (url.pathname === '/loop') for (;;) {}
        if (url.pathname === '/fetch') await fetch('http://127.0.0.1:9/');
        if (url.pathname === '/alarm') await this.ctx.storage.setAlarm(1);
        if (url.pathname === '/socket') {
          const { 0: client, 1: server } = new WebSocketPair();
          server.accept();
          server.addEventListener('message', (event: MessageEvent) => server.send('echo ' + String(event.data)));
          return new Response(null, { status: 101, webSocket: client });
        }
        if (url.pathname === '/never') await new Promise(() => {});
        if (url.pathname === '/proxy') throw new Proxy(new Error(), { get() { for (;;) {} } });
        if (url.pathname === '/later') setTimeout(() => { throw new Error('later'); }, 0);
        if (url.pathname === '/endless') return new Response(new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(65_536)); } }));
        if (url.pathname === '/nothing') return undefined as unknown as Response;
        if (url.pathname === '/large') return new Response('x'.repeat(300 * 1024));
        if (url.pathname === '/echo') return Response.json({ headers: Object.fromEntries(request.headers), url: request.url });
        if (request.method === 'POST') {
          this.ctx.storage.sql.exec('insert into note (text) values (?)', await request.text());
        }
        const list = this.ctx.storage.sql.exec('select text from note order by id').toArray();
        return Response.json({ greeting: '${greeting}', notes: list.map((row) => row.text) });
      }
    }
  `,
});

const appHost = (app: string) => (env as unknown as SandboxEnvironment).APP_HOST.getByName(app);

async function deploy(app: string, slot: Slot, version: string, files: SourceFiles) {
  return await sandbox.deploy({ app, slot, version, built: built(files), entry: 'src/app.ts' });
}

async function ask(app: string, slot: Slot, path: string, body?: string) {
  const method = body === undefined ? 'GET' : 'POST';
  const result = await sandbox.request({
    app,
    slot,
    method,
    path,
    headers: {},
    ...(body === undefined ? {} : { body }),
  });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const served = (exports as unknown as { readonly default: Fetcher }).default;

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return await served.fetch(`https://sandbox${path}`, { headers });
}

describe('deployed apps', () => {
  it('keep their data over a new version, a rollback and a restart', async () => {
    const app = 'w/app-host/keeps';
    expect(await deploy(app, 'production', 'v1', notes('one'))).toMatchObject({ ok: true, value: { version: 'v1' } });
    await ask(app, 'production', '/', 'first');
    expect(await deploy(app, 'production', 'v2', notes('two'))).toMatchObject({
      ok: true,
      value: { version: 'v2', previousVersion: 'v1' },
    });
    expect(JSON.parse((await ask(app, 'production', '/', 'second')).body)).toEqual({
      greeting: 'two',
      notes: ['first', 'second'],
    });
    expect(await sandbox.rollback(app, 'production', 'v1')).toMatchObject({ ok: true, value: { version: 'v1' } });
    // Named, it may be repeated; a version that the slot does not come from is refused.
    expect(await sandbox.rollback(app, 'production', 'v1')).toMatchObject({ ok: true, value: { version: 'v1' } });
    expect(await sandbox.rollback(app, 'production', 'v0')).toMatchObject({ error: { type: 'state.conflict' } });
    await evictDurableObject(appHost(app));
    expect(JSON.parse((await ask(app, 'production', '/')).body)).toEqual({
      greeting: 'one',
      notes: ['first', 'second'],
    });
  });

  it('change nothing when the same version is deployed again', async () => {
    const app = 'w/app-host/again';
    const first = await deploy(app, 'preview', 'v1', notes('one'));
    expect(await deploy(app, 'preview', 'v1', notes('one'))).toEqual(first);
    expect(await deploy(app, 'preview', 'v1', notes('other'))).toEqual(first);
    expect(JSON.parse((await ask(app, 'preview', '/')).body).greeting).toBe('one');
  });

  it('are promoted with the data of the target kept', async () => {
    const app = 'w/app-host/promote';
    expect(await sandbox.promote(app, 'staging', 'production')).toMatchObject({
      ok: false,
      error: { type: 'state.conflict' },
    });
    await deploy(app, 'staging', 'v1', notes('one'));
    await ask(app, 'staging', '/', 'staging only');
    expect(await sandbox.promote(app, 'staging', 'production')).toMatchObject({
      ok: true,
      value: { slot: 'production', version: 'v1' },
    });
    expect(JSON.parse((await ask(app, 'production', '/')).body)).toEqual({ greeting: 'one', notes: [] });
    expect(await sandbox.rollback(app, 'production')).toMatchObject({ ok: false, error: { type: 'state.conflict' } });
  });

  it('are emptied on reset, except in production', async () => {
    const app = 'w/app-host/reset';
    await deploy(app, 'staging', 'v1', notes('one'));
    await deploy(app, 'production', 'v1', notes('one'));
    await ask(app, 'staging', '/', 'gone soon');
    expect(await sandbox.reset(app, 'staging')).toMatchObject({ ok: true });
    expect(JSON.parse((await ask(app, 'staging', '/')).body).notes).toEqual([]);
    expect(await sandbox.reset(app, 'production')).toMatchObject({ ok: false, error: { type: 'request.invalid' } });
  });

  it('count requests and errors', async () => {
    const app = 'w/app-host/counts';
    await deploy(app, 'preview', 'v1', notes('one'));
    await ask(app, 'preview', '/');
    await ask(app, 'preview', '/throw');
    expect(await sandbox.status(app)).toMatchObject([{ slot: 'preview', requests: 2, errors: 1 }]);
  });

  it('are pruned to the newest versions and those in use', async () => {
    const app = 'w/app-host/prune';
    await deploy(app, 'staging', 'v1', notes('1'));
    for (let version = 1; version <= 9; version += 1) {
      await deploy(app, 'preview', `v${String(version)}`, notes(String(version)));
    }
    const versions = await runInDurableObject(appHost(app), (_host, { storage }) =>
      storage.sql
        .exec('SELECT version, count(text) AS chunks FROM version JOIN version_chunk USING (version) GROUP BY version')
        .toArray(),
    );
    expect(versions.map(({ version }) => version)).toEqual(['v1', 'v5', 'v6', 'v7', 'v8', 'v9']);
  });

  it('that do not load are refused with the reason', async () => {
    const app = 'w/app-host/broken';
    expect(await deploy(app, 'preview', 'v1', { 'src/app.ts': 'export const nothing = 1;' })).toMatchObject({
      ok: false,
      error: { issues: [{ field: 'built', reason: expect.stringContaining('does not export a class named App') }] },
    });
    expect(await deploy(app, 'preview', 'v2', { 'src/app.ts': 'for (;;) {}' })).toMatchObject({
      ok: false,
      error: { issues: [{ reason: expect.stringContaining('endless loop') }] },
    });
    expect(await sandbox.status(app)).toEqual([]);
  });
});

describe('serving', () => {
  it('strips the path, passes the prefix on and drops headers of the platform', async () => {
    const app = 'w/app-host/serve';
    await deploy(app, 'production', 'v1', notes('one'));
    const response = await get(`/apps/${encodeURIComponent(app)}/production/echo?a=1`, {
      'x-aidevos-prefix': '/apps/p',
      'x-forwarded-prefix': '/forged',
      'x-aidevos-secret': 'x',
    });
    const { url, headers } = await response.json<{ url: string; headers: Record<string, string> }>();
    expect(new URL(url).pathname + new URL(url).search).toBe('/echo?a=1');
    expect(headers['x-forwarded-prefix']).toBe('/apps/p');
    expect(Object.keys(headers).filter((name) => name.startsWith('x-aidevos'))).toEqual([]);
  });

  it.each([
    ['/throw', 500],
    ['/loop', 500],
    ['/fetch', 500],
    ['/alarm', 500],
    ['/nothing', 500],
    ['/proxy', 500],
  ])('answers %s with problem+json and serves on', async (path, status) => {
    const app = 'w/app-host/hostile';
    await deploy(app, 'production', 'v1', notes('one'));
    const response = await get(`/apps/${encodeURIComponent(app)}/production${path}`);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.text()).not.toMatch(/secret detail|\.ts|at /);
    expect((await get(`/apps/${encodeURIComponent(app)}/production/`)).status).toBe(200);
  });

  it('passes WebSockets on', async () => {
    const app = 'w/app-host/socket';
    await deploy(app, 'production', 'v1', notes('one'));
    const response = await get(`/apps/${encodeURIComponent(app)}/production/socket`, { upgrade: 'websocket' });
    const socket = response.webSocket;
    if (socket === null) throw new Error(`There is no socket, but ${String(response.status)}`);
    socket.accept();
    const answer = new Promise((resolve) => {
      socket.addEventListener('message', ({ data }) => resolve(data), { once: true });
    });
    socket.send('hello');
    expect(await answer).toBe('echo hello');
    socket.close(1000, 'done');
  });

  it('answers 504 when the app does not answer in time', async () => {
    const app = 'w/app-host/late';
    await deploy(app, 'production', 'v1', notes('one'));
    await runInDurableObject(appHost(app), (host) => {
      host.requestDeadlineMs = 50;
    });
    const response = await get(`/apps/${encodeURIComponent(app)}/production/never`);
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ status: 504, type: 'urn:aidevos:problem:service.timeout' });
    expect((await get(`/apps/${encodeURIComponent(app)}/production/`)).status).toBe(200);
    expect(await sandbox.status(app)).toMatchObject([{ requests: 2, errors: 1 }]);
  });

  it('breaks off an answer that does not end', async () => {
    const app = 'w/app-host/endless';
    await deploy(app, 'production', 'v1', notes('one'));
    await expect((await get(`/apps/${encodeURIComponent(app)}/production/endless`)).arrayBuffer()).rejects.toThrow();
    expect(await ask(app, 'production', '/endless')).toMatchObject({ truncated: true });
  });

  it('survives an app whose constructor throws, and the next version heals it', async () => {
    const app = 'w/app-host/constructor';
    const broken = { 'src/app.ts': `export class App { constructor() { throw new Error('no'); } }` };
    expect(await deploy(app, 'production', 'v1', broken)).toMatchObject({ ok: true });
    expect((await get(`/apps/${encodeURIComponent(app)}/production/`)).status).toBe(500);
    expect((await get(`/apps/${encodeURIComponent(app)}/production/`)).status).toBe(500);
    await deploy(app, 'production', 'v2', notes('two'));
    expect((await get(`/apps/${encodeURIComponent(app)}/production/`)).status).toBe(200);
  });

  it('answers 404 for an unknown slot, app or path', async () => {
    for (const path of [
      '/apps/none/production/',
      '/apps/none/nowhere/',
      '/apps/',
      '/other',
      '/apps/%E0%A4%A/production/',
    ]) {
      const response = await get(path);
      expect([path, response.status]).toEqual([path, 404]);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
    }
  });

  it('cuts a large body of one exchange and says so', async () => {
    const app = 'w/app-host/large';
    await deploy(app, 'preview', 'v1', notes('one'));
    const answer = await ask(app, 'preview', '/large');
    expect([answer.body.length, answer.truncated]).toEqual([256 * 1024, true]);
  });

  it('answers a ping', async () => {
    expect(await (await get('/ping')).text()).toBe('pong');
    expect(await sandbox.ping()).toBe('pong');
  });
});
