import {
  abortAllDurableObjects,
  applyD1Migrations,
  env,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandomIds, systemClock } from '../../shared/adapters/crypto/random-ids.ts';
import { createServiceSnapshots } from '../../shared/adapters/services/service-snapshots.ts';
import { maxInstancesOfName } from '../../shared/domain/service-registry/limits.ts';
import { addressText, type ServiceMetadata } from '../../shared/domain/service-registry/service.ts';
import { servicesTopic } from '../../shared/domain/service-registry/topic.ts';
import { allShards, shardOf } from '../../shared/domain/service-registry/shard.ts';
import type { Result } from '../../shared/errors/result.ts';
import type { RegisterService, ServiceRegistryRpc } from '../../shared/rpc/service-registry.ts';
import { objectName, serviceRegistryStub, topicStub, type ObjectBindings } from '../stubs.ts';

// SAFETY: `testing/wrangler.toml` and `vitest.config.ts` have these bindings.
const bindings = env as unknown as Pick<ObjectBindings, 'SERVICE_REGISTRY' | 'TOPIC'> & {
  readonly DIRECTORY: D1Database;
  readonly TEST_MIGRATIONS: Parameters<typeof applyD1Migrations>[1];
};
const ids = createRandomIds(systemClock);
const snapshots = createServiceSnapshots(bindings.DIRECTORY);

beforeAll(async () => {
  await applyD1Migrations(bindings.DIRECTORY, bindings.TEST_MIGRATIONS);
});

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.error.type}: ${result.error.detail}`);
  return result.value;
};

const metadata: ServiceMetadata = {
  version: '1.2.0',
  tags: ['shop'],
  capabilities: ['charge-card'],
  weight: 100,
  attributes: { team: 'money' },
};

const create = (name = 'payments') => {
  const workspaceId = ids.create('wsp');
  const shard = shardOf(name);
  const registration = (over: Partial<RegisterService> = {}): RegisterService => ({
    commandId: ids.create('cmd'),
    name,
    instance: 'one',
    kind: 'external',
    owner: 'workspace',
    metadata,
    endpoints: [{ kind: 'http', url: 'https://payments.example.com' }],
    ...over,
  });
  return {
    workspaceId,
    shard,
    registration,
    registry: (): ServiceRegistryRpc => serviceRegistryStub(bindings, workspaceId, shard),
    durable: (): DurableObjectStub =>
      bindings.SERVICE_REGISTRY.getByName(objectName(workspaceId, 'service-registry', String(shard))),
    published: async () => (await snapshots.read(workspaceId, [shard]))[0],
    own: async () =>
      valueOf(await serviceRegistryStub(bindings, workspaceId, shard).listServices({ name })).map(addressText),
  };
};

const authority = { kind: 'owner', owner: 'workspace' } as const;

/** As if every lease had ended and the timer had been set for a moment ago, or for long ago. */
const endLeases = (durable: DurableObjectStub, plannedAgoMs: number): Promise<void> =>
  runInDurableObject(durable, (_instance, { storage }) => {
    const now = Date.now();
    storage.sql.exec('UPDATE service_lease SET expires_at = ?', now - 1);
    const payload = JSON.stringify({ plannedAt: now - plannedAgoMs });
    storage.sql.exec("UPDATE timer SET due_at = ?, payload = ? WHERE name = 'expire'", now - 1, payload);
  });

describe('registration and discovery', () => {
  it('makes a service known with its metadata, finds it by what it can do, changes it and forgets it', async () => {
    const { registry, registration, published } = create();
    const command = registration();
    const registered = valueOf(await registry().registerService(command));
    expect(registered).toEqual({
      service: expect.objectContaining({ name: 'payments', instance: 'one', metadata, health: 'passing', revision: 1 }),
    });
    expect(await registry().registerService(command)).toEqual({ ok: true, value: registered });
    for (const criteria of [
      { name: 'payments' },
      { capabilities: ['charge-card'] },
      { tags: ['shop'], version: '^1.1' },
      { attributes: { team: 'money' } },
    ]) {
      expect(valueOf(await registry().discoverService(criteria)).map(addressText)).toEqual(['payments/one']);
    }
    for (const criteria of [{ version: '^2' }, { capabilities: ['fly'] }, { name: 'payment' }]) {
      expect(valueOf(await registry().discoverService(criteria))).toEqual([]);
    }
    const change = { commandId: ids.create('cmd'), name: 'payments', instance: 'one', authority };
    const updated = await registry().updateService({ ...change, metadata: { version: '2.0.0' }, ifRevision: 1 });
    expect(updated).toMatchObject({ value: { revision: 2, metadata: { ...metadata, version: '2.0.0' } } });
    const late = { ...change, commandId: ids.create('cmd'), metadata: { weight: 1 }, ifRevision: 1 };
    expect(await registry().updateService(late)).toMatchObject({ error: { type: 'state.conflict' } });
    expect((await published())?.services.filter(({ kind }) => kind !== 'platform')).toEqual([valueOf(updated)]);
    const removal = { ...change, commandId: ids.create('cmd') };
    expect((await registry().deregisterService(removal)).ok).toBe(true);
    expect(valueOf(await registry().listServices({ name: 'payments' }))).toEqual([]);
    expect((await published())?.services.some(({ name }) => name === 'payments')).toBe(false);
    const again = { ...removal, commandId: ids.create('cmd') };
    expect(await registry().deregisterService(again)).toMatchObject({ error: { type: 'resource.not_found' } });
  });

  it('knows every kind of object of the platform, in one shard each', async () => {
    const { workspaceId } = create();
    const pages = await Promise.all(
      allShards.map((shard) => serviceRegistryStub(bindings, workspaceId, shard).listServices({ kind: 'platform' })),
    );
    expect(pages.flatMap((page) => valueOf(page).map(({ name }) => name)).toSorted()).toEqual(
      [
        'agent',
        'app-host',
        'composer',
        'conversation',
        'project',
        'repository',
        'service-registry',
        'topic',
        'topic-catalog',
        'workspace',
      ].map((kind) => `aidevos-${kind}`),
    );
  });

  it('gives a name to one owner, and an address to one instance', async () => {
    const { registry, registration, own } = create();
    valueOf(await registry().registerService(registration()));
    expect(await registry().registerService(registration())).toMatchObject({
      error: { type: 'resource.conflict', issues: [{ field: 'instance' }] },
    });
    const stranger = registration({ instance: 'two', owner: 'composition:shop' });
    expect(await registry().registerService(stranger)).toMatchObject({
      error: { type: 'resource.conflict', issues: [{ field: 'name' }] },
    });
    const change = { commandId: ids.create('cmd'), name: 'payments', instance: 'one' };
    const other = { kind: 'owner', owner: 'composition:shop' } as const;
    expect(await registry().deregisterService({ ...change, authority: other })).toMatchObject({
      error: { type: 'auth.forbidden' },
    });
    expect(await own()).toEqual(['payments/one']);
  });

  it.each([
    ['no version', { metadata: { ...metadata, version: 'latest' } }, 'metadata.version'],
    ['a weight below nothing', { metadata: { ...metadata, weight: -1 } }, 'metadata.weight'],
    ['no endpoint', { endpoints: [] }, 'endpoints'],
    ['a lease of a second', { leaseSeconds: 1 }, 'leaseSeconds'],
    ['a novel', { metadata: { ...metadata, description: 'é'.repeat(4_000) } }, 'body'],
  ])('refuses %s by the name of the field', async (_what, over, field) => {
    const { registry, registration, own } = create();
    expect(await registry().registerService(registration(over))).toMatchObject({ error: { issues: [{ field }] } });
    expect(await own()).toEqual([]);
  });

  it('is the same after an eviction and after aborts', async () => {
    const { registry, registration, durable, own } = create();
    valueOf(await registry().registerService(registration({ leaseSeconds: 60 })));
    const before = await registry().listServices({});
    await evictDurableObject(durable());
    expect(await registry().listServices({})).toEqual(before);
    await abortAllDurableObjects();
    expect(await registry().listServices({})).toEqual(before);
    expect(await own()).toEqual(['payments/one']);
  });
});

describe('a lease', () => {
  it('is extended by whoever holds its token, and by nobody else', async () => {
    const { registry, registration } = create();
    const { leaseToken = '', service } = valueOf(await registry().registerService(registration({ leaseSeconds: 5 })));
    const address = { name: 'payments', instance: 'one' };
    const beat = await registry().heartbeat({ ...address, leaseToken, load: 0.5, health: 'warning' });
    expect(valueOf(beat).expiresAt).toBeGreaterThanOrEqual(service.lease?.expiresAt ?? Infinity);
    expect(valueOf(await registry().listServices({ name: 'payments' }))).toMatchObject([
      { load: 0.5, health: 'warning' },
    ]);
    for (const wrong of ['', 'x', `${leaseToken}0`, leaseToken.slice(1), `0${leaseToken.slice(1)}x`]) {
      const refused = await registry().heartbeat({ ...address, leaseToken: wrong, health: 'failing' });
      expect(refused).toMatchObject({ error: { type: 'lease.stale' } });
    }
    const elsewhere = await registry().heartbeat({ name: 'payments', instance: 'two', leaseToken });
    expect(elsewhere).toMatchObject({ error: { type: 'lease.stale' } });
    expect(valueOf(await registry().discoverService({ name: 'payments' }))).toHaveLength(1);
    const change = { commandId: ids.create('cmd'), ...address };
    const stranger = { kind: 'lease', leaseToken: 'x' } as const;
    expect(await registry().deregisterService({ ...change, authority: stranger })).toMatchObject({
      error: { type: 'lease.stale' },
    });
    const holder = { kind: 'lease', leaseToken } as const;
    expect((await registry().deregisterService({ ...change, commandId: 'c2', authority: holder })).ok).toBe(true);
  });

  it('says nothing of its token to whoever looks', async () => {
    const { registry, registration, published } = create();
    const { leaseToken = '' } = valueOf(await registry().registerService(registration({ leaseSeconds: 5 })));
    const seen = [
      await registry().listServices({}),
      await registry().snapshot(),
      await registry().events({ after: 0, limit: 100 }),
      await published(),
    ];
    expect(leaseToken).toMatch(/^[0-9a-f]{40}$/);
    expect(JSON.stringify(seen)).not.toContain(leaseToken);
  });

  it('that ends takes its instance out, for readers too, and its token is worth nothing any more', async () => {
    const { registry, registration, durable, own, published } = create();
    const { leaseToken = '' } = valueOf(await registry().registerService(registration({ leaseSeconds: 5 })));
    await endLeases(durable(), 0);
    expect(valueOf(await registry().discoverService({ name: 'payments' }))).toHaveLength(1);
    await runDurableObjectAlarm(durable());
    expect(await own()).toEqual([]);
    expect((await published())?.services.some(({ name }) => name === 'payments')).toBe(false);
    const beat = { name: 'payments', instance: 'one', leaseToken };
    expect(await registry().heartbeat(beat)).toMatchObject({ error: { type: 'lease.stale' } });
    const events = valueOf(await registry().events({ after: 0, limit: 100 })).map(({ event }) => event);
    expect(events.at(-1)).toEqual({
      type: 'service.deregistered',
      name: 'payments',
      instance: 'one',
      reason: 'lease_expired',
    });
  });

  it('that ended lets the instance register again, with a token that fences the old one', async () => {
    const { registry, registration, durable } = create();
    const first = valueOf(await registry().registerService(registration({ leaseSeconds: 5 })));
    await endLeases(durable(), 0);
    const second = valueOf(await registry().registerService(registration({ leaseSeconds: 5 })));
    expect(second.leaseToken).not.toBe(first.leaseToken);
    const beat = { name: 'payments', instance: 'one' };
    expect(await registry().heartbeat({ ...beat, leaseToken: first.leaseToken ?? '' })).toMatchObject({
      error: { type: 'lease.stale' },
    });
    expect((await registry().heartbeat({ ...beat, leaseToken: second.leaseToken ?? '' })).ok).toBe(true);
  });

  it('that ended while the registry was away is given once more', async () => {
    const { registry, registration, durable, own } = create();
    valueOf(await registry().registerService(registration({ leaseSeconds: 60 })));
    await endLeases(durable(), 60_000);
    await runDurableObjectAlarm(durable());
    expect(await own()).toEqual(['payments/one']);
    await endLeases(durable(), 0);
    await runDurableObjectAlarm(durable());
    expect(await own()).toEqual([]);
  });
});

describe('a flood', () => {
  it('ends at the quota, which is named, and leaves other names and workspaces alone', async () => {
    const { registry, registration, workspaceId } = create();
    const fill = async (name: string, description: string) =>
      await Promise.all(
        Array.from({ length: maxInstancesOfName }, (_entry, index) =>
          registry().registerService(
            registration({ name, instance: `i${index}`, metadata: { ...metadata, description } }),
          ),
        ),
      );
    expect((await fill('payments', 'small')).every(({ ok }) => ok)).toBe(true);
    expect(await registry().registerService(registration({ instance: 'more' }))).toMatchObject({
      error: { type: 'resource.conflict', detail: expect.stringContaining('quota "instances of a service"') },
    });
    const neighbours = Array.from({ length: 100 }, (_entry, index) => `n${index}`).filter(
      (name) => shardOf(name) === shardOf('payments'),
    );
    const filled = [];
    for (const name of neighbours.slice(0, 6)) filled.push(...(await fill(name, 'x'.repeat(3_800))));
    expect(filled.find(({ ok }) => !ok)).toMatchObject({
      error: { type: 'resource.conflict', detail: expect.stringContaining('quota "bytes of a shard"') },
    });
    const other = create();
    expect((await other.registry().registerService(other.registration())).ok).toBe(true);
    const elsewhere = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].find((name) => shardOf(name) !== shardOf('payments')) ?? '';
    const neighbour = serviceRegistryStub(bindings, workspaceId, shardOf(elsewhere));
    expect((await neighbour.registerService(registration({ name: elsewhere }))).ok).toBe(true);
    expect(valueOf(await registry().discoverService({ name: 'payments' }))).toHaveLength(maxInstancesOfName);
  }, 120_000);
});

describe('the snapshot', () => {
  it('never goes back, whatever arrives late', async () => {
    const { workspaceId } = create();
    const at = (sequence: number, asOf: number) => ({ shard: 0, sequence, asOf, services: [] });
    for (const snapshot of [at(5, 50), at(4, 60), at(5, 40), at(5, 55)]) await snapshots.write(workspaceId, snapshot);
    expect(await snapshots.read(workspaceId, allShards)).toEqual([at(5, 55)]);
  });

  it('is written again when it was dropped and somebody asks', async () => {
    const { registry, registration, durable, published } = create();
    valueOf(await registry().registerService(registration()));
    await bindings.DIRECTORY.prepare('DELETE FROM service_snapshot').run();
    expect(valueOf(await registry().snapshot()).services.some(({ name }) => name === 'payments')).toBe(true);
    await runDurableObjectAlarm(durable());
    expect((await published())?.services.some(({ name }) => name === 'payments')).toBe(true);
  });

  it('of a registration that D1 did not take follows by the timer', async () => {
    const { registry, registration, durable, published } = create();
    await bindings.DIRECTORY.prepare('ALTER TABLE service_snapshot RENAME TO away').run();
    const registered = await registry().registerService(registration());
    await bindings.DIRECTORY.prepare('ALTER TABLE away RENAME TO service_snapshot').run();
    expect(registered.ok).toBe(true);
    expect(await published()).toBeUndefined();
    await runInDurableObject(durable(), (_instance, { storage }) => {
      storage.sql.exec("UPDATE timer SET due_at = 1 WHERE name = 'publish'");
    });
    await runDurableObjectAlarm(durable());
    expect((await published())?.services.some(({ name }) => name === 'payments')).toBe(true);
  });
});

describe('watching', () => {
  it('tells what changes over a socket, from where one was', async () => {
    const { registry, registration, durable } = create();
    valueOf(await registry().registerService(registration()));
    const before = valueOf(await registry().events({ after: 0, limit: 100 })).at(-1)?.sequence ?? 0;
    valueOf(await registry().registerService(registration({ instance: 'two' })));
    const answer = await durable().fetch(`https://object/events?after=${before}`, {
      headers: { upgrade: 'websocket' },
    });
    const socket = answer.webSocket;
    const frames: unknown[] = [];
    const done = Promise.withResolvers<void>();
    socket?.addEventListener('message', ({ data }) => {
      frames.push(JSON.parse(String(data)));
      if (frames.length === 3) done.resolve();
    });
    socket?.accept();
    const change = { commandId: 'c', name: 'payments', instance: 'one', authority };
    valueOf(await registry().deregisterService(change));
    await done.promise;
    socket?.close();
    expect(frames).toMatchObject([
      { type: 'event', sequence: before + 1, event: { type: 'service.registered', instance: 'two' } },
      { type: 'caught_up' },
      { type: 'event', sequence: before + 2, event: { type: 'service.deregistered', reason: 'asked' } },
    ]);
  });

  it('tells the bus each change once, in order, with the change itself', async () => {
    const { registry, registration, workspaceId, durable } = create();
    valueOf(await registry().registerService(registration()));
    await abortAllDurableObjects();
    valueOf(await registry().deregisterService({ commandId: 'c', name: 'payments', instance: 'one', authority }));
    const read = async () => {
      const page = await topicStub(bindings, workspaceId, servicesTopic).events({ after: 0, limit: 10 });
      return page.ok ? page.value : [];
    };
    while ((await read()).length < 2) {
      await runDurableObjectAlarm(durable());
      await scheduler.wait(10);
    }
    expect(await read()).toMatchObject([
      { sequence: 1, event: { type: 'service.registered', key: 'payments/one', data: { metadata } } },
      { sequence: 2, event: { type: 'service.deregistered', key: 'payments/one', data: { reason: 'asked' } } },
    ]);
  });
});
