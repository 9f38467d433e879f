import { abortAllDurableObjects, applyD1Migrations, env, runInDurableObject } from 'cloudflare:test';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRandomIds, systemClock } from '../../shared/adapters/crypto/random-ids.ts';
import type { WorkspaceId } from '../../shared/domain/ids.ts';
import { shardOf } from '../../shared/domain/service-registry/shard.ts';
import type { CompositionView } from '../../shared/rpc/composer.ts';
import { composerStub, compositionGroup, objectName, serviceRegistryStub, type ObjectBindings } from '../stubs.ts';
import type { SandboxFake } from './testing/worker.ts';

// SAFETY: `testing/wrangler.toml` and `vitest.config.ts` have these bindings.
const bindings = env as unknown as Pick<ObjectBindings, 'COMPOSER' | 'SERVICE_REGISTRY'> & {
  readonly DIRECTORY: D1Database;
  readonly SANDBOX: SandboxFake;
  readonly TEST_MIGRATIONS: Parameters<typeof applyD1Migrations>[1];
};
const ids = createRandomIds(systemClock);
const person = { actor: 'key', owner: 'workspace' };

beforeAll(async () => {
  await applyD1Migrations(bindings.DIRECTORY, bindings.TEST_MIGRATIONS);
});

beforeEach(async () => {
  await bindings.SANDBOX.meetNext([]);
});

const manifest = (collections: readonly string[], extra = '', members = ''): string => `
name: shop
members:
  accounts: { service: auth }
  records: { service: data, config: { collections: [${collections.map((name) => `{ name: ${name} }`).join(', ')}] } }
  orders:
    service: api
    config: { routes: [{ operationId: list, method: GET, path: /orders, action: { do: data.query, collection: ${collections[0]} } }] }
    uses: { store: records }
${members}
routes:
  - { path: /auth, member: accounts }
  - { path: /, member: orders }
${extra}`;

const createWorkspace = () => {
  const workspaceId: WorkspaceId = ids.create('wsp');
  const composer = () => composerStub(bindings, workspaceId);
  const registry = (name: string) => serviceRegistryStub(bindings, workspaceId, shardOf(name));
  const compose = (text: string, more: object = {}) =>
    composer().compose({ commandId: ids.create('cmd'), manifest: text, mayAllowOrigins: true, ...person, ...more });
  /** Calls of an object that is being aborted are made again. */
  const insist = async <T>(call: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await call();
      } catch {
        // Aborted under the call.
      }
    }
  };
  /** The composition once nothing runs on it; undefined when it is gone. */
  const settled = async (name = 'shop'): Promise<CompositionView | undefined> => {
    for (;;) {
      const view = await insist(() => composer().get({ name }));
      if (!view.ok) return undefined;
      if (view.value.operation === undefined) return view.value;
      await scheduler.wait(20);
    }
  };
  const published = async (name = 'shop') => {
    const known = await insist(() => registry(name).listServices({ name }));
    return known.ok ? known.value : [];
  };
  const group = (name = 'shop') => bindings.SANDBOX.group(compositionGroup(workspaceId, name));
  const tearDown = (name = 'shop', more: object = {}) =>
    composer().tearDown({ commandId: ids.create('cmd'), name, ...person, ...more });
  return { workspaceId, composer, registry, compose, settled, published, group, tearDown, insist };
};

describe('a composition', () => {
  it('comes up as one service of the registry, with its members set up callees first', async () => {
    const { compose, settled, published, group, composer } = createWorkspace();
    const composed = await compose(manifest(['orders']));
    expect(composed).toMatchObject({
      ok: true,
      value: {
        plan: {
          isChange: true,
          steps: ['bring up accounts', 'bring up records', 'bring up orders', 'publish the routes'],
        },
        composition: { status: 'starting' },
      },
    });
    expect(await settled()).toMatchObject({ status: 'up', revision: 1, lastOperation: { outcome: 'done' } });
    expect(await bindings.SANDBOX.calls()).toEqual([
      'configure auth',
      'configure auth+data',
      'configure api+auth+data',
    ]);
    expect(await published()).toMatchObject([
      {
        kind: 'composition',
        owner: 'composition:shop',
        endpoints: [
          {
            kind: 'composition',
            routes: [
              { path: '/auth', member: 'accounts' },
              { path: '/', member: 'orders' },
            ],
          },
        ],
      },
    ]);
    expect((await group())?.declaration).toMatchObject({ data: { collections: [{ name: 'orders' }] } });
    expect(await composer().topology({ name: 'shop' })).toMatchObject({ ok: true, value: { nodes: { length: 3 } } });
    expect(await composer().manifest({ name: 'shop' })).toEqual({
      ok: true,
      value: { manifest: manifest(['orders']), revision: 1 },
    });
    expect(await composer().list({ limit: 10 })).toMatchObject({
      ok: true,
      value: { compositions: [{ name: 'shop' }] },
    });
  });

  it('is undone in reverse when a part fails, and says which part and why', async () => {
    const { compose, settled, published, group } = createWorkspace();
    await bindings.SANDBOX.meetNext(['done', 'done', 'refused']);
    await compose(manifest(['orders']));
    expect(await settled()).toMatchObject({
      status: 'failed',
      revision: 0,
      lastFailure: { member: 'orders', reason: 'The services refuse this.' },
      lastOperation: { outcome: 'undone' },
    });
    const calls = await bindings.SANDBOX.calls();
    expect(calls.slice(3)).toEqual(['configure auth+data', 'configure auth', 'remove']);
    expect([await published(), await group()]).toEqual([[], undefined]);
  });

  it('tries again what may help, also when an answer was lost', async () => {
    const { compose, settled } = createWorkspace();
    await bindings.SANDBOX.meetNext(['down', 'lost', 'done', 'lost']);
    await compose(manifest(['orders']));
    expect(await settled()).toMatchObject({ status: 'up', revision: 1 });
  });

  it('is changed by difference: what the old routes ask for stays until they are switched and drained', async () => {
    const { compose, settled, published, group } = createWorkspace();
    await compose(manifest(['orders', 'carts']));
    await settled();
    await bindings.SANDBOX.meetNext([]);
    const changed = await compose(manifest(['baskets', 'orders'], '', '  pages: { service: ui }'));
    expect(changed).toMatchObject({
      ok: true,
      value: {
        plan: {
          members: [
            { member: 'accounts', change: 'kept' },
            { member: 'records', change: 'changed', differs: ['configuration'] },
            { member: 'orders', change: 'changed' },
            { member: 'pages', change: 'added' },
          ],
        },
      },
    });
    expect(await settled()).toMatchObject({ status: 'up', revision: 2 });
    expect((await group())?.declaration).toMatchObject({
      data: { collections: [{ name: 'baskets' }, { name: 'orders' }] },
    });
    expect((await bindings.SANDBOX.calls()).length).toBe(4);
    expect(await published()).toMatchObject([{ metadata: { attributes: { revision: '2' } } }]);
    expect(await compose(manifest(['baskets', 'orders'], '', '  pages: { service: ui }'))).toMatchObject({
      ok: true,
      value: { plan: { isChange: false, steps: [] } },
    });
  });

  it('keeps what was up when a change of it fails', async () => {
    const { compose, settled, published, group } = createWorkspace();
    await compose(manifest(['orders']));
    await settled();
    const before = [await group(), await published()];
    await bindings.SANDBOX.meetNext(['done', 'refused']);
    await compose(manifest(['baskets']));
    expect(await settled()).toMatchObject({ status: 'up', revision: 1, lastFailure: { member: 'orders' } });
    const after = [await group(), await published()];
    expect(after).toMatchObject([
      { declaration: (before[0] as { declaration: unknown }).declaration },
      before[1] as object,
    ]);
  });

  it('heals what was lost, whoever asks', async () => {
    const { workspaceId, compose, composer, settled, published, group, registry } = createWorkspace();
    await compose(manifest(['orders']));
    await settled();
    await bindings.SANDBOX.lose(compositionGroup(workspaceId, 'shop'));
    const authority = { kind: 'owner', owner: 'composition:shop' } as const;
    await registry('shop').deregisterService({ commandId: 'x', name: 'shop', instance: 'main', authority });
    const healed = await composer().heal({ commandId: 'heal', name: 'shop', ...person });
    expect(healed).toMatchObject({ ok: true, value: { status: 'healing', parts: [{ health: 'lost' }, {}, {}] } });
    expect(await settled()).toMatchObject({ status: 'up', revision: 1 });
    expect(Object.keys((await group())?.declaration ?? {})).toEqual(['auth', 'data', 'api']);
    expect(await published()).toHaveLength(1);
  });

  it('is taken down leaving nothing, also in the middle of coming up', async () => {
    const { workspaceId, compose, composer, settled, published, group, tearDown } = createWorkspace();
    await bindings.SANDBOX.meetNext(['down', 'down']);
    await compose(manifest(['orders']));
    expect(await tearDown()).toMatchObject({ ok: true, value: { status: 'stopping' } });
    expect(await settled()).toBeUndefined();
    expect([await published(), await group()]).toEqual([[], undefined]);
    expect(await composer().get({ name: 'shop' })).toMatchObject({ ok: false, error: { type: 'resource.not_found' } });
    const durable = bindings.COMPOSER.getByName(objectName(workspaceId, 'composer', workspaceId));
    const left = () =>
      runInDurableObject(durable, (_instance, { storage }) =>
        storage.sql
          .exec('SELECT (SELECT COUNT(*) FROM composition_manifest) + (SELECT COUNT(*) FROM timer) AS left')
          .one(),
      );
    // The last news is still on its way to the bus.
    await expect.poll(left, { timeout: 10_000 }).toEqual({ left: 0 });
  });

  it('goes on where it was after kills at any moment', async () => {
    const { compose, settled, published, group, tearDown, insist } = createWorkspace();
    let isOver = false;
    const killing = (async () => {
      while (!isOver) {
        await scheduler.wait(15);
        await abortAllDurableObjects();
      }
    })();
    const commandId = ids.create('cmd');
    await insist(() => compose(manifest(['orders']), { commandId }));
    await scheduler.wait(400);
    isOver = true;
    await killing;
    expect(await settled()).toMatchObject({ status: 'up', revision: 1 });
    expect(await published()).toHaveLength(1);
    expect(Object.keys((await group())?.declaration ?? {})).toHaveLength(3);
    await tearDown();
    await abortAllDurableObjects();
    expect(await settled()).toBeUndefined();
    expect([await published(), await group()]).toEqual([[], undefined]);
  });
});

describe('what cannot be composed', () => {
  it('a version that nobody offers, an unknown service, a name that is taken', async () => {
    const { compose, registry } = createWorkspace();
    const register = (name: string, version: string) =>
      registry(name).registerService({
        commandId: ids.create('cmd'),
        name,
        instance: version,
        kind: 'external',
        owner: 'workspace',
        metadata: { version, tags: [], capabilities: [], weight: 1, attributes: {} },
        endpoints: [{ kind: 'http', url: 'https://mail.example' }],
      });
    await register('mail', '1.2.0');
    await register('shop', '1.0.0');
    const composed = await compose(
      manifest(['orders'], '', '  post: { registered: mail, version: ^9.0 }\n  fax: { registered: fax }'),
    );
    expect(composed).toMatchObject({
      ok: false,
      error: {
        type: 'request.invalid',
        issues: [
          { field: 'members.post.version', reason: 'nobody offers mail in version "^9.0"; offered: 1.2.0' },
          { field: 'members.fax.registered', reason: 'there is no service "fax" in the registry' },
          {
            field: 'name',
            reason: expect.stringContaining('"shop" is the name of a service that somebody registered'),
          },
        ],
      },
    });
  });

  it('an app that is not deployed', async () => {
    const { compose } = createWorkspace();
    expect(await compose(manifest(['a'], '', `  blog: { app: ${ids.create('prj')} }`))).toMatchObject({
      ok: false,
      error: { issues: [{ field: 'members.blog.app', reason: expect.stringContaining('nothing is deployed') }] },
    });
  });

  it('a circle over two compositions, and a member of another is not taken down', async () => {
    const { compose, settled, tearDown } = createWorkspace();
    const outer = (name: string, inner: string): string =>
      `name: ${name}\nmembers: { inner: { registered: ${inner} } }\nroutes: [{ path: /, member: inner }]`;
    await compose(manifest(['orders']));
    await settled();
    await compose(outer('mall', 'shop'));
    expect(await settled('mall')).toMatchObject({ status: 'up' });
    expect(await tearDown()).toMatchObject({ ok: false, error: { type: 'resource.conflict' } });
    expect(await compose(outer('shop', 'mall'))).toMatchObject({
      ok: false,
      error: {
        issues: [{ field: 'members.inner.registered', reason: expect.stringContaining('shop -> mall -> shop') }],
      },
    });
  });

  it('what somebody else composed, for agents of a project', async () => {
    const { compose, settled, tearDown } = createWorkspace();
    await compose(manifest(['orders']));
    await settled();
    const agent = { owner: 'project:p', actor: 'agt' };
    expect(await compose(manifest(['b']), agent)).toMatchObject({ ok: false, error: { type: 'auth.forbidden' } });
    expect(await tearDown('shop', agent)).toMatchObject({ ok: false, error: { type: 'auth.forbidden' } });
  });

  it('a second change while the first one runs, and the same command twice is one', async () => {
    const { compose, settled } = createWorkspace();
    await bindings.SANDBOX.meetNext(['down']);
    const commandId = ids.create('cmd');
    const first = await compose(manifest(['orders']), { commandId });
    expect(await compose(manifest(['orders']), { commandId })).toEqual(first);
    expect(await compose(manifest(['b']))).toMatchObject({ ok: false, error: { type: 'state.conflict' } });
    expect(await compose(manifest(['b']), { commandId })).toMatchObject({
      ok: false,
      error: { type: 'idempotency.mismatch' },
    });
    expect(await settled()).toMatchObject({ status: 'up', revision: 1 });
  });

  it('more compositions than the quota', async () => {
    const { compose, settled } = createWorkspace();
    const small = (index: number): string =>
      `name: s${index}\nmembers: { a: { service: api } }\nroutes: [{ path: /, member: a }]`;
    for (let index = 0; index < 50; index += 1) expect(await compose(small(index))).toMatchObject({ ok: true });
    expect(await compose(small(50))).toMatchObject({
      ok: false,
      error: { type: 'resource.conflict', detail: expect.stringContaining('quota "compositions of a workspace"') },
    });
    for (let index = 0; index < 50; index += 1) expect(await settled(`s${index}`)).toMatchObject({ status: 'up' });
  });
});
