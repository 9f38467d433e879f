import { describe, expect, it } from 'vitest';
import { createRandomIds } from '../crypto/random-ids.ts';
import type { ServiceInstance, ServiceMetadata } from '../../domain/service-registry/service.ts';
import { findServices, listServices } from '../../domain/service-registry/find.ts';
import { err, ok } from '../../errors/result.ts';
import { testCreateClock } from '../../ports/clock.ts';
import { ServiceRouter, type Deliver, type RouteOptions, type RoutedRequest } from './service-router.ts';

const clock = testCreateClock();
const workspaceId = createRandomIds(clock).create('wsp');

const service = (instance: string, metadata: Partial<ServiceMetadata> = {}): ServiceInstance => ({
  name: 'payments',
  instance,
  kind: 'external',
  owner: 'workspace',
  metadata: { version: '1.0.0', tags: [], capabilities: ['pay'], weight: 100, attributes: {}, ...metadata },
  endpoints: [{ kind: 'http', url: `https://${instance}.example` }],
  health: 'passing',
  load: 0,
  registeredAt: 0,
  updatedAt: 0,
  revision: 1,
});

type Behaviour = number | 'throws' | 'hangs';

/** Instances that behave as told, and a note of who was asked. */
const create = (services: readonly ServiceInstance[], behaviours: Record<string, Behaviour> = {}) => {
  const asked: string[] = [];
  const bodies: string[] = [];
  const time = testCreateClock();
  const deliver: Deliver = async ({ instance, body, signal }) => {
    asked.push(instance.instance);
    const behaviour = behaviours[instance.instance] ?? 200;
    if (body !== null) bodies.push(await new Response(body).text());
    if (behaviour === 'throws') throw new Error('connection refused');
    if (behaviour === 'hangs') {
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    }
    return ok(new Response(instance.instance, { status: Number(behaviour) }));
  };
  const router = new ServiceRouter({
    lookup: {
      discover: async (_workspace, criteria) => ok({ ...findServices(services, criteria, time.now()), asOf: 0 }),
      list: async (_workspace, filter) => ok({ services: listServices(services, filter), lapsed: false, asOf: 0 }),
    },
    deliver,
    now: time.now,
    report: () => undefined,
  });
  const route = (
    request: Partial<RoutedRequest> = {},
    options: Partial<RouteOptions> = {},
    criteria: Parameters<ServiceRouter['route']>[1] = { name: 'payments' },
  ) =>
    router.route(
      workspaceId,
      criteria,
      { method: 'GET', path: '/', headers: new Headers(), body: null, ...request },
      { timeoutMs: 5_000, ...options },
    );
  return { route, asked, bodies, behaviours, time };
};

const statusOf = async (routed: ReturnType<ReturnType<typeof create>['route']>): Promise<string | number> => {
  const answer = await routed;
  return answer.ok ? answer.value.response.status : answer.error.type;
};

describe('a router', () => {
  it('shares requests out by weight, and gives none to an instance without weight unless it is named', async () => {
    const { route, asked } = create([
      service('a', { weight: 3 }),
      service('b', { weight: 1 }),
      service('c', { weight: 0 }),
    ]);
    for (let request = 0; request < 8; request += 1) await route();
    expect(asked.toSorted().join('')).toBe('aaaaaabb');
    expect((await route({}, {}, { name: 'payments', instance: 'c' })).ok).toBe(true);
    expect(asked.at(-1)).toBe('c');
    const drained = create([service('c', { weight: 0 })]);
    expect(await drained.route()).toMatchObject({
      error: { type: 'service.unavailable', detail: expect.stringContaining('weight 0') },
    });
  });

  it('sticks where told, and to the near ones', async () => {
    const all = [service('a'), service('b'), service('c', { region: 'eu' }), service('d', { region: 'eu' })];
    const { route, asked } = create(all);
    for (let request = 0; request < 10; request += 1) await route({}, { policy: 'sticky', stickyText: 'ann' });
    expect(new Set(asked).size).toBe(1);
    asked.length = 0;
    for (let request = 0; request < 10; request += 1) await route({}, {}, { name: 'payments', region: 'eu' });
    expect([...new Set(asked)].toSorted()).toEqual(['c', 'd']);
  });

  it('says what there is when nobody offers what was asked for', async () => {
    const { route } = create([service('a'), service('b', { version: '1.4.0' })]);
    expect(await route({}, {}, { name: 'payments', version: '^9' })).toMatchObject({
      error: { type: 'service.unavailable', detail: expect.stringMatching(/version \^9.*1\.0\.0, 1\.4\.0/) },
    });
    expect(await statusOf(route({}, {}, { name: 'other' }))).toBe('resource.not_found');
    expect(await statusOf(route({}, {}, { capabilities: ['fly'] }))).toBe('service.unavailable');
    expect(await statusOf(route({}, {}, { capabilities: ['pay'] }))).toBe(200);
  });

  it.each(['throws', 502, 503, 504] as const)(
    'tries another instance after %s, where that is safe',
    async (behaviour) => {
      const safe = create([service('a'), service('b')], { a: behaviour });
      for (let request = 0; request < 2; request += 1) expect(await statusOf(safe.route())).toBe(200);
      expect(safe.asked).toEqual(['a', 'b', 'b']);
      const body = Uint8Array.from(new TextEncoder().encode('order'));
      const unsafe = create([service('a'), service('b')], { a: behaviour });
      expect(await statusOf(unsafe.route({ method: 'POST', body }))).toBe(
        behaviour === 'throws' ? 'service.failed' : behaviour,
      );
      expect(unsafe.asked).toEqual(['a']);
      const keyed = create([service('a'), service('b')], { a: behaviour });
      const headers = new Headers({ 'idempotency-key': 'one' });
      expect(await statusOf(keyed.route({ method: 'POST', body, headers }))).toBe(200);
      expect(keyed.bodies).toEqual(['order', 'order']);
      const streamed = create([service('a'), service('b')], { a: behaviour });
      const stream = new Blob(['order']).stream();
      await streamed.route({ method: 'PUT', body: stream });
      expect(streamed.asked).toEqual(['a']);
    },
  );

  it.each([400, 404, 409, 429, 500, 501])('passes the status %i on as it is', async (status) => {
    const { route, asked } = create([service('a'), service('b')], { a: status });
    expect(await statusOf(route())).toBe(status);
    expect(asked).toEqual(['a']);
  });

  it('gives up in time, and says so', async () => {
    const { route } = create([service('a')], { a: 'hangs' });
    expect(await statusOf(route({ method: 'POST' }, { timeoutMs: 20 }))).toBe('service.timeout');
    const leaving = new AbortController();
    const left = route({}, { signal: leaving.signal });
    leaving.abort();
    expect(await statusOf(left)).toBe('service.timeout');
  });

  it('does not try again what the platform itself refuses', async () => {
    const services = [service('a'), service('b')];
    let calls = 0;
    const router = new ServiceRouter({
      lookup: {
        discover: async () => ok({ services, lapsed: false, asOf: 0 }),
        list: async () => ok({ services, lapsed: false, asOf: 0 }),
      },
      deliver: async () => {
        calls += 1;
        return err({ type: 'service.unavailable', detail: 'not here' });
      },
      now: clock.now,
      report: () => undefined,
    });
    const request = { method: 'GET', path: '/', headers: new Headers(), body: null };
    const refused = await router.route(workspaceId, { name: 'payments' }, request, { timeoutMs: 1_000 });
    expect([refused, calls]).toMatchObject([{ error: { detail: 'not here' } }, 1]);
  });

  it('leaves an instance out that fails while others do not, and takes it back when it is well', async () => {
    const { route, asked, behaviours, time } = create([service('a'), service('b'), service('c')], { a: 500 });
    const share = async (): Promise<number> => {
      asked.length = 0;
      for (let request = 0; request < 30; request += 1) await route({ method: 'POST' });
      return asked.filter((one) => one === 'a').length;
    };
    expect(await share()).toBe(5);
    expect(await share()).toBe(0);
    behaviours['a'] = 200;
    time.advance(20_000);
    expect(await share()).toBe(10);
  });

  it('stops sending when all fail, says when to come back, and finds out by one request that they are well', async () => {
    const { route, asked, behaviours, time } = create([service('a')], { a: 'throws' });
    for (let request = 0; request < 10; request += 1)
      expect(await statusOf(route({ method: 'POST' }))).toBe('service.failed');
    const refused = await route({ method: 'POST' });
    expect(refused).toMatchObject({
      error: { type: 'service.unavailable', detail: expect.stringMatching(/Try again in \d+ s/) },
    });
    expect(asked).toHaveLength(10);
    behaviours['a'] = 200;
    time.advance(10_000);
    expect(await statusOf(route({ method: 'POST' }))).toBe(200);
  });

  it('adds no more than a tenth of load by retries, and a small floor', async () => {
    const { route, asked } = create([service('a', { weight: 1 }), service('b', { weight: 1 })], { a: 503, b: 503 });
    const requests = 400;
    for (let request = 0; request < requests; request += 1) await route();
    expect(asked.length).toBeLessThanOrEqual(requests * 1.1 + 11);
  });
});
