/** Discovery while the registry is down: R27. */
import { abortAllDurableObjects, applyD1Migrations, env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandomIds, systemClock } from '../../shared/adapters/crypto/random-ids.ts';
import { SnapshotLookup, type ServiceLookupParts } from '../../shared/adapters/services/service-lookup.ts';
import { createServiceSnapshots } from '../../shared/adapters/services/service-snapshots.ts';
import { shardOf } from '../../shared/domain/service-registry/shard.ts';
import type { Result } from '../../shared/errors/result.ts';
import { serviceRegistryStub, type ObjectBindings } from '../stubs.ts';

// SAFETY: `testing/wrangler.toml` and `vitest.config.ts` have these bindings.
const bindings = env as unknown as Pick<ObjectBindings, 'SERVICE_REGISTRY'> & {
  readonly DIRECTORY: D1Database;
  readonly TEST_MIGRATIONS: Parameters<typeof applyD1Migrations>[1];
};
const ids = createRandomIds(systemClock);
const snapshots = createServiceSnapshots(bindings.DIRECTORY);

beforeAll(async () => {
  await applyD1Migrations(bindings.DIRECTORY, bindings.TEST_MIGRATIONS);
});

const lookupWith = (over: Partial<ServiceLookupParts> = {}) => {
  const reports: string[] = [];
  const lookup = new SnapshotLookup({
    snapshots,
    registry: (workspaceId, shard) => serviceRegistryStub(bindings, workspaceId, shard),
    now: () => Date.now(),
    report: (message) => reports.push(message),
    ...over,
  });
  return { lookup, reports };
};

const registration = (version: string) => ({
  commandId: ids.create('cmd'),
  name: 'payments',
  instance: 'one',
  kind: 'external' as const,
  owner: 'workspace',
  metadata: { version, tags: [], capabilities: ['charge-card'], weight: 100, attributes: {} },
  endpoints: [{ kind: 'http' as const, url: 'https://payments.example.com' }],
});

/** Again until it is answered: the object may be aborted under the call, and the same command is done once. */
const insist = async <T>(call: () => Promise<Result<T>>): Promise<Result<T>> => {
  for (;;) {
    try {
      return await call();
    } catch {
      await scheduler.wait(1);
    }
  }
};

describe('10,000 lookups while the registry is aborted in a loop', () => {
  it('are all answered, and none tells what was no longer so a lease ago', async () => {
    const workspaceId = ids.create('wsp');
    const registry = () => serviceRegistryStub(bindings, workspaceId, shardOf('payments'));
    const leaseMs = 30_000;
    const first = registration('1.0.0');
    const registered = await insist(() => registry().registerService({ ...first, leaseSeconds: leaseMs / 1_000 }));
    const leaseToken = registered.ok ? (registered.value.leaseToken ?? '') : '';
    // When each version was there for good: its minor number is the place in this list.
    const committedAt = [Date.now()];
    const { lookup } = lookupWith({ freshForMs: 50 });
    let ended = false;
    const abortions = (async () => {
      let count = 0;
      for (; !ended; count += 1) {
        await abortAllDurableObjects();
        await scheduler.wait(20);
      }
      return count;
    })();
    const changes = (async () => {
      while (!ended) {
        const address = { name: 'payments', instance: 'one' };
        const authority = { kind: 'lease', leaseToken } as const;
        const metadata = { version: `1.${committedAt.length}.0` };
        const change = { commandId: ids.create('cmd'), ...address, authority, metadata };
        const updated = await insist(() => registry().updateService(change));
        if (!updated.ok) return updated.error;
        committedAt.push(Date.now());
        await insist(() => registry().heartbeat({ ...address, leaseToken }));
        await scheduler.wait(100);
      }
      return undefined;
    })();
    let worstMs = 0;
    for (let batch = 0; batch < 500; batch += 1) {
      const found = await Promise.all(
        Array.from({ length: 20 }, async (_entry, index) => {
          const criteria =
            index % 2 === 0 ? { name: 'payments' } : { capabilities: ['charge-card'], version: '^1.0.0' };
          return await lookup.discover(workspaceId, criteria);
        }),
      );
      for (const one of found) {
        if (!one.ok) throw new Error(one.error.detail);
        expect(one.value.services).toHaveLength(1);
        expect(one.value.lapsed).toBe(false);
        const minor = Number(one.value.services[0]?.metadata.version.split('.')[1]);
        // It was outdated when the next version was there.
        const outdatedAt = committedAt[minor + 1];
        if (outdatedAt !== undefined) worstMs = Math.max(worstMs, Date.now() - outdatedAt);
      }
      await scheduler.wait(2);
    }
    ended = true;
    expect(await changes).toBeUndefined();
    expect(await abortions).toBeGreaterThan(10);
    expect(committedAt.length).toBeGreaterThan(2);
    expect(worstMs).toBeLessThan(leaseMs);
  }, 120_000);
});

describe('a lookup', () => {
  it('of a workspace that never had one asks its registry once, and finds the platform there', async () => {
    const workspaceId = ids.create('wsp');
    const { lookup } = lookupWith();
    const found = await lookup.discover(workspaceId, { capabilities: ['git'] });
    expect(found).toMatchObject({ ok: true, value: { services: [{ name: 'aidevos-repository' }], lapsed: false } });
  });

  it('goes on with what it knows when neither D1 nor the registry answers, and says so', async () => {
    const workspaceId = ids.create('wsp');
    const registry = serviceRegistryStub(bindings, workspaceId, shardOf('payments'));
    await registry.registerService({ ...registration('1.0.0'), leaseSeconds: 5 });
    let down = false;
    let now = Date.now();
    const broken = (): never => {
      throw new Error('down');
    };
    const { lookup, reports } = lookupWith({
      now: () => now,
      snapshots: { read: async (...query) => (down ? broken() : await snapshots.read(...query)) },
      registry: (...place) => (down ? { snapshot: broken } : serviceRegistryStub(bindings, ...place)),
    });
    const fresh = await lookup.discover(workspaceId, { name: 'payments' });
    down = true;
    now += 60_000;
    const stale = await lookup.discover(workspaceId, { name: 'payments' });
    expect([fresh, stale]).toMatchObject([
      { value: { lapsed: false, services: [{ name: 'payments' }] } },
      { value: { lapsed: true, services: [{ name: 'payments' }] } },
    ]);
    expect(reports).toEqual(['snapshots of services could not be read']);
    const other = await lookup.discover(ids.create('wsp'), { name: 'payments' });
    expect(other).toMatchObject({ ok: false, error: { type: 'service.unavailable' } });
  });

  it('refuses a range that is none, and answers an empty list to a version that nobody offers', async () => {
    const workspaceId = ids.create('wsp');
    const { lookup } = lookupWith();
    expect(await lookup.discover(workspaceId, { version: 'newest' })).toMatchObject({
      error: { type: 'request.invalid', issues: [{ field: 'query.version' }] },
    });
    expect(await lookup.discover(workspaceId, { name: 'aidevos-project', version: '^99' })).toMatchObject({
      value: { services: [], lapsed: false },
    });
  });
});
