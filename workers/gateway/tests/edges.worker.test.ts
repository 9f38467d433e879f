import { beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../shared/schemas/problem.ts';
import { entry } from '../entry.ts';
import type { Services } from '../services.ts';
import {
  bindings,
  createGateway,
  createRoleKey,
  createTestProject,
  createWorkspace,
  pepper,
  prepareDirectory,
  type TestWorkspace,
} from '../testing/harness.ts';
import { fakeSandbox, fakeToolchain } from '../testing/fake-workers.ts';

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

const basic = (password: string): Record<string, string> => ({ authorization: `Basic ${btoa(`git:${password}`)}` });

interface Echo {
  readonly url: string;
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

describe('git', () => {
  it('takes the key as the password and forwards without it', async () => {
    const path = `/git/${projectId}.git/info/refs?service=git-upload-pack`;
    const answer = await gateway.send(path, { headers: { ...basic(key), 'git-protocol': 'version=2', cookie: 'a=b' } });
    const echo: Echo = await answer.json();
    expect(echo).toMatchObject({
      name: `${workspace.workspaceId}/repository/${projectId}`,
      method: 'GET',
      path: '/info/refs?service=git-upload-pack',
      headers: { 'git-protocol': 'version=2' },
    });
    expect(Object.keys(echo.headers)).not.toContain('authorization');
    expect(Object.keys(echo.headers)).not.toContain('cookie');
  });

  it('streams a push on', async () => {
    const body = 'x'.repeat(2_000_000);
    const headers = { ...basic(key), 'content-type': 'application/x-git-receive-pack-request' };
    const answer = await gateway.send(`/git/${projectId}.git/git-receive-pack`, { body, headers, method: 'POST' });
    const echo: Echo = await answer.json();
    expect([answer.status, echo.path, echo.body.length]).toEqual([200, '/git-receive-pack', body.length]);
  });

  it('asks for a password, and refuses a wrong one', async () => {
    const path = `/git/${projectId}.git/info/refs?service=git-upload-pack`;
    for (const headers of [
      {},
      basic(''),
      basic('wrong'),
      { authorization: 'Basic %%%' },
      { authorization: `Bearer ${key}` },
    ]) {
      const answer = await gateway.send(path, { headers });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('Basic realm="aidevos"');
    }
  });

  it('lets a viewer fetch and not push', async () => {
    const headers = basic(await createRoleKey(gateway, workspace, 'viewer'));
    const path = `/git/${projectId}.git`;
    expect((await gateway.send(`${path}/info/refs?service=git-upload-pack`, { headers })).status).toBe(200);
    expect((await gateway.send(`${path}/info/refs?service=git-receive-pack`, { headers })).status).toBe(403);
    expect((await gateway.send(`${path}/git-receive-pack`, { headers, method: 'POST', body: 'x' })).status).toBe(403);
  });

  it('hides other workspaces’ repositories and everything that is not the protocol', async () => {
    const headers = basic((await createWorkspace(gateway)).ownerKey);
    const foreign = await gateway.send(`/git/${projectId}.git/info/refs?service=git-upload-pack`, { headers });
    expect(foreign.status).toBe(404);
    for (const path of ['HEAD', 'objects/info/packs', 'info/refs', 'info/refs?service=git-shell', 'git-upload-pack']) {
      expect((await gateway.send(`/git/${projectId}.git/${path}`, { headers: basic(key) })).status).toBe(404);
    }
  });
});

describe('apps', () => {
  const read = async (path: string, options = {}): Promise<Echo> => await (await gateway.send(path, options)).json();
  const host = (slot: string): string =>
    `https://sandbox/apps/${encodeURIComponent(`${workspace.workspaceId}/app-host/${projectId}`)}/${slot}`;

  it('are for everyone, in the slot of the address, under their prefix', async () => {
    const production = await read(`/apps/${projectId}/books?x=1`, { body: 'hello', method: 'POST' });
    expect(production).toMatchObject({
      url: `${host('production')}/books?x=1`,
      method: 'POST',
      body: 'hello',
      headers: { 'x-aidevos-prefix': `/apps/${projectId}` },
    });
    const preview = await read(`/apps/${projectId}@preview/`);
    expect(preview).toMatchObject({
      url: `${host('preview')}/`,
      headers: { 'x-aidevos-prefix': `/apps/${projectId}@preview` },
    });
  });

  it('redirect to the closing slash', async () => {
    const answer = await gateway.send(`/apps/${projectId}?x=1`);
    expect([answer.status, answer.headers.get('location')]).toEqual([308, `/apps/${projectId}/?x=1`]);
  });

  it('never see a key of the platform or a forged prefix, and do see their own authorization', async () => {
    const headers = { 'x-aidevos-prefix': '/forged', 'x-forwarded-for': '1.2.3.4', 'x-note': `my ${key}` };
    const guarded = await read(`/apps/${projectId}/`, { headers: { ...headers, authorization: `Bearer ${key}` } });
    expect(JSON.stringify(guarded)).not.toContain(key);
    expect(guarded.headers).not.toHaveProperty('x-forwarded-for');
    expect(guarded.headers['x-aidevos-prefix']).toBe(`/apps/${projectId}`);
    expect((await read(`/apps/${projectId}/`, { headers: basic(key) })).headers).not.toHaveProperty('authorization');
    const own = await read(`/apps/${projectId}/`, { headers: { authorization: 'Bearer app-token' } });
    expect(own.headers['authorization']).toBe('Bearer app-token');
  });

  it('stay inside their slot whatever the path', async () => {
    for (const path of ['../../x/', '%2e%2e/%2e%2e/x', '..%2f..%2fx', './/x']) {
      const answer = await gateway.send(`/apps/${projectId}/${path}`);
      const body: Partial<Echo> = await answer.json();
      if (answer.status === 200) expect(body.url?.startsWith(`${host('production')}/`)).toBe(true);
      else expect(answer.status).toBe(404);
    }
  });

  it('answer 404 for what is no app, as a page for a browser', async () => {
    const names = ['nope', `${projectId}@live`, `${projectId}@preview@x`, 'prj_00000000000000000000000000'];
    for (const name of names) expect((await gateway.send(`/apps/${name}/`)).status).toBe(404);
    const page = await gateway.send('/apps/nope/', { headers: { accept: 'text/html' } });
    expect(page.status).toBe(404);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('There is no such app.');
  });

  it('say clearly that the sandbox is away, without its inner words', async () => {
    const sandboxHttp = { fetch: async () => await Promise.reject(new Error('Network connection lost.')) };
    const answer = await createGateway({ sandboxHttp }).send(`/apps/${projectId}/`);
    expect(answer.status).toBe(503);
    expect(((await answer.json()) as Problem).detail).toBe('The app is not available at the moment. Try again.');
  });

  it('pass on what the sandbox says in an app’s place, as a problem and as a page', async () => {
    const detail = 'Nothing is deployed in the slot "production"';
    const sandboxHttp = {
      fetch: async () =>
        Response.json({ detail }, { status: 404, headers: { 'x-aidevos-problem': 'resource.not_found' } }),
    };
    const empty = createGateway({ sandboxHttp });
    const answer = await empty.send(`/apps/${projectId}/`);
    expect(answer.headers.get('x-aidevos-problem')).toBeNull();
    expect(await answer.json()).toMatchObject({ code: 'resource.not_found', status: 404, detail });
    const page = await empty.send(`/apps/${projectId}/`, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(404);
    expect(await page.text()).toContain('Nothing is deployed in the slot &quot;production&quot;');
  });

  it('are served while the directory does not answer, once it is known whose they are', async () => {
    const owners: Services['owners'] = { find: async () => workspace.workspaceId };
    expect((await createGateway({ owners }).send(`/apps/${projectId}/`)).status).toBe(200);
    const down = createGateway({ owners: { find: async () => await Promise.reject(new Error('D1 is down')) } });
    expect((await down.send(`/apps/${projectId}/`)).status).toBe(500);
  });
});

describe('pages', () => {
  it('shows what is running, and nothing loads from elsewhere', async () => {
    const home = await gateway.send('/');
    const text = await home.text();
    expect(text).toContain('healthy');
    expect(text).toContain('href="/docs"');
    const docs = await gateway.send('/docs');
    const page = await docs.text();
    expect(text + page).not.toMatch(/(?:src|href)="https?:/);
    expect(docs.headers.get('content-security-policy')).toContain("script-src 'self'");
  });

  it('serves its own files and no others', async () => {
    expect(await (await gateway.send('/assets/page.css')).text()).toBe('file /page.css');
    for (const name of ['..%2fsecret', 'index.ts', '%2e%2e%2fpage.css', 'page.css/x']) {
      expect((await gateway.send(`/assets/${name}`)).status).toBe(404);
    }
  });

  it('serves the OpenAPI document', async () => {
    const document: { openapi: string; paths: Record<string, unknown> } = await (
      await gateway.send('/openapi.json')
    ).json();
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toContain('/api/projects/{projectId}/events');
  });

  it('carries security headers on answers of every kind', async () => {
    for (const path of ['/', '/docs', '/health', '/openapi.json', '/nothing', '/api/projects']) {
      const { headers } = await gateway.send(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-request-id')).toMatch(/^req_/);
    }
  });
});

describe('health', () => {
  it('is degraded, not dead, when a part is down, and hides the cause', async () => {
    const away = async (): Promise<never> => await Promise.reject(new Error('secret address 10.0.0.1'));
    const answer = await createGateway({
      sandbox: { ...fakeSandbox, ping: away },
      toolchain: { ...fakeToolchain, build: away, code: away },
    }).send('/health');
    const text = await answer.text();
    expect(answer.status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      status: 'degraded',
      parts: {
        directory: { status: 'up' },
        sandbox: { status: 'down', reason: 'not reachable' },
        toolchain: { status: 'down' },
      },
    });
    expect(text).not.toContain('secret');
  });

  it('does not wait for a part that hangs', async () => {
    const hangs = async (): Promise<never> => await new Promise<never>(() => undefined);
    const answer = await createGateway({ sandbox: { ...fakeSandbox, ping: hangs } }).send('/health');
    expect(await answer.json()).toMatchObject({
      parts: { sandbox: { status: 'down', reason: 'no answer within 1500 ms' } },
    });
  });
});

describe('other origins', () => {
  it.each([
    ['https://dashboard.example.com', 'https://dashboard.example.com'],
    ['https://evil.example', null],
    ['null', null],
    ['https://dashboard.example.com.evil.example', null],
    ['http://dashboard.example.com', null],
  ])('%s is answered %s', async (origin, allowed) => {
    const headers = { origin, 'access-control-request-method': 'POST' };
    const preflight = await gateway.send('/api/projects', { method: 'OPTIONS', headers });
    expect(preflight.headers.get('access-control-allow-origin')).toBe(allowed);
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    const answer = await gateway.send('/api/projects', { key, headers: { origin } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(allowed);
  });
});

describe('the Worker’s entry', () => {
  const context = {
    waitUntil: () => undefined,
    passThroughOnException: () => undefined,
  } as unknown as ExecutionContext;
  const fetch = async (variables: object): Promise<Response> =>
    await entry.fetch(new Request('https://aidevos.test/health'), { ...bindings, ...variables }, context);

  it.each([
    [{}, ['AIDEVOS_KEY_PEPPER']],
    [{ AIDEVOS_KEY_PEPPER: 'short', AIDEVOS_MODEL: 'x' }, ['AIDEVOS_MODEL', 'AIDEVOS_KEY_PEPPER']],
    [{ AIDEVOS_KEY_PEPPER: pepper, AIDEVOS_BOOTSTRAP_KEY_HASH: 'x' }, ['AIDEVOS_BOOTSTRAP_KEY_HASH']],
    [{ AIDEVOS_KEY_PEPPER: pepper, AIDEVOS_CORS_ORIGINS: 'https://a.example/path' }, ['AIDEVOS_CORS_ORIGINS']],
    [{ AIDEVOS_KEY_PEPPER: pepper, OPENAI_BASE_URL: 'nowhere' }, ['OPENAI_BASE_URL']],
    [{ AIDEVOS_KEY_PEPPER: pepper, AIDEVOS_MODEL_CONCURRENCY: '0' }, ['AIDEVOS_MODEL_CONCURRENCY']],
    [{ AIDEVOS_KEY_PEPPER: pepper, AIDEVOS_MODEL_STARTS_PER_SECOND: 'fast' }, ['AIDEVOS_MODEL_STARTS_PER_SECOND']],
  ])('names the variables at fault in %j', async (variables, names) => {
    const answer = await fetch(variables);
    const problem: Problem = await answer.json();
    expect([answer.status, problem.code]).toEqual([500, 'configuration.invalid']);
    expect(problem.errors?.map(({ field }) => field)).toEqual(names);
    expect(JSON.stringify(problem)).not.toContain('short');
  });

  it('answers with a good configuration, and pokes late projects when the clock says so', async () => {
    const good = { ...bindings, AIDEVOS_KEY_PEPPER: pepper };
    const answer = await entry.fetch(new Request('https://aidevos.test/openapi.json'), good, context);
    expect(answer.status).toBe(200);
    await expect(entry.scheduled({} as ScheduledController, good)).resolves.toBeUndefined();
  });
});
