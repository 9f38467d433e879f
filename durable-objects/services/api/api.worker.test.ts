import { abortAllDurableObjects } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { apiConfiguration } from '../../../shared/schemas/services/api.ts';
import { newApi, newGroup, valueOf } from '../testing/services.ts';

const number = { type: 'integer', minimum: 1 };
const orders: z.input<typeof apiConfiguration> = {
  title: 'Orders',
  version: '2',
  routes: [
    {
      operationId: 'listOrders',
      method: 'GET',
      path: '/orders',
      query: { type: 'object', properties: { limit: number }, required: ['limit'], additionalProperties: false },
    },
    { operationId: 'getNewest', method: 'GET', path: '/orders/newest', access: 'session' },
    {
      operationId: 'getOrder',
      method: 'GET',
      path: '/orders/{id}',
      parameters: { type: 'object', properties: { id: number } },
    },
    {
      operationId: 'createOrder',
      method: 'POST',
      path: '/orders',
      access: 'any',
      scope: 'orders.write',
      summary: 'Place an order',
      body: {
        type: 'object',
        required: ['item'],
        properties: { item: { type: 'string', maxLength: 5 }, count: number },
        additionalProperties: false,
      },
    },
    { operationId: 'closeOrder', method: 'DELETE', path: '/orders/{id}', access: 'key' },
  ],
};

const get = (path: string, more: object = {}) => ({ method: 'GET', path, query: {}, ...more });
const place = (more: object) => ({ method: 'POST', path: '/orders', query: {}, accountId: 'acc_1', ...more });

describe('routes', () => {
  it('are found by method and path, words before parameters', async () => {
    const api = await newApi(orders);
    expect(valueOf(await api.admit(get('/orders/7')))).toMatchObject({
      operationId: 'getOrder',
      parameters: { id: '7' },
    });
    expect(valueOf(await api.admit(get('/orders/newest', { accountId: 'acc_1' })))).toMatchObject({
      operationId: 'getNewest',
      accountId: 'acc_1',
    });
    expect(await api.admit(get('/elsewhere'))).toMatchObject({ error: { type: 'resource.not_found' } });
    expect(await api.admit(get('/orders/7/'))).toMatchObject({ error: { type: 'resource.not_found' } });
    expect(await api.admit({ method: 'PUT', path: '/orders/7', query: {} })).toMatchObject({
      error: { type: 'request.method_not_allowed', detail: 'This address takes GET, DELETE.' },
    });
  });

  it.each(['/orders/%ZZ', '/orders/', '/orders/..%2f..', '/__proto__', `/orders/${'9'.repeat(5_000)}x`])(
    'give nothing for %s',
    async (path) => {
      expect(await (await newApi(orders)).admit(get(path))).toMatchObject({ ok: false });
    },
  );

  it('whose schema cannot be used are refused when they are declared, and the old ones stay', async () => {
    const api = await newApi(orders);
    const broken = {
      ...orders,
      perMinute: 600,
      title: 'X',
      version: '1',
      routes: [{ ...orders.routes?.[0], query: { type: 'object', properties: { a: { $ref: '#/nowhere' } } } }],
    };
    expect(await api.configure(broken)).toMatchObject({
      ok: false,
      error: { issues: [{ field: 'api.routes[0].query' }] },
    });
    expect(await api.admit(get('/orders/7'))).toMatchObject({ ok: true });
  });
});

describe('what is sent', () => {
  it('is checked in all its parts, with every field at fault', async () => {
    const api = await newApi(orders);
    expect(await api.admit(get('/orders', { query: { limit: '3' } }))).toMatchObject({ ok: true });
    for (const query of [{}, { limit: '0' }, { limit: 'x' }, { limit: '' }, { limit: '1', other: '2' }])
      expect(await api.admit(get('/orders', { query })), JSON.stringify(query)).toMatchObject({
        error: { type: 'request.invalid' },
      });
    expect(await api.admit(get('/orders/zero'))).toMatchObject({ error: { issues: [{ field: 'parameters.id' }] } });
    expect(await api.admit(place({ body: { item: 'pen', count: 2 } }))).toMatchObject({
      ok: true,
      value: { body: { item: 'pen', count: 2 } },
    });
    const refused = await api.admit(place({ body: { item: 'too long', count: 0, price: 1 } }));
    const issues = refused.ok ? [] : (refused.error.issues ?? []);
    expect(issues.map(({ field }) => field).sort()).toEqual(['body.count', 'body.item', 'body.price']);
    expect(issues.find(({ field }) => field === 'body.count')?.reason).toContain('0');
    expect(await api.admit(place({}))).toMatchObject({
      error: { issues: [{ field: 'body', reason: 'must be JSON' }] },
    });
    for (const body of [null, [], 'text', 7]) expect(await api.admit(place({ body }))).toMatchObject({ ok: false });
  });
});

describe('access', () => {
  it('asks for a session, a key, or either, as the route says', async () => {
    const api = await newApi(orders);
    expect(await api.admit(get('/orders/newest'))).toMatchObject({
      error: { type: 'auth.missing', detail: 'Sign in first.' },
    });
    const close = { method: 'DELETE', path: '/orders/7', query: {}, accountId: 'acc_1' };
    expect(await api.admit(close)).toMatchObject({ error: { type: 'auth.missing', detail: 'An API key is needed.' } });
    const { key, view } = valueOf(await api.issueKey({ name: 'robot', scopes: ['orders.write'] }));
    expect(await api.admit({ ...close, key })).toMatchObject({ ok: true, value: { keyId: view.keyId } });
    const { key: bare } = valueOf(await api.issueKey({ name: 'bare' }));
    const body = { item: 'pen' };
    expect(await api.admit({ ...place({ body }), key: bare })).toMatchObject({ error: { type: 'auth.forbidden' } });
    expect(await api.admit({ ...place({ body }), key })).toMatchObject({ ok: true });
    // A key that is wrong is never as good as none.
    expect(await api.admit({ ...place({ body }), key: `${key.slice(0, -1)}_` })).toMatchObject({
      error: { type: 'auth.invalid' },
    });
  });
});

describe('keys', () => {
  it('are shown once, found by pages, and good until they expire or are revoked', async () => {
    const group = newGroup();
    const api = await newApi(orders, group);
    const { key, view } = valueOf(await api.issueKey({ name: 'robot', scopes: ['orders.read'] }));
    expect(valueOf(await api.keys({}))).toMatchObject({ items: [{ keyId: view.keyId, name: 'robot' }] });
    expect(JSON.stringify(valueOf(await api.keys({})))).not.toContain(key.slice(-43));
    expect(valueOf(await api.verifyKey({ key, scope: 'orders.read' }))).toMatchObject({ name: 'robot' });
    expect(await api.verifyKey({ key, scope: 'orders.write' })).toMatchObject({ error: { type: 'auth.forbidden' } });
    for (const wrong of ['', 'app_key', `${key}x`, key.replace('app_', 'App_')])
      expect(await api.verifyKey({ key: wrong })).toMatchObject({ error: { type: 'auth.invalid' } });
    await abortAllDurableObjects();
    const again = await newApi(orders, group);
    expect(await again.verifyKey({ key })).toMatchObject({ ok: true });
    valueOf(await again.revokeKey({ keyId: view.keyId }));
    valueOf(await again.revokeKey({ keyId: view.keyId }));
    expect(await again.verifyKey({ key })).toMatchObject({ error: { type: 'auth.invalid' } });
    const soon = valueOf(await again.issueKey({ name: 'short', expiresAt: Date.now() + 30 }));
    for (let left = 200; left > 0 && (await again.verifyKey({ key: soon.key })).ok; left -= 1) await scheduler.wait(5);
    expect(await again.verifyKey({ key: soon.key })).toMatchObject({ error: { type: 'auth.invalid' } });
    for (let index = 0; index < 3; index += 1) valueOf(await again.issueKey({ name: `key ${index}` }));
    const first = valueOf(await again.keys({ limit: 2 }));
    const second = valueOf(await again.keys({ limit: 2, after: first.next ?? '' }));
    expect(new Set([...first.items, ...second.items].map(({ keyId }) => keyId)).size).toBe(4);
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: 'a', scopes: ['Not A Scope'] }, 'scopes'],
    [{ name: 'a', expiresAt: 5 }, 'expiresAt'],
  ])('are not issued for %j', async (command, field) => {
    expect(await (await newApi()).issueKey(command)).toMatchObject({ error: { issues: [{ field }] } });
  });
});

describe('rates', () => {
  it('are held for each caller and route, and over all routes', async () => {
    const api = await newApi({
      perMinute: 4,
      routes: [
        { operationId: 'a', method: 'GET', path: '/a', perMinute: 2 },
        { operationId: 'b', method: 'GET', path: '/b' },
      ],
    });
    const ask = async (path: string, client: string) => (await api.admit(get(path, { client }))).ok;
    expect([await ask('/a', 'x'), await ask('/a', 'x'), await ask('/a', 'x')]).toEqual([true, true, false]);
    expect(await ask('/a', 'y')).toBe(true);
    expect([await ask('/b', 'x'), await ask('/b', 'x'), await ask('/b', 'x')]).toEqual([true, true, false]);
    expect(await api.admit(get('/b', { client: 'x' }))).toMatchObject({
      error: { type: 'rate.limited', detail: expect.stringMatching(/Try again in \d+ seconds\.$/) },
    });
  });

  it('of an app’s own are counted by bucket', async () => {
    const api = await newApi();
    const take = async (bucket: string) => valueOf(await api.takeToken({ bucket, perMinute: 2 }));
    expect([(await take('mail')).remaining, (await take('mail')).remaining]).toEqual([1, 0]);
    expect((await take('mail')).retryAfterSeconds).toBeGreaterThan(0);
    expect((await take('other')).remaining).toBe(1);
    for (const perMinute of [0, 1.5, 60_001, Number.NaN])
      expect(await api.takeToken({ bucket: 'mail', perMinute })).toMatchObject({
        error: { issues: [{ field: 'perMinute' }] },
      });
  });
});

describe('the document', () => {
  it('says what is declared: addresses, parameters, bodies and who may', async () => {
    const api = await newApi(orders);
    const document = valueOf(await api.document({ server: '/apps/shop' })) as Record<string, unknown>;
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Orders', version: '2' },
      servers: [{ url: '/apps/shop' }],
      paths: {
        '/orders': {
          get: {
            operationId: 'listOrders',
            security: [],
            parameters: [{ name: 'limit', in: 'query', required: true }],
          },
          post: {
            operationId: 'createOrder',
            summary: 'Place an order',
            security: [{ session: [] }, { key: [] }],
            requestBody: { required: true },
          },
        },
        '/orders/{id}': {
          get: { parameters: [{ name: 'id', in: 'path', required: true }] },
          delete: { security: [{ key: [] }] },
        },
      },
    });
  });
});
