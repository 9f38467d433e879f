/**
 * A shop composed of Auth, Data, Api, Ui, Analytics and a service outside, from the manifests in `examples/shop`: brought up
 * on the command line, used over HTTP by two people, changed while under load, one of its services killed and healed, and
 * taken down leaving nothing. It has a platform of its own, because a part of that is killed.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PlatformProcess } from '../../scripts/crash/platform-process.ts';
import { reserveFreePort } from '../../scripts/platform/ports.ts';
import { startShippingServer, type ShippingServer } from '../../shared/testing/services/shipping-server.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'aidevos-shop-'));
const state = join(folder, 'state');

let shipping: ShippingServer;
let platform: PlatformProcess;
let key = '';

beforeAll(async () => {
  shipping = await startShippingServer();
  for (const name of ['shop.yaml', 'shop-2.yaml']) {
    const text = readFileSync(join(root, 'examples/shop', name), 'utf8');
    writeFileSync(join(folder, name), text.replace('https://shipping.example.com', shipping.origin));
  }
  const reserved = await reserveFreePort();
  reserved.release();
  const variables = {
    APP_EGRESS_ORIGINS: shipping.origin,
    APP_DATABASE_LEDGER: 'd1',
    APP_GRANTS: 'APP_DATABASE_LEDGER=*',
  };
  platform = new PlatformProcess({ stateFolder: state, port: reserved.port, variables });
  key = await platform.start();
}, 400_000);

afterAll(async () => {
  await platform.stop();
  await shipping.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const aidevos = async (...args: readonly string[]): Promise<Run> => {
  const env = { ...process.env, AIDEVOS_URL: platform.url, AIDEVOS_KEY: key };
  try {
    const ended = await promisify(execFile)(process.execPath, ['cli/index.ts', ...args], { cwd: root, env });
    return { code: 0, ...ended };
  } catch (error) {
    // SAFETY: a program that ended with another code than 0 is rejected with these.
    const { code, stdout, stderr } = error as Run;
    return { code, stdout, stderr };
  }
};

const api = async (path: string, init: RequestInit = {}): Promise<{ status: number; json: unknown; text: string }> => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const answer = await fetch(`${platform.url}${path}`, { ...init, headers });
  const text = await answer.text();
  return { status: answer.status, text, json: text.startsWith('{') ? (JSON.parse(text) as unknown) : undefined };
};

/** A person with a browser at the shop's public address; what they are sent as a cookie they send back. */
const person = (address: string) => {
  let cookie = '';
  return async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${address}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(cookie === '' ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    const text = await answer.text();
    return { status: answer.status, text, json: text.startsWith('{') ? (JSON.parse(text) as unknown) : undefined };
  };
};

interface Shown {
  readonly status: string;
  readonly revision: number;
  readonly operation?: object;
  readonly parts: readonly { readonly member: string; readonly health: string }[];
}

const shown = async (): Promise<Shown> => {
  const { json } = await api('/api/compositions/shop');
  // SAFETY: the route's schema says so.
  return json as Shown;
};

const until = async <T>(read: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> => {
  for (;;) {
    const value = await read();
    if (isSo(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
};

/** Files of the sandbox's objects of a class that hold an object. */
const objectFiles = (className: string): readonly string[] => {
  const place = join(state, 'sandbox/v3/do', `aidevos-sandbox-${className}`);
  return readdirSync(place).flatMap((name) => (/^[0-9a-f]{64}\.sqlite$/.test(name) ? [join(place, name)] : []));
};

it('a shop is composed, used by two people, changed under load, healed and taken down', async () => {
  const planned = await aidevos('compose', 'plan', join(folder, 'shop.yaml'));
  expect([planned.code, planned.stdout]).toEqual([0, expect.stringContaining('1. bring up accounts')]);
  const up = await aidevos('compose', 'up', join(folder, 'shop.yaml'));
  expect([up.code, up.stdout, up.stderr]).toEqual([
    0,
    expect.stringContaining('shop 1.0.0: up, revision 1'),
    expect.anything(),
  ]);

  // The public address names the workspace, which the registry's entry does too.
  const { json: listed } = await api('/api/services?name=shop');
  const group = /"group":"(wsp_[0-9a-z]+)\/composition\/shop"/.exec(JSON.stringify(listed))?.[1] ?? '';
  const address = `${platform.url}/composed/${group}/shop`;
  const [ada, bob] = [person(address), person(address)];
  for (const [visitor, email] of [
    [ada, 'ada@example.com'],
    [bob, 'bob@example.com'],
  ] as const) {
    const signedUp = await visitor('POST', '/auth/sign-up', { email, password: 'correct horse battery' });
    expect([signedUp.status, signedUp.text]).toEqual([201, expect.stringContaining(email)]);
  }
  expect((await ada('POST', '/api/products', { title: 'Tea', cents: 300 })).status).toBe(201);
  expect((await person(address)('POST', '/api/products', { title: 'X', cents: 1 })).status).toBe(401);
  expect((await bob('GET', '/api/products')).json).toMatchObject({ items: [{ value: { title: 'Tea', cents: 300 } }] });
  expect((await ada('POST', '/api/orders', { title: 'Tea', count: 2 })).status).toBe(201);
  expect((await ada('GET', '/api/orders')).json).toMatchObject({ items: [{ value: { title: 'Tea', count: 2 } }] });
  expect((await bob('GET', '/api/orders')).json).toMatchObject({ items: [] });
  expect((await bob('GET', '/api/shipping?weight=5')).json).toMatchObject({ status: 200, body: { cents: 540 } });
  expect((await bob('GET', '/')).text).toContain('<li>Tea: 300 cents</li>');
  expect(JSON.stringify((await ada('GET', '/api/figures')).json)).toContain('"order.placed"');
  // Each path leads to its member alone, and the services behind them to nobody.
  expect((await ada('GET', '/products')).status).toBe(404);
  expect((await ada('GET', '/api/auth/me')).status).toBe(404);

  // What the services are is shown to operators, without the people behind them.
  const accounts = await aidevos('state', 'show', 'service/shop.auth');
  expect([accounts.code, accounts.stdout]).toEqual([
    0,
    expect.stringMatching(/"is_disabled": 0[\s\S]*"is_disabled": 0/),
  ]);
  expect(accounts.stdout).not.toContain('example.com');
  const setUps = await aidevos('state', 'history', 'service/shop.group');
  expect([setUps.code, setUps.stdout]).toEqual([0, expect.stringContaining('row.changed')]);
  expect((await aidevos('state', 'export', 'service/shop.auth')).code).not.toBe(0);
  expect((await api('/api/objects/service/other.auth')).status).toBe(404);

  // Its owner does by hand what it has no code for, and speaks for nobody.
  const counted = await aidevos('objects', 'call', 'service/shop.data', 'count', '{"collection":"products"}');
  expect([counted.code, counted.stdout.trim()]).toEqual([0, '1']);
  const people = await aidevos('objects', 'call', 'service/shop.auth', 'accounts');
  expect([people.code, people.stdout]).toEqual([0, expect.stringMatching(/ada@example\.com[\s\S]*bob@example\.com/)]);
  const live = await aidevos('objects', 'call', 'service/shop.analytics', 'live', '{"minutes":5}');
  expect([live.code, live.stdout]).toEqual([0, expect.stringContaining('order.placed')]);
  const spoken = await aidevos('objects', 'call', 'service/shop.auth', 'signIn', '{"email":"ada@example.com"}');
  expect([spoken.code, spoken.stderr]).toEqual([2, expect.stringContaining('must be one of accounts')]);
  expect((await aidevos('objects', 'call', 'service/shop.auth', 'accounts', '[1]')).code).toBe(2);
  expect((await aidevos('compose', 'status', 'shop')).stdout).toContain(`For everybody: ${address}/`);

  // Changed while people go on asking: every single request is answered as it should be.
  let isOver = false;
  const statuses = new Map<string, number>();
  const ask = async (visitor: typeof ada): Promise<void> => {
    while (!isOver) {
      for (const [method, path, body] of [
        ['GET', '/api/products', undefined],
        ['GET', '/api/orders', undefined],
        ['GET', '/', undefined],
        ['POST', '/api/orders', { title: 'Tea', count: 1 }],
      ] as const) {
        const { status } = await visitor(method, path, body);
        const seen = `${method} ${path} ${status}`;
        statuses.set(seen, (statuses.get(seen) ?? 0) + 1);
      }
    }
  };
  const load = [ask(ada), ask(bob)];
  const changed = await aidevos('compose', 'up', join(folder, 'shop-2.yaml'));
  isOver = true;
  await Promise.all(load);
  expect([changed.code, changed.stdout]).toEqual([0, expect.stringContaining('shop 2.0.0: up, revision 2')]);
  expect([...statuses.keys()].toSorted()).toEqual([
    'GET / 200',
    'GET /api/orders 200',
    'GET /api/products 200',
    'POST /api/orders 201',
  ]);
  expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(20);
  expect((await bob('GET', '/api/reviews')).json).toMatchObject({ items: [] });
  expect((await bob('GET', '/')).text).toContain('Products and reviews');

  // One member dies, and with it everything it held; the Composer sees it and brings it up again.
  const [desk = ''] = objectFiles('ApiObject');
  platform.kill('sandbox');
  rmSync(desk);
  for (const end of ['-wal', '-shm']) rmSync(`${desk}${end}`, { force: true });
  await until(
    async () => (await bob('GET', '/api/products')).status,
    (status) => status === 404 || status === 200,
  );
  expect((await aidevos('compose', 'heal', 'shop')).code).toBe(0);
  const healed = await until(
    shown,
    (view) => view.operation === undefined && view.parts.every(({ health }) => health === 'healthy'),
  );
  expect(healed).toMatchObject({ status: 'up', revision: 2 });
  expect((await bob('GET', '/api/products')).json).toMatchObject({ items: [{ value: { title: 'Tea' } }] });
  const { json: events } = await api('/api/composition-events?limit=1000');
  expect(JSON.stringify(events)).toContain('"kind":"heal"');
  expect(JSON.stringify(events)).toContain('"desk":{"health":"lost"');

  const picture = await aidevos('compose', 'topology', 'shop');
  expect(picture.stdout).toContain('flowchart LR');
  expect(picture.stdout).toMatch(/"desk: api \^1\.0"/);

  // Taken down, it leaves nothing: not in the registry, not in an object, not at its address.
  const down = await aidevos('compose', 'down', 'shop');
  expect([down.code, down.stdout]).toEqual([0, expect.stringContaining('nothing of it is left')]);
  expect((await api('/api/services?name=shop')).json).toMatchObject({ services: [] });
  expect((await api('/api/compositions')).json).toEqual({ compositions: [] });
  expect((await api('/api/compositions/shop')).status).toBe(404);
  await until(
    async () => (await bob('GET', '/api/products')).status,
    (status) => status === 404,
  );
  expect((await aidevos('compose', 'up', join(folder, 'shop.yaml'))).code).toBe(0);
  expect((await person(address)('GET', '/api/products')).json).toEqual({ items: [] });
  expect((await bob('GET', '/api/orders')).status).toBe(401);
  expect((await aidevos('compose', 'down', 'shop')).code).toBe(0);
});

it('a manifest that cannot be used is refused with field and reason, on the command line too', async () => {
  const file = join(folder, 'bad.yaml');
  writeFileSync(
    file,
    'name: bad\nmembers: { a: { service: api, uses: { x: b } } }\nroutes: [{ path: /, member: c }]\n',
  );
  const refused = await aidevos('compose', 'validate', file);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('members.a.uses.x');
  expect(refused.stderr).toContain('routes.0.member');
  const { status, json } = await api('/api/compositions', {
    method: 'POST',
    body: JSON.stringify({ manifest: `name: big\ndescription: ${'x'.repeat(1_000_000)}` }),
  });
  expect([status, json]).toMatchObject([413, { code: 'request.too_large', errors: [{ field: 'manifest' }] }]);
  const schema = await fetch(`${platform.url}/schemas/composition.json`);
  expect([schema.status, await schema.json()]).toMatchObject([
    200,
    { $id: '/schemas/composition.json', $defs: { CompositionManifest: { required: ['name', 'members', 'routes'] } } },
  ]);
});

const ledger = `
name: ledger
access: public
members:
  store:
    service: data
    config: { databases: [{ name: book, kind: d1, binding: APP_DATABASE_LEDGER, isReadOnly: false }] }
  desk:
    service: api
    uses: { d: store }
    config:
      routes:
        - operationId: add
          method: POST
          path: /lines
          action: { do: data.sql, database: book, statement: 'INSERT INTO line VALUES (?1)', parameters: ['{{body.text}}'] }
        - operationId: list
          method: GET
          path: /lines
          action: { do: data.sql, database: book, statement: 'SELECT text FROM line ORDER BY text' }
routes: [{ path: /, member: desk }]
`;

it('a composition asks a database that its operator bound on this machine', async () => {
  writeFileSync(join(folder, 'ledger.yaml'), ledger);
  const up = await aidevos('compose', 'up', join(folder, 'ledger.yaml'));
  const address = /For everybody: (\S+)\//.exec(up.stdout)?.[1] ?? '';
  expect([up.code, address]).toEqual([0, expect.stringContaining('/composed/')]);
  const table = '{"database":"book","statement":"CREATE TABLE line (text TEXT)"}';
  expect((await aidevos('objects', 'call', 'service/ledger.data', 'sql', table)).code).toBe(0);
  const visitor = person(address);
  for (const text of ['Tea', "x'); DROP TABLE line; --"]) {
    expect((await visitor('POST', '/lines', { text })).status).toBe(200);
  }
  expect((await visitor('GET', '/lines')).json).toEqual({
    rows: [{ text: 'Tea' }, { text: "x'); DROP TABLE line; --" }],
    truncated: false,
  });
  expect((await aidevos('compose', 'down', 'ledger')).code).toBe(0);
});
