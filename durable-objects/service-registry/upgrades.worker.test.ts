/** Rolling upgrades in the registry object: killed at every step, told of the same requests twice, and seen by readers. */
import {
  abortAllDurableObjects,
  applyD1Migrations,
  env,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandomIds, systemClock } from '../../shared/adapters/crypto/random-ids.ts';
import { createServiceSnapshots } from '../../shared/adapters/services/service-snapshots.ts';
import { noMeasure, noteRequest, type Measure } from '../../shared/domain/service-registry/upgrade/measure.ts';
import { servicesTopic } from '../../shared/domain/service-registry/topic.ts';
import { shardOf } from '../../shared/domain/service-registry/shard.ts';
import type { Result } from '../../shared/errors/result.ts';
import type { StartUpgrade, UpgradeReport } from '../../shared/rpc/service-upgrades.ts';
import { objectName, serviceRegistryStub, topicStub, type ObjectBindings } from '../stubs.ts';

// SAFETY: `testing/wrangler.toml` and `vitest.config.ts` have these bindings.
const bindings = env as unknown as Pick<ObjectBindings, 'SERVICE_REGISTRY' | 'TOPIC'> & {
  readonly DIRECTORY: D1Database;
  readonly TEST_MIGRATIONS: Parameters<typeof applyD1Migrations>[1];
};
const ids = createRandomIds(systemClock);
const snapshots = createServiceSnapshots(bindings.DIRECTORY);
const name = 'shop';

beforeAll(async () => {
  await applyD1Migrations(bindings.DIRECTORY, bindings.TEST_MIGRATIONS);
});

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.error.type}: ${result.error.detail}`);
  return result.value;
};

const seen = (good: number, bad = 0): Measure => {
  let measure = noMeasure;
  for (let at = 0; at < good; at += 1) measure = noteRequest(measure, 20);
  for (let at = 0; at < bad; at += 1) measure = noteRequest(measure, undefined);
  return measure;
};

const create = () => {
  const workspaceId = ids.create('wsp');
  const shard = shardOf(name);
  const registry = () => serviceRegistryStub(bindings, workspaceId, shard);
  const durable = () => bindings.SERVICE_REGISTRY.getByName(objectName(workspaceId, 'service-registry', String(shard)));
  const start: StartUpgrade = {
    commandId: ids.create('cmd'),
    name,
    to: '2.0.0',
    steps: [5, 50, 100],
    stepRequests: 50,
    stepSeconds: 3_600,
    maxSlowdown: 1.5,
    by: 'key_1',
  };
  let batch = 0;
  return {
    workspaceId,
    registry,
    start,
    register: async () => {
      for (const [instance, version, weight] of [
        ['one', '1.0.0', 100],
        ['two', '2.0.0', 0],
      ] as const) {
        const metadata = { version, tags: [], capabilities: [], weight, attributes: {} };
        const endpoints = [{ kind: 'http', url: 'https://shop.example.com' }] as const;
        const rest = { kind: 'external', owner: 'workspace', metadata, endpoints, leaseSeconds: 600 } as const;
        valueOf(await registry().registerService({ commandId: ids.create('cmd'), name, instance, ...rest }));
      }
    },
    report: (fresh: Measure, old: Measure, over: Partial<UpgradeReport> = {}): UpgradeReport => {
      batch += 1;
      const counts = { new: fresh, old };
      return { name, upgradeId: start.commandId, reporter: 'isolate', batch, counts, ...over };
    },
    /** As if the timers of the step, of that name, were due. */
    ring: async (timer: 'upgrade_known' | 'upgrade_over') => {
      await runInDurableObject(durable(), (_instance, { storage }) => {
        storage.sql.exec('UPDATE timer SET due_at = ? WHERE name = ?', Date.now() - 1, timer);
      });
      await runDurableObjectAlarm(durable());
    },
    /** What readers are told: the weights, of one row. */
    weights: async () => {
      const [snapshot] = await snapshots.read(workspaceId, [shard]);
      const own = snapshot?.services.filter((service) => service.name === name) ?? [];
      return own.map(({ metadata }) => metadata.weight);
    },
    events: async () =>
      valueOf(await registry().events({ after: 0, limit: 1_000 })).flatMap(({ event }) =>
        'instance' in event ? [] : [event],
      ),
  };
};

describe('a rolling upgrade', () => {
  it('goes through step by step, killed before and after each, and every step is told with its figures', async () => {
    const { registry, register, start, report, ring, weights, events, workspaceId } = create();
    await register();
    valueOf(await registry().startUpgrade(start));
    expect(await weights()).toEqual([95, 5]);
    for (const expected of [
      [50, 50],
      [0, 100],
      [0, 100],
    ]) {
      await abortAllDurableObjects();
      const told = report(seen(60), seen(600));
      expect(valueOf(await registry().reportUpgrade(told))).toEqual({ isActive: true });
      await abortAllDurableObjects();
      // Sent once more, because the answer was lost.
      valueOf(await registry().reportUpgrade(told));
      expect(valueOf(await registry().upgrade({ name })).figures).toMatchObject({
        new: { requests: 60, faults: 0 },
        old: { requests: 600 },
      });
      await ring('upgrade_known');
      expect(await weights()).toEqual(expected);
    }
    await abortAllDurableObjects();
    expect(valueOf(await registry().upgrade({ name }))).toMatchObject({ status: 'completed', end: 'passed', step: 2 });
    expect((await events()).map(({ type }) => type.slice('service.upgrade_'.length))).toEqual([
      'started',
      'stepped',
      'stepped',
      'ended',
    ]);
    const late = report(seen(0, 100), seen(1));
    expect(valueOf(await registry().reportUpgrade(late))).toEqual({ isActive: false });
    const topic = topicStub(bindings, workspaceId, servicesTopic);
    let onBus: readonly string[] = [];
    while (!onBus.includes('service.upgrade_ended')) {
      const page = valueOf(await topic.events({ after: 0, limit: 100 }));
      onBus = page.map(({ event }) => event.type);
    }
    expect(onBus.filter((type) => type === 'service.upgrade_stepped')).toHaveLength(2);
  });

  it('stops by itself when the new version fails, in one change of what readers see, and stays stopped', async () => {
    const { registry, register, start, report, ring, weights, events } = create();
    await register();
    valueOf(await registry().startUpgrade(start));
    valueOf(await registry().reportUpgrade(report(seen(7, 3), seen(190))));
    expect(await weights()).toEqual([100, 0]);
    expect(valueOf(await registry().upgrade({ name }))).toMatchObject({ status: 'stopped', end: 'errors', step: 0 });
    await abortAllDurableObjects();
    await ring('upgrade_over');
    valueOf(await registry().reportUpgrade(report(seen(500), seen(500))));
    expect(await weights()).toEqual([100, 0]);
    const [, ended] = await events();
    expect(ended).toMatchObject({
      status: 'stopped',
      end: 'errors',
      figures: { new: { requests: 10, faults: 3 }, old: { requests: 190, faults: 0 } },
    });
  });

  it('stops when an instance of the new version says that it is failing, or is taken out', async () => {
    const { registry, register, start, weights } = create();
    await register();
    valueOf(await registry().startUpgrade(start));
    const authority = { kind: 'owner', owner: 'workspace' } as const;
    const gone = { commandId: ids.create('cmd'), name, instance: 'two', authority };
    valueOf(await registry().deregisterService(gone));
    expect(await weights()).toEqual([100]);
    expect(valueOf(await registry().upgrade({ name }))).toMatchObject({ status: 'stopped', end: 'gone' });
    const metadata = { version: '2.0.0', tags: [], capabilities: [], weight: 0, attributes: {} };
    const endpoints = [{ kind: 'http', url: 'https://shop.example.com' }] as const;
    const again = { name, instance: 'two', kind: 'external', owner: 'workspace', metadata, endpoints } as const;
    const { leaseToken } = valueOf(
      await registry().registerService({ commandId: ids.create('cmd'), ...again, leaseSeconds: 600 }),
    );
    valueOf(await registry().startUpgrade({ ...start, commandId: ids.create('cmd') }));
    const beat = { name, instance: 'two', leaseToken: leaseToken ?? '', health: 'failing' } as const;
    valueOf(await registry().heartbeat(beat));
    expect(valueOf(await registry().upgrade({ name }))).toMatchObject({ status: 'stopped', end: 'health' });
    expect(valueOf(await registry().upgrades())).toHaveLength(1);
  });

  it('pauses, goes on when its time is over without a request, and is aborted', async () => {
    const { registry, register, start, ring, weights } = create();
    await register();
    valueOf(await registry().startUpgrade(start));
    const steer = async (action: 'pause' | 'resume' | 'abort') =>
      valueOf(await registry().steerUpgrade({ commandId: ids.create('cmd'), name, action, by: 'key_2' }));
    expect((await steer('pause')).status).toBe('paused');
    await ring('upgrade_over');
    expect(await weights()).toEqual([95, 5]);
    await steer('resume');
    await abortAllDurableObjects();
    await ring('upgrade_over');
    expect(await weights()).toEqual([50, 50]);
    expect(await steer('abort')).toMatchObject({ status: 'aborted', end: 'asked' });
    expect(await weights()).toEqual([100, 0]);
    const again = await registry().steerUpgrade({ commandId: 'again', name, action: 'resume', by: 'key_2' });
    expect(again).toMatchObject({ error: { type: 'resource.conflict' } });
  });
});
