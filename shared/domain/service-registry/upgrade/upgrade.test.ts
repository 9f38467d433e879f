/** The course of an upgrade as the log tells it, whatever happens in whatever order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServiceEvent } from '../../../protocol/service-events.ts';
import type { StartUpgrade } from '../../../rpc/service-upgrades.ts';
import { decideUpdate } from '../decide.ts';
import type { ServiceHealth, ServiceMetadata } from '../service.ts';
import { emptyRegistry, evolveRegistry, findUpgrade, servicesNamed, type RegistryState } from '../state.ts';
import { viewServices } from '../view.ts';
import { adviseUpgrade, figuresOf, type UpgradeSight } from './advise.ts';
import { decideStartUpgrade, decideSteerUpgrade, followAdvice } from './decide.ts';
import { addMeasures, noMeasure, noteRequest, type Measure } from './measure.ts';
import { isActive, upgradeWeights, type Upgrade } from './upgrade.ts';

const metadata: ServiceMetadata = { version: '1.0.0', tags: [], capabilities: [], weight: 100, attributes: {} };

const registered = (instance: string, over: Partial<ServiceMetadata> = {}): ServiceEvent => ({
  type: 'service.registered',
  name: 'shop',
  instance,
  kind: 'external',
  owner: 'workspace',
  metadata: { ...metadata, ...over },
  endpoints: [{ kind: 'http', url: 'https://shop.example.com' }],
});

const start: StartUpgrade = {
  commandId: 'one',
  name: 'shop',
  to: '2.0.0',
  steps: [5, 50, 100],
  stepRequests: 50,
  stepSeconds: 60,
  maxSlowdown: 1.5,
  by: 'key_1',
};

let clock = 0;
const after = (state: RegistryState, events: readonly ServiceEvent[]): RegistryState =>
  events.reduce((before, event) => evolveRegistry(before, event, (clock += 1)), state);

const two = after(emptyRegistry, [registered('a'), registered('b', { version: '2.0.0', weight: 0 })]);

const eventsOf = (decided: ReturnType<typeof decideStartUpgrade>): readonly ServiceEvent[] => {
  if (!decided.ok) throw new Error(decided.error.detail);
  return decided.value;
};

const started = (state: RegistryState, over: Partial<StartUpgrade> = {}): RegistryState =>
  after(state, eventsOf(decideStartUpgrade(state, { ...start, ...over })));

const weightsOf = (state: RegistryState): Record<string, number> =>
  Object.fromEntries(viewServices(state, []).map(({ instance, metadata: { weight } }) => [instance, weight]));

const upgradeOf = (state: RegistryState): Upgrade => {
  const upgrade = findUpgrade(state, 'shop');
  if (upgrade === undefined) throw new Error('There is no upgrade.');
  return upgrade;
};

const measureOf = (good: number, bad: number): Measure => {
  let measure = noMeasure;
  for (let at = 0; at < good; at += 1) measure = noteRequest(measure, 20);
  for (let at = 0; at < bad; at += 1) measure = noteRequest(measure, undefined);
  return measure;
};

const sightOf = (state: RegistryState, over: Partial<UpgradeSight> = {}): UpgradeSight => ({
  instances: servicesNamed(state, 'shop'),
  fresh: noMeasure,
  old: noMeasure,
  oldBefore: noMeasure,
  looks: 0,
  lookedAt: 0,
  isKnown: true,
  isTimeOver: false,
  ...over,
});

const step = (state: RegistryState, over: Partial<UpgradeSight> = {}): RegistryState => {
  const upgrade = upgradeOf(state);
  return after(state, followAdvice(state, upgrade, adviseUpgrade(upgrade, sightOf(state, over))));
};

const enough = { fresh: measureOf(50, 0), old: measureOf(500, 0) };

describe('an upgrade', () => {
  it('goes by its steps to the end, where the weights become the instances’ own', () => {
    const first = started(two);
    expect(weightsOf(first)).toEqual({ a: 95, b: 5 });
    expect(viewServices(first, [])[1]?.upgrade).toEqual({ id: 'one', group: 'new' });
    expect(step(first, { ...enough, isKnown: false })).toEqual(first);
    const second = step(first, enough);
    expect(weightsOf(second)).toEqual({ a: 50, b: 50 });
    const third = step(second, { isTimeOver: true });
    expect(weightsOf(third)).toEqual({ a: 0, b: 100 });
    const last = step(third, enough);
    expect(upgradeOf(last)).toMatchObject({ status: 'completed', end: 'passed', figures: { new: { requests: 50 } } });
    expect(servicesNamed(last, 'shop').map((one) => one.metadata.weight)).toEqual([0, 100]);
    expect(viewServices(last, []).some((one) => one.upgrade !== undefined)).toBe(false);
  });

  it('is stopped by errors, by health and by instances that are gone, and everything goes back', () => {
    const first = started(two);
    const failing = step(first, { fresh: measureOf(7, 3), old: measureOf(190, 0) });
    expect(upgradeOf(failing)).toMatchObject({ status: 'stopped', end: 'errors', step: 0 });
    expect(weightsOf(failing)).toEqual({ a: 100, b: 0 });
    const health = (instance: string, said: ServiceHealth): ServiceEvent => ({
      type: 'service.health_changed',
      name: 'shop',
      instance,
      health: said,
    });
    expect(upgradeOf(step(after(first, [health('b', 'failing')])))).toMatchObject({ status: 'stopped', end: 'health' });
    expect(upgradeOf(step(after(first, [health('a', 'failing')])))).toMatchObject({ status: 'running' });
    const gone = (instance: string): ServiceEvent => ({
      type: 'service.deregistered',
      name: 'shop',
      instance,
      reason: 'lease_expired',
    });
    expect(upgradeOf(step(after(first, [gone('b')])))).toMatchObject({ status: 'stopped', end: 'gone' });
    const alone = step(after(first, [gone('a')]));
    expect([upgradeOf(alone).end, weightsOf(alone)]).toEqual(['old_gone', { b: 100 }]);
  });

  it('pauses with its weights, is stopped all the same, and is aborted by a person', () => {
    const first = started(two);
    const steer = (state: RegistryState, action: 'pause' | 'resume' | 'abort') =>
      decideSteerUpgrade(state, { commandId: action, name: 'shop', action, by: 'key_2' }, figuresOf(sightOf(state)));
    const paused = after(first, eventsOf(steer(first, 'pause')));
    expect(step(paused, enough)).toEqual(paused);
    expect(weightsOf(paused)).toEqual({ a: 95, b: 5 });
    expect(upgradeOf(step(paused, { fresh: measureOf(0, 10), old: measureOf(190, 0) })).status).toBe('stopped');
    const resumed = after(paused, eventsOf(steer(paused, 'resume')));
    expect(upgradeOf(step(resumed, enough)).step).toBe(1);
    const aborted = after(resumed, eventsOf(steer(resumed, 'abort')));
    expect([upgradeOf(aborted).status, weightsOf(aborted)]).toEqual(['aborted', { a: 100, b: 0 }]);
    expect(steer(aborted, 'abort')).toEqual({ ok: true, value: [] });
    expect(steer(aborted, 'resume')).toMatchObject({ error: { type: 'resource.conflict' } });
    expect(steer(emptyRegistry, 'pause')).toMatchObject({ error: { type: 'resource.not_found' } });
  });

  it('is refused by field and reason', () => {
    const refused = (over: Partial<StartUpgrade>, state = two) => decideStartUpgrade(state, { ...start, ...over });
    for (const steps of [[], [5, 5, 100], [50, 5, 100], [5, 50], [0, 100], [5, 101]]) {
      expect(refused({ steps })).toMatchObject({ error: { issues: [{ field: 'steps' }] } });
    }
    expect(refused({ stepRequests: 0 })).toMatchObject({ error: { issues: [{ field: 'stepRequests' }] } });
    expect(refused({ stepSeconds: Number.NaN })).toMatchObject({ error: { issues: [{ field: 'stepSeconds' }] } });
    expect(refused({ maxSlowdown: 1 })).toMatchObject({ error: { issues: [{ field: 'maxSlowdown' }] } });
    expect(refused({ to: '3.0.0' })).toMatchObject({ error: { detail: expect.stringContaining('1.0.0, 2.0.0') } });
    expect(refused({ to: '1.0.0' })).toMatchObject({ error: { type: 'resource.conflict' } });
    expect(refused({ name: 'nobody' })).toMatchObject({ error: { type: 'resource.not_found' } });
    expect(refused({}, started(two))).toMatchObject({ error: { type: 'resource.conflict' } });
    const authority = { kind: 'owner', owner: 'workspace' } as const;
    const update = { commandId: 'x', name: 'shop', instance: 'a', authority, metadata: { weight: 7 } };
    expect(decideUpdate(started(two), update, undefined)).toMatchObject({ error: { type: 'resource.conflict' } });
    expect(decideUpdate(two, update, undefined)).toMatchObject({ ok: true });
  });
});

type Happening =
  | {
      readonly type: 'look';
      readonly good: number;
      readonly bad: number;
      readonly over: boolean;
      readonly known: boolean;
    }
  | { readonly type: 'steer'; readonly action: 'pause' | 'resume' | 'abort' }
  | { readonly type: 'join' | 'leave'; readonly at: number; readonly version: string; readonly weight: number }
  | { readonly type: 'health'; readonly at: number; readonly health: ServiceHealth };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('look' as const),
      good: fc.nat(60),
      bad: fc.nat(3),
      over: fc.boolean(),
      known: fc.boolean(),
    }),
  },
  fc.record({ type: fc.constant('steer' as const), action: fc.constantFrom('pause', 'resume', 'abort') }),
  fc.record({
    type: fc.constantFrom('join' as const, 'leave' as const),
    at: fc.nat(5),
    version: fc.constantFrom('1.0.0', '1.5.0', '2.0.0'),
    weight: fc.nat(1_000),
  }),
  fc.record({
    type: fc.constant('health' as const),
    at: fc.nat(5),
    health: fc.constantFrom<ServiceHealth>('passing', 'warning', 'failing'),
  }),
);

const happen = (state: RegistryState, seen: { fresh: Measure; old: Measure }, one: Happening): RegistryState => {
  const upgrade = upgradeOf(state);
  switch (one.type) {
    case 'look': {
      if (!isActive(upgrade)) return state;
      seen.fresh = addMeasures(seen.fresh, measureOf(one.good, one.bad));
      seen.old = addMeasures(seen.old, measureOf(100, 0));
      const next = step(state, { ...seen, isTimeOver: one.over, isKnown: one.known });
      if (upgradeOf(next).step !== upgrade.step) [seen.fresh, seen.old] = [noMeasure, noMeasure];
      return next;
    }
    case 'steer': {
      const command = { commandId: 'x', name: 'shop', action: one.action, by: 'key_1' } as const;
      const decided = decideSteerUpgrade(state, command, figuresOf(seen));
      return decided.ok ? after(state, decided.value) : state;
    }
    case 'join':
      return after(state, [registered(`i${one.at}`, { version: one.version, weight: one.weight })]);
    case 'leave':
      return after(state, [{ type: 'service.deregistered', name: 'shop', instance: `i${one.at}`, reason: 'asked' }]);
    case 'health': {
      const instance = `i${one.at}`;
      return after(state, [{ type: 'service.health_changed', name: 'shop', instance, health: one.health }]);
    }
  }
};

it('keeps the sum of all weights, never leaves a mixture at its end, and never goes on after it', () => {
  const first = fc.record({ weights: fc.array(fc.nat(300), { minLength: 1, maxLength: 3 }), canary: fc.nat(300) });
  fc.assert(
    fc.property(first, fc.array(happening, { maxLength: 40 }), ({ weights, canary }, happenings) => {
      const old = weights.map((weight, at) => registered(`i${at}`, { weight: weight + 1 }));
      let state = started(after(emptyRegistry, [...old, registered('i5', { version: '2.0.0', weight: canary })]));
      const { total } = upgradeOf(state);
      expect(total).toBe(weights.reduce((sum, weight) => sum + weight + 1, canary));
      const seen = { fresh: noMeasure, old: noMeasure };
      for (const one of happenings) {
        const before = upgradeOf(state);
        state = happen(state, seen, one);
        const upgrade = upgradeOf(state);
        expect(upgrade.step).toBeGreaterThanOrEqual(before.step);
        expect(upgrade.step - before.step).toBeLessThanOrEqual(1);
        if (!isActive(before)) {
          expect(upgrade).toEqual(before);
          continue;
        }
        const instances = servicesNamed(state, 'shop');
        const shared = [...upgradeWeights(upgrade, instances).values()];
        if (isActive(upgrade)) {
          if (shared.length > 0) expect(shared.reduce((a, b) => a + b, 0)).toBeCloseTo(total, 6);
          continue;
        }
        // At its end one side alone has weight, and all of it as far as instances may have so much.
        const [news, others] = [true, false].map((isNew) =>
          instances.filter(({ metadata: { version, weight } }) => (version === '2.0.0') === isNew && weight > 0),
        );
        expect(Math.min(news?.length ?? 0, others?.length ?? 0)).toBe(0);
        const sum = instances.reduce((all, { metadata: { weight } }) => all + weight, 0);
        const highest = Math.max(...instances.map(({ metadata: { weight } }) => weight), 0);
        if (instances.length > 0 && sum > 0 && highest < 1_000) expect(sum).toBeCloseTo(total, 6);
      }
    }),
    { numRuns: 300 },
  );
});
