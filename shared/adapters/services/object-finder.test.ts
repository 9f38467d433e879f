import { describe, expect, it } from 'vitest';
import { createRandomIds, systemClock } from '../crypto/random-ids.ts';
import { plainObject } from '../../domain/service-registry/objects.ts';
import type { ServiceInstance } from '../../domain/service-registry/service.ts';
import { err, ok, type Result } from '../../errors/result.ts';
import type { ObjectDirectory } from '../../ports/object-directory.ts';
import type { Discovery } from '../../ports/service-lookup.ts';
import { ObjectFinder } from './object-finder.ts';

const workspaceId = createRandomIds(systemClock).create('wsp');

const kind: ServiceInstance = {
  name: 'aidevos-agent',
  instance: 'platform',
  kind: 'platform',
  owner: 'platform',
  metadata: { version: '0.1.0', tags: [], capabilities: [], weight: 100, attributes: {} },
  endpoints: [{ kind: 'object', objectKind: 'agent', objectId: '*' }],
  health: 'passing',
  load: 0,
  registeredAt: 1,
  updatedAt: 1,
  revision: 1,
};

const agents = ['agt_1', 'agt_2', 'agt_3'].map((id, at) => ({
  ...plainObject(id, 5),
  title: `seat-${at}`,
  attributes: { role: at === 2 ? 'reviewer' : 'backend' },
  health: at === 1 ? ('failing' as const) : ('passing' as const),
}));

const down = async (): Promise<never> => {
  throw new Error('a secret of the store');
};

/** A finder with a registry that says this, and these agents; `asked` is what the directory was asked. */
const create = (
  registry: Result<Discovery> = ok({ services: [kind], asOf: 3, lapsed: false }),
  over: Partial<ObjectDirectory> = {},
) => {
  const asked: unknown[] = [];
  const told: string[] = [];
  const answer = async () => registry;
  const finder = new ObjectFinder({
    lookup: { discover: answer, list: answer },
    objects: {
      page: async (_workspace, query) => {
        asked.push(query);
        return { objects: agents.slice(0, query.limit), next: 'agt_9' };
      },
      best: async (_workspace, query) => {
        asked.push(query);
        return agents.toReversed();
      },
      find: async (_workspace, _kind, id) => agents.find(({ objectId }) => objectId === id),
      ...over,
    },
    now: () => 9,
    report: (message) => told.push(message),
  });
  return { finder, asked, told };
};

const idsOf = (found: Result<Discovery>): readonly string[] | string =>
  found.ok ? found.value.services.map(({ instance }) => instance) : found.error.type;

const unavailable = err({ type: 'service.unavailable', detail: 'down' } as const);

describe('services together with single objects', () => {
  it('are found in the directory’s order, without those that fail, at most as many as asked for', async () => {
    const { finder } = create();
    const name = 'aidevos-agent';
    expect(idsOf(await finder.discover(workspaceId, { name }))).toEqual(['platform', 'agt_3', 'agt_1']);
    expect(idsOf(await finder.discover(workspaceId, { name, limit: 2 }))).toEqual(['platform', 'agt_3']);
    expect(idsOf(await finder.discover(workspaceId, { name, version: '^9' }))).toEqual(['platform']);
  });

  it('ask the directory for nothing when no kind is named, the kind itself is, or none can be so', async () => {
    const { finder, asked } = create();
    for (const criteria of [{}, { name: 'payments' }, { name: 'aidevos-agent', instance: 'platform' }]) {
      await finder.discover(workspaceId, criteria);
      await finder.page(workspaceId, { ...criteria, limit: 5 });
    }
    for (const criteria of [{ tags: ['shop'] }, { capabilities: ['git'] }, { owner: 'workspace' }, { version: '^9' }]) {
      await finder.page(workspaceId, { name: 'aidevos-agent', ...criteria, limit: 5 });
    }
    expect(asked).toEqual([]);
  });

  it('are found when the registry cannot be read, and a criterion that is not valid is refused none the less', async () => {
    const { finder } = create(unavailable);
    expect(idsOf(await finder.discover(workspaceId, { name: 'aidevos-agent' }))).toEqual(['agt_3', 'agt_1']);
    expect(idsOf(await finder.page(workspaceId, { name: 'aidevos-agent', limit: 2 }))).toEqual(['agt_1', 'agt_2']);
    expect(idsOf(await finder.discover(workspaceId, { name: 'payments' }))).toBe('service.unavailable');
    const invalid = create(err({ type: 'request.invalid', detail: 'query.version' }));
    expect(idsOf(await invalid.finder.discover(workspaceId, { name: 'aidevos-agent' }))).toBe('request.invalid');
  });

  it('say that objects cannot be looked up, and no more than that', async () => {
    const { finder, told } = create(undefined, { best: down, page: down, find: down });
    const name = 'aidevos-agent';
    for (const found of [
      await finder.discover(workspaceId, { name }),
      await finder.page(workspaceId, { name, limit: 1 }),
      await finder.get(workspaceId, { name, instance: 'agt_1' }),
    ]) {
      expect(found).toMatchObject({ error: { type: 'service.unavailable' } });
      expect(JSON.stringify(found)).not.toContain('secret');
    }
    expect(told).toHaveLength(3);
  });

  it('are one by their address, which must meet whatever else is asked', async () => {
    const { finder } = create(ok({ services: [], asOf: 3, lapsed: false }));
    const place = { name: 'aidevos-agent', instance: 'agt_3' };
    expect(await finder.get(workspaceId, place)).toMatchObject({ value: { instance: 'agt_3', registeredAt: 5 } });
    expect(await finder.get(workspaceId, { ...place, instance: 'agt_7' })).toEqual(ok(undefined));
    const of = (role: string) => finder.discover(workspaceId, { ...place, attributes: { role } });
    expect([idsOf(await of('reviewer')), idsOf(await of('backend'))]).toEqual([['agt_3'], []]);
  });

  it('go on after an instance of the same service, without the kind', async () => {
    const { finder, asked } = create();
    const name = 'aidevos-agent';
    const page = await finder.page(workspaceId, { name, after: `${name}/agt_0`, limit: 1 });
    expect(page).toMatchObject({ value: { services: [{ instance: 'agt_1' }], next: `${name}/agt_9` } });
    expect(asked).toEqual([{ kind: 'agent', attributes: {}, limit: 1, after: 'agt_0' }]);
    const elsewhere = await finder.page(workspaceId, { name, after: 'aidevos-topic/orders', limit: 1 });
    expect(elsewhere).toMatchObject({ error: { type: 'request.invalid', issues: [{ field: 'query.after' }] } });
  });

  it('look for a text in the objects’ names, unless it is part of the service’s own', async () => {
    const { finder, asked } = create();
    const name = 'aidevos-agent';
    expect(idsOf(await finder.page(workspaceId, { name, search: 'Seat-0', limit: 3 }))).toEqual(['platform', 'agt_1']);
    await finder.page(workspaceId, { name, search: 'AGENT', limit: 3 });
    expect(asked).toMatchObject([{ search: 'Seat-0' }, { limit: 3 }]);
    expect(asked[1]).not.toHaveProperty('search');
  });
});
