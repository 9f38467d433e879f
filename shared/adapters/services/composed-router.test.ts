import { describe, expect, it } from 'vitest';
import type { CompositionEndpoint } from '../../domain/service-registry/composition-endpoint.ts';
import type { ServiceEndpoint, ServiceInstance } from '../../domain/service-registry/service.ts';
import { createId } from '../../domain/ids.ts';
import { ok } from '../../errors/result.ts';
import { ComposedRouter } from './composed-router.ts';
import { ServiceRouter, type Delivery } from './service-router.ts';

const workspaceId = createId('wsp', 1, new Uint8Array(16));

const instanceOf = (name: string, endpoint: ServiceEndpoint): ServiceInstance => ({
  name,
  instance: 'main',
  kind: endpoint.kind === 'composition' ? 'composition' : 'external',
  owner: 'workspace',
  metadata: { version: '1.0.0', tags: [], capabilities: [], weight: 1, attributes: {} },
  endpoints: [endpoint],
  health: 'passing',
  load: 0,
  registeredAt: 0,
  updatedAt: 0,
  revision: 1,
});

const shop: CompositionEndpoint = {
  kind: 'composition',
  group: 'w/composition/shop',
  routes: [
    { path: '/api/mail', member: 'post', target: { kind: 'registered', name: 'mail', version: '*' }, timeoutMs: 50 },
    { path: '/auth', member: 'accounts', target: { kind: 'service', service: 'auth' } },
    { path: '/api', member: 'desk', target: { kind: 'service', service: 'api' }, perMinute: 2, retries: 0 },
    { path: '/', member: 'pages', target: { kind: 'service', service: 'ui' } },
  ],
};

/** A registry of these services, and what is delivered to whom; `statusOf` says how a member answers. */
const createRouter = (
  endpoints: Readonly<Record<string, ServiceEndpoint>>,
  statusOf: (delivery: Delivery) => number = () => 200,
) => {
  const delivered: Delivery[] = [];
  let now = 1_000;
  const services = Object.entries(endpoints).map(([name, endpoint]) => instanceOf(name, endpoint));
  const found = (name: string | undefined) =>
    ok({ services: services.filter((service) => service.name === name), asOf: now, lapsed: false });
  const lookup = {
    discover: async (_workspace: unknown, { name }: { readonly name?: string }) => found(name),
    list: async (_workspace: unknown, { name }: { readonly name?: string }) => found(name),
  };
  const router = new ServiceRouter({
    lookup,
    now: () => now,
    report: () => undefined,
    deliver: async (delivery) => {
      delivered.push(delivery);
      return ok(new Response(null, { status: statusOf(delivery) }));
    },
  });
  const composed = new ComposedRouter({ router, lookup, now: () => now });
  const send = (path: string, name = 'shop') =>
    composed.route(
      workspaceId,
      { name },
      { method: 'GET', path, headers: new Headers({ 'x-forwarded-prefix': '/s' }), body: null },
      { timeoutMs: 1_000 },
    );
  const pass = (ms: number): void => {
    now += ms;
  };
  return { send, delivered, pass };
};

const mail: ServiceEndpoint = { kind: 'http', url: 'https://mail.example' };

describe('a request to a composition', () => {
  it.each([
    ['/auth/me?x=1', { kind: 'group', group: shop.group, service: 'auth' }, '/auth/me?x=1', '/s'],
    ['/api/orders?x=1', { kind: 'group', group: shop.group, service: 'api' }, '/orders?x=1', '/s/api'],
    ['/api', { kind: 'group', group: shop.group, service: 'api' }, '/', '/s/api'],
    ['/apis', { kind: 'group', group: shop.group, service: 'ui' }, '/apis', '/s'],
    ['/', { kind: 'group', group: shop.group, service: 'ui' }, '/', '/s'],
    ['/api/mail/inbox', mail, '/inbox', '/s/api/mail'],
  ])('to %s goes to its member', async (path, endpoint, rest, prefix) => {
    const { send, delivered } = createRouter({ shop, mail });
    expect((await send(path)).ok).toBe(true);
    expect(delivered).toMatchObject([{ endpoint, path: rest }]);
    expect(delivered[0]?.headers.get('x-forwarded-prefix')).toBe(prefix);
  });

  it('has the member’s time, tries and rate', async () => {
    const { send, delivered, pass } = createRouter({ shop, mail }, ({ instance }) =>
      instance.instance === 'main.desk' ? 503 : 200,
    );
    await send('/api/mail/');
    expect(delivered[0]?.timeoutMs).toBe(50);
    delivered.length = 0;
    await send('/api/a');
    await send('/api/a');
    expect(delivered).toHaveLength(2);
    expect(await send('/api/a')).toMatchObject({ ok: false, error: { type: 'rate.limited' } });
    expect((await send('/')).ok).toBe(true);
    pass(60_000);
    await send('/api/a');
    expect(delivered).toHaveLength(4);
  });

  it('meets other members although one of them fails all the time', async () => {
    const routes = shop.routes.map(({ perMinute: _none, ...route }) => route);
    const { send } = createRouter({ shop: { ...shop, routes } }, ({ instance }) =>
      instance.instance === 'main.desk' ? 500 : 200,
    );
    for (let turn = 0; turn < 50; turn += 1) await send('/api/a');
    const answer = await send('/');
    expect(answer.ok && answer.value.response.status).toBe(200);
  });

  it('is refused where no route leads, and where compositions go in a circle', async () => {
    const registered = (name: string): CompositionEndpoint => ({
      kind: 'composition',
      group: 'g',
      routes: [{ path: '/a', member: 'm', target: { kind: 'registered', name, version: '*' } }],
    });
    const looping: CompositionEndpoint = {
      ...registered('two'),
      routes: [{ path: '/', member: 'm', target: { kind: 'registered', name: 'one', version: '*' } }],
    };
    const { send, delivered } = createRouter({ one: looping, two: registered('mail') });
    expect(await send('/b', 'two')).toMatchObject({ ok: false, error: { type: 'resource.not_found' } });
    expect(await send('/', 'one')).toMatchObject({ ok: false, error: { type: 'service.failed' } });
    expect(delivered).toEqual([]);
  });
});
