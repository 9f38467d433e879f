import fc from 'fast-check';
import { satisfies } from 'semver';
import { describe, expect, it } from 'vitest';
import { checkCriteria, findServices, listServices } from './find.ts';
import { addressText, type ServiceInstance, type ServiceMetadata } from './service.ts';
import { allShards, registryShards, shardOf } from './shard.ts';

const service = (
  instance: string,
  metadata: Partial<ServiceMetadata> = {},
  over: Partial<ServiceInstance> = {},
): ServiceInstance => ({
  name: 'payments',
  instance,
  kind: 'external',
  owner: 'workspace',
  metadata: { version: '1.0.0', tags: [], capabilities: [], weight: 100, attributes: {}, ...metadata },
  endpoints: [{ kind: 'http', url: 'https://a.example' }],
  health: 'passing',
  load: 0,
  registeredAt: 0,
  updatedAt: 0,
  revision: 1,
  ...over,
});

const lease = (expiresAt: number) => ({ lease: { seconds: 10, expiresAt } });
const names = ({ services }: { readonly services: readonly ServiceInstance[] }) => services.map((one) => one.instance);

describe('finding services', () => {
  it('takes all criteria together', () => {
    const all = [
      service('a', { tags: ['x', 'y'], capabilities: ['c'], attributes: { team: 'one' } }),
      service('b', { tags: ['x'], capabilities: ['c'], attributes: { team: 'two' } }),
      service('c', { version: '2.1.0', region: 'eu' }),
    ];
    expect(names(findServices(all, { tags: ['x', 'y'] }, 0))).toEqual(['a']);
    expect(names(findServices(all, { capabilities: ['c'], attributes: { team: 'two' } }, 0))).toEqual(['b']);
    expect(names(findServices(all, { attributes: { toString: 'x' } }, 0))).toEqual([]);
    expect(names(findServices(all, { version: '>=2 <3' }, 0))).toEqual(['c']);
    expect(names(findServices(all, { version: '^9' }, 0))).toEqual([]);
    expect(findServices(all, { version: '^9' }, 0).lapsed).toBe(false);
    expect(
      names(findServices(all, { instance: 'b', name: 'payments', owner: 'workspace', kind: 'external' }, 0)),
    ).toEqual(['b']);
  });

  it('puts near ones first, then the weighty, the healthy and the newest', () => {
    const all = [
      service('old'),
      service('drained', { version: '9.0.0', weight: 0 }),
      service('unwell', { version: '3.0.0' }, { health: 'warning' }),
      service('new', { version: '1.10.0' }),
      service('near', { region: 'eu' }),
    ];
    expect(names(findServices(all, { region: 'eu' }, 0))).toEqual(['near', 'new', 'old', 'unwell', 'drained']);
  });

  it('leaves out what fails and what is past its lease, unless nothing else is left but the last', () => {
    const failing = service('failing', {}, { health: 'failing' });
    const past = service('past', {}, lease(10));
    const live = service('live', {}, lease(11));
    expect(findServices([failing, past, live], {}, 10)).toEqual({ services: [live], lapsed: false });
    expect(findServices([failing, past], {}, 10)).toEqual({ services: [past], lapsed: true });
    expect(findServices([failing], {}, 10)).toEqual({ services: [], lapsed: false });
  });

  it('lists everything, whatever its health, and searches without minding case', () => {
    const all = [service('b', { title: 'Card Payments' }, { health: 'failing' }), service('a', {}, lease(1))];
    expect(listServices(all, {}).map(addressText)).toEqual(['payments/a', 'payments/b']);
    expect(listServices(all, { search: 'card' }).map(addressText)).toEqual(['payments/b']);
    expect(listServices(all, { health: 'failing' }).map(addressText)).toEqual(['payments/b']);
  });

  it.each(['', '*', '1.x', '^1.2', '>=2 <4', '1 - 2', '~1.2.3 || 2'])('takes %j for a range', (version) => {
    expect(checkCriteria({ version }, 'query').ok).toBe(true);
  });

  it.each(['latest', '1..2', '>', 'x'.repeat(10_000), '^1.2 and more', '\u0000'])(
    'refuses %j as a range',
    (version) => {
      expect(checkCriteria({ version }, 'query')).toMatchObject({
        ok: false,
        error: { issues: [{ field: 'query.version' }] },
      });
    },
  );

  it('never offers what does not match, is failing or is past its lease while another is not', () => {
    const version = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((parts) => parts.join('.'));
    const health = fc.constantFrom('passing', 'warning', 'failing' as const);
    const instances = fc.array(
      fc.record({
        version,
        health,
        expiresAt: fc.option(fc.nat(20)),
        weight: fc.nat(3),
        tag: fc.constantFrom('a', 'b'),
      }),
      { maxLength: 12 },
    );
    const range = fc.tuple(fc.constantFrom('^', '~', '>=', '<', ''), version).map((parts) => parts.join(''));
    fc.assert(
      fc.property(instances, range, fc.constantFrom('a', 'b'), fc.nat(20), (entries, wanted, tag, now) => {
        const all = entries.map((entry, index) =>
          service(
            `i${index}`,
            { version: entry.version, weight: entry.weight, tags: [entry.tag] },
            { health: entry.health, ...(entry.expiresAt === null ? {} : lease(entry.expiresAt)) },
          ),
        );
        const fits = (one: ServiceInstance): boolean =>
          one.health !== 'failing' && one.metadata.tags.includes(tag) && satisfies(one.metadata.version, wanted);
        const isLive = (one: ServiceInstance): boolean => one.lease === undefined || now < one.lease.expiresAt;
        const live = all.filter((one) => fits(one) && isLive(one));
        const expected = live.length > 0 ? live : all.filter(fits);
        const found = findServices(all, { version: wanted, tags: [tag] }, now);
        expect(names(found).toSorted()).toEqual(expected.map(({ instance }) => instance).toSorted());
        expect(found.lapsed).toBe(live.length === 0 && expected.length > 0);
      }),
    );
  });
});

describe('shards', () => {
  it('share names out evenly, whatever they look like', () => {
    for (const nameOf of [
      (index: number) => `app-${index}`,
      (index: number) => 'x'.repeat(index),
      (index: number) => `${index}`,
    ]) {
      const counts = allShards.map(
        (shard) =>
          Array.from({ length: 2_000 }, (_entry, index) => shardOf(nameOf(index))).filter((one) => one === shard)
            .length,
      );
      for (const count of counts) expect(Math.abs(count - 2_000 / registryShards)).toBeLessThan(120);
    }
  });
});
