import { env, exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { SandboxEnvironment } from '../environment.ts';
import { sandbox } from '../testing/run-files.ts';
import { shopDeclaration } from '../testing/shop.ts';

// SAFETY: bound by wrangler.toml and by this project's vitest.config.ts.
const bindings = env as unknown as SandboxEnvironment & { readonly SHIPPING_ORIGIN: string };
// SAFETY: the Worker's default export has a `fetch`.
const served = (exports as unknown as { readonly default: Fetcher }).default;

let shops = 0;

const openShop = async () => {
  shops += 1;
  const group = `w/composition/shop-${shops}`;
  const declaration = shopDeclaration(bindings.SHIPPING_ORIGIN);
  const status = await sandbox.configureServices({ group, declaration });
  if (!status.ok) throw new Error(JSON.stringify(status.error));
  return { group, declaration, status: status.value };
};

/** A person with a browser at a shop: keeps the cookie. */
const visitor = (group: string) => {
  let cookie = '';
  const send = async (method: string, path: string, body?: unknown, more: Record<string, string> = {}) => {
    const response = await served.fetch(`https://sandbox/groups/${encodeURIComponent(group)}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        'x-aidevos-prefix': '/shop',
        ...(cookie === '' ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...more,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const set = response.headers.get('set-cookie');
    if (set !== null) cookie = set.split(';')[0] ?? '';
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
  };
  const signUp = (email: string) => send('POST', '/auth/sign-up', { email, password: 'correct horse battery' });
  return { send, signUp };
};

const key = async (group: string) => {
  const issued = await bindings.API.getByName(group).issueKey({ name: 'clerk', scopes: ['products.write'] });
  if (!issued.ok) throw new Error(JSON.stringify(issued.error));
  return { 'x-api-key': issued.value.key };
};

describe('a composed shop', () => {
  it('serves two people, each with their own orders', async () => {
    const { group, status } = await openShop();
    expect(status).toMatchObject({
      revision: 1,
      services: ['auth', 'user', 'data', 'api', 'ui', 'analytics', 'connector'],
    });
    const [ada, bob] = [visitor(group), visitor(group)];
    expect((await ada.send('POST', '/api/products', { title: 'Tea', cents: 300 }, await key(group))).status).toBe(201);
    expect((await ada.signUp('ada@example.com')).status).toBe(201);
    expect((await bob.signUp('bob@example.com')).status).toBe(201);
    expect((await ada.signUp('ada@example.com')).status).toBe(409);

    const { body } = await bob.send('GET', '/api/products');
    const productId = body.items[0].id;
    const order = await ada.send('POST', '/api/orders', { productId, count: 2 });
    expect(order.status).toBe(201);
    expect((await ada.send('GET', '/api/orders')).body.items).toHaveLength(1);
    expect((await bob.send('GET', '/api/orders')).body.items).toEqual([]);
    for (const method of ['GET', 'DELETE'])
      expect((await bob.send(method, `/api/orders/${order.body.id}`)).status).toBe(404);
    expect((await ada.send('GET', '/orders')).text).toContain(`2 × ${productId}`);
    expect((await bob.send('GET', '/orders')).text).toContain('none yet');

    expect((await ada.send('GET', '/api/shipping?weight=5')).body).toEqual({
      status: 200,
      body: { cents: 540, key: 'shipping-secret' },
    });
    expect((await ada.send('GET', '/api/figures')).status).toBe(403);
    const { account } = (await ada.send('GET', '/auth/me')).body;
    const user = bindings.USER.getByName(group);
    await user.saveProfile({ accountId: account.accountId, displayName: 'Ada' });
    await user.grantRole({ accountId: account.accountId, role: 'clerk' });
    const figures = await ada.send('GET', '/api/figures');
    expect(figures.body.items).toContainEqual({ name: 'order.placed', count: 1 });

    expect((await ada.send('DELETE', `/api/orders/${order.body.id}`)).status).toBe(204);
    expect((await ada.send('POST', '/auth/sign-out')).status).toBe(204);
    expect((await ada.send('GET', '/api/orders')).status).toBe(401);
  });

  it('shows pages with what it holds, escaped, with their theme and headers', async () => {
    const { group } = await openShop();
    const ada = visitor(group);
    await ada.send('POST', '/api/products', { title: '<script>alert(1)</script>', cents: 1 }, await key(group));
    const home = await ada.send('GET', '/');
    expect(home.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(home.text).not.toContain('<script>');
    expect(home.text).toContain('href="/shop/products/');
    expect(home.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect((await ada.send('GET', '/', undefined, { 'if-none-match': home.headers.get('etag') ?? '' })).status).toBe(
      304,
    );
    const etag = home.headers.get('etag') ?? '';
    for (const known of [`"other", ${etag}`, `W/${etag}`, '*'])
      expect((await ada.send('GET', '/', undefined, { 'if-none-match': known })).status, known).toBe(304);
    expect((await ada.send('GET', '/', undefined, { 'if-none-match': '"other"' })).status).toBe(200);
    const head = await ada.send('HEAD', '/robots.txt');
    expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', expect.stringMatching(/^"/)]);
    // Ranges are not offered: the whole is the right answer to one who asks for a part.
    expect((await ada.send('GET', '/robots.txt', undefined, { range: 'bytes=0-1' })).status).toBe(200);
    for (const path of ['/../robots.txt', '/%2e%2e/robots.txt', '/..%2frobots.txt', '//robots.txt', '/robots.txt/'])
      expect((await ada.send('GET', path)).status, path).toBeLessThan(500);
    expect((await ada.send('GET', '/theme.css')).text).toContain('--background: #111;');
    expect((await ada.send('GET', '/robots.txt')).text).toContain('User-agent');
    expect((await ada.send('GET', '/openapi.json')).body).toMatchObject({
      openapi: '3.1.0',
      servers: [{ url: '/shop' }],
    });
  });

  it('serves a page at the address that its form is posted to', async () => {
    shops += 1;
    const group = `w/composition/form-${shops}`;
    const declaration = {
      data: { collections: [{ name: 'notes' }] },
      api: {
        routes: [
          {
            operationId: 'addNote',
            method: 'POST',
            path: '/notes',
            action: { do: 'data.insert', collection: 'notes', value: '{{body}}' },
          },
        ],
      },
      ui: {
        pages: [
          {
            name: 'notes',
            path: '/notes',
            title: 'Notes',
            template: '{{#notes}}[{{text}}]{{/notes}}',
            data: { notes: { collection: 'notes' } },
          },
        ],
      },
    };
    expect(await sandbox.configureServices({ group, declaration })).toMatchObject({ ok: true });
    const ada = visitor(group);
    expect((await ada.send('POST', '/notes', { text: 'a' })).status).toBe(201);
    expect((await ada.send('GET', '/notes')).text).toContain('[a]');
    expect((await ada.send('DELETE', '/notes')).status).toBe(405);
  });

  it.each([
    ['GET', '/orders', undefined, 401],
    ['GET', '/none', undefined, 404],
    ['DELETE', '/api/products', undefined, 405],
    ['POST', '/api/products', { title: 'x', cents: 1 }, 401],
    ['POST', '/api/orders', { productId: 'x', count: 1 }, 401],
    ['GET', '/api/shipping', undefined, 400],
    ['GET', '/api/shipping?weight=0', undefined, 400],
    ['POST', '/auth/sign-in', { email: 'x@example.com', password: 'wrong password' }, 401],
    ['POST', '/auth/sign-up', { email: 'x' }, 400],
    ['POST', '/auth/none', {}, 404],
  ])('refuses %s %s with the reason', async (method, path, body, status) => {
    const { group } = await openShop();
    const answer = await visitor(group).send(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ status, detail: expect.any(String) });
    expect(answer.text).not.toMatch(/\.ts:\d|\n\s+at /);
  });

  it('lets no other site act in a visitor’s name', async () => {
    const { group } = await openShop();
    const ada = visitor(group);
    await ada.signUp('ada@example.com');
    const order = { productId: 'p', count: 1 };
    expect((await ada.send('POST', '/api/orders', order, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await ada.send('POST', '/api/orders', order, { origin: 'https://evil.test' })).status).toBe(403);
    expect((await ada.send('POST', '/api/orders', order, { 'sec-fetch-site': 'same-origin' })).status).toBe(201);
  });

  it('is upgraded by difference, refuses what does not fit, and leaves nothing when it is removed', async () => {
    const { group, declaration } = await openShop();
    const ada = visitor(group);
    await ada.send('POST', '/api/products', { title: 'Tea', cents: 300 }, await key(group));
    expect(await sandbox.configureServices({ group, declaration })).toMatchObject({ value: { revision: 1 } });
    const [products, orders] = declaration.data.collections;
    const strict = { ...products, schema: { ...products?.schema, required: ['title', 'cents', 'weight'] } };
    const refused = await sandbox.configureServices({
      group,
      declaration: { ...declaration, data: { collections: [strict, orders] } },
    });
    expect(refused).toMatchObject({ error: { type: 'resource.conflict' } });
    expect((await ada.send('GET', '/api/products')).body.items).toHaveLength(1);
    const renamed = { ...declaration, ui: { ...declaration.ui, title: 'Better shop' } };
    expect(await sandbox.configureServices({ group, declaration: renamed })).toMatchObject({ value: { revision: 2 } });
    expect((await ada.send('GET', '/')).text).toContain('Better shop');
    expect(await sandbox.removeServices({ group })).toEqual({ ok: true, value: null });
    expect(await sandbox.removeServices({ group })).toEqual({ ok: true, value: null });
    expect((await ada.send('GET', '/api/products')).status).toBe(404);
    expect(await sandbox.servicesStatus({ group })).toMatchObject({ error: { type: 'resource.not_found' } });
    expect(await sandbox.configureServices({ group, declaration })).toMatchObject({ value: { revision: 1 } });
    expect((await ada.send('GET', '/api/products')).body.items).toEqual([]);
  });
});

describe('a connector', () => {
  const call = async (group: string, path: string) =>
    await bindings.CONNECTOR.getByName(group).call({ connector: 'shipping', method: 'GET', path });

  it('does not follow redirects, cuts what is too large, and gives up in time', async () => {
    const { group } = await openShop();
    expect(await call(group, '/redirect')).toMatchObject({ value: { status: 302 } });
    expect(await call(group, '/large')).toMatchObject({ value: { truncated: true } });
    expect(await call(group, '/never')).toMatchObject({ error: { type: 'service.timeout' } });
  });

  it('leaves a service alone that keeps failing', async () => {
    const { group } = await openShop();
    for (let index = 0; index < 5; index += 1)
      expect(await call(group, '/fail')).toMatchObject({ value: { status: 500 } });
    expect(await call(group, '/quote')).toMatchObject({ error: { type: 'service.unavailable' } });
  });

  it('reaches nothing that nobody allowed, whatever an app declares or its people grant', async () => {
    const group = 'w/composition/closed';
    const declare = async (baseUrl: string, secretName?: string) =>
      await sandbox.configureServices({
        group,
        allowedOrigins: [new URL(baseUrl).origin],
        declaration: {
          connector: {
            connectors: [
              {
                name: 'shipping',
                baseUrl,
                ...(secretName === undefined ? {} : { secretHeader: { name: 'x-key', secretName } }),
              },
            ],
          },
        },
      });
    for (const baseUrl of [
      'http://127.0.0.1:9',
      'http://169.254.169.254/latest',
      'https://localhost',
      'https://10.0.0.1',
    ]) {
      expect(await declare(baseUrl)).toMatchObject({ ok: true });
      expect(await call(group, '/')).toMatchObject({ error: { type: 'auth.forbidden' } });
    }
    // A secret goes where its operator said, and nowhere else.
    expect(await declare('https://evil.test', 'APP_SECRET_SHIPPING')).toMatchObject({ ok: true });
    expect(await call(group, '/')).toMatchObject({ error: { type: 'configuration.invalid' } });
  });
});
