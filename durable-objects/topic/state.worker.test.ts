/** The State Manager and the Lifecycle Manager on topics and their catalogue, whose truth is tables. */
import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { createBus, groupSettings, numbered, topicName, topicPattern, until, valueOf } from './testing/bus.ts';

const by = 'person:key_1';

const setUp = async () => {
  const bus = createBus();
  const configure = async (maxAgeMs: number) =>
    valueOf(await bus.topic().configure({ commandId: bus.commandId(), settings: { maxAgeMs } }));
  await configure(60_000);
  await bus.group('billing');
  const first = valueOf(await bus.topic().objectState({}));
  await configure(120_000);
  const schema = { type: 'object' };
  valueOf(await bus.topic().addSchema({ commandId: bus.commandId(), type: 'placed', schema }));
  return { bus, first };
};

describe('the state of a topic', () => {
  it('is how it is set up, with a version for each change, and stays where it is when events come and go', async () => {
    const { bus, first } = await setUp();
    const now = valueOf(await bus.topic().objectState({}));
    expect(now).toMatchObject({
      source: 'tables',
      version: 4,
      state: {
        topic: { 1: { settings: { maxAgeMs: 120_000 }, is_declared: 1 } },
        consumer_group: { billing: { settings: { target: { kind: 'pull' } } } },
        event_schema: { 'placed@1': { schema: { type: 'object' } } },
      },
    });
    await bus.publish([{ type: 'placed', data: {} }]);
    const [event] = await bus.pull('billing');
    const leases = [{ sequence: event?.sequence ?? 0, lease: event?.lease ?? 0 }];
    valueOf(await bus.topic().acknowledge({ group: 'billing', leases }));
    expect(valueOf(await bus.topic().objectState({}))).toEqual(now);
    await abortAllDurableObjects();
    expect(valueOf(await bus.topic().objectState({ version: first.version }))).toMatchObject({
      version: 2,
      hash: first.hash,
      state: first.state,
    });
    expect(valueOf(await bus.topic().objectState({ time: 0 }))).toMatchObject({ version: 0, state: { topic: {} } });
    expect(valueOf(await bus.topic().objectState({ time: Date.now() + 60_000 })).version).toBe(4);
  });

  it('has a history and differences of versions, also of what was removed', async () => {
    const { bus } = await setUp();
    valueOf(await bus.topic().removeGroup({ commandId: bus.commandId(), group: 'billing' }));
    const { events, newestVersion } = valueOf(await bus.topic().objectHistory({ after: 0, limit: 10 }));
    expect(events.map(({ type, event }) => [type, event])).toMatchObject([
      ['row.added', { table: 'topic', key: '1' }],
      ['row.added', { table: 'consumer_group', key: 'billing' }],
      [
        'row.changed',
        { table: 'topic', before: { settings: { maxAgeMs: 60_000 } }, after: { settings: { maxAgeMs: 120_000 } } },
      ],
      ['row.added', { table: 'event_schema', key: 'placed@1' }],
      ['row.removed', { table: 'consumer_group', key: 'billing' }],
    ]);
    expect(newestVersion).toBe(5);
    expect(valueOf(await bus.topic().objectDiff({ from: 2, to: 3 })).lines).toEqual([
      '~ /topic/1/settings/maxAgeMs: 60000 → 120000',
    ]);
    expect(valueOf(await bus.topic().objectDiff({ from: 4 })).patch).toEqual([
      { op: 'remove', path: '/consumer_group/billing' },
    ]);
  });

  it('is never set back, and says so after who saw another version is told that', async () => {
    const { bus } = await setUp();
    const restore = (expectedVersion: number) =>
      bus.topic().restoreObject({ commandId: bus.commandId(), version: 1, expectedVersion, by });
    expect(await restore(3)).toMatchObject({ error: { type: 'precondition.failed' } });
    expect(await restore(4)).toMatchObject({
      error: { type: 'state.irreversible', detail: expect.stringContaining('with its own commands') },
    });
    expect(await bus.topic().objectState({ version: 9 })).toMatchObject({ error: { type: 'resource.not_found' } });
    expect(await createBus().topic('nothing').objectState({})).toMatchObject({
      error: { type: 'resource.not_found' },
    });
  });

  it('tells of a version that is no longer kept', async () => {
    const { bus } = await setUp();
    await runInDurableObject(bus.namespaceStub(), (_instance, { storage }) => {
      storage.sql.exec('DELETE FROM row_change WHERE version <= 2');
    });
    expect(await bus.topic().objectState({ version: 1 })).toMatchObject({ error: { type: 'cursor.gone' } });
    expect(await bus.topic().objectHistory({ after: 0, limit: 9 })).toMatchObject({ error: { type: 'cursor.gone' } });
    expect(valueOf(await bus.topic().objectState({ version: 2 })).oldestVersion).toBe(2);
  });

  it('comes back from its file with its events, its groups and its history, and the workspace knows it again', async () => {
    const { bus, first } = await setUp();
    await bus.publish([{ type: 'placed', data: { number: 1 } }]);
    const before = valueOf(await bus.topic().objectState({}));
    const { lines } = valueOf(await bus.topic().exportObject());
    const topic = topicName('orders');
    valueOf(await bus.catalog().forget({ topic }));
    await runInDurableObject(bus.namespaceStub(), (_instance, { storage }) => storage.deleteAll());
    await abortAllDurableObjects();
    const report = valueOf(await bus.topic().importObject({ commandId: 'i', lines, trial: false }));
    expect(report).toMatchObject({ version: before.version, hash: before.hash, migrated: [] });
    await abortAllDurableObjects();
    expect(valueOf(await bus.topic().objectState({}))).toEqual(before);
    expect(valueOf(await bus.topic().objectState({ version: first.version })).hash).toBe(first.hash);
    expect(await bus.pull('billing')).toMatchObject([{ sequence: 1, event: { data: { number: 1 } } }]);
    await until(async () => valueOf(await bus.catalog().has({ topic })));
    // Its next change is its next version.
    valueOf(await bus.topic().removeGroup({ commandId: bus.commandId(), group: 'billing' }));
    expect(valueOf(await bus.topic().objectState({})).version).toBe(before.version + 1);
  });
});

describe('the state of the catalogue of topics', () => {
  it('is its topics and subscriptions, with their history', async () => {
    const bus = createBus();
    await bus.publish(numbered(1));
    const subscription = { name: 'all', pattern: topicPattern('orders.>'), settings: groupSettings() };
    valueOf(await bus.catalog().subscribe({ commandId: 's', ...subscription }));
    valueOf(await bus.catalog().unsubscribe({ commandId: 'u', name: 'all' }));
    expect(valueOf(await bus.catalog().objectState({}))).toMatchObject({
      version: 3,
      state: { known_topic: { orders: { max_bytes: 67_108_864 } }, subscription: {} },
    });
    expect(valueOf(await bus.catalog().objectDiff({ from: 2, to: 1 })).patch).toEqual([
      { op: 'remove', path: '/subscription/all' },
    ]);
    expect(await bus.catalog().restoreObject({ commandId: 'r', version: 2, by })).toMatchObject({
      error: { type: 'state.irreversible' },
    });
  });
});

describe('a topic that rests', () => {
  it('takes nothing while it is deactivated, and is woken by the next event', async () => {
    const bus = createBus();
    await bus.publish(numbered(1));
    valueOf(await bus.topic().deactivateObject({ commandId: 'stop', by }));
    await until(async () => valueOf(await bus.topic().objectLifecycle()).phase === 'inactive');
    await abortAllDurableObjects();
    expect(valueOf(await bus.topic().events({ after: 0, limit: 10 }))).toHaveLength(1);
    expect(valueOf(await bus.topic().objectLifecycle()).phase).toBe('inactive');
    await bus.publish(numbered(1, 2));
    expect(valueOf(await bus.topic().objectLifecycle()).phase).not.toBe('inactive');
  });
});
