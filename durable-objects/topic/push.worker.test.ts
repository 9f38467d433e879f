import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { relatedId } from '../../shared/domain/ids.ts';
import { setApp, type Push } from './testing/apps.ts';
import { createBus, groupSettings, numbered, topicName, topicPattern, until, valueOf } from './testing/bus.ts';

type Bus = ReturnType<typeof createBus>;

const toApp = (bus: Bus, path: string) => ({
  target: { kind: 'app' as const, projectId: relatedId('prj', bus.workspaceId), slot: 'production' as const, path },
});
const viewOf = async (bus: Bus, name = 'orders') => valueOf(await bus.topic(name).view());

describe('pushing to an app', () => {
  it('posts each event once it is published, and acknowledges what the app takes', async () => {
    const bus = createBus();
    const came: Push[] = [];
    setApp('/takes', (push) => {
      came.push(push);
      return new Response('ok');
    });
    await bus.group('g', toApp(bus, '/takes'));
    await bus.publish(numbered(30));
    await until(async () => (await viewOf(bus)).groups[0]?.lag === 0);
    expect(came.map(({ body }) => body.sequence).toSorted((left, right) => left - right)).toEqual(
      Array.from({ length: 30 }, (_, index) => index + 1),
    );
    expect(came[0]?.headers).toMatchObject({ 'x-aidevos-topic': 'orders', 'x-aidevos-group': 'g' });
    expect(new Set(came.map(({ headers }) => headers['x-aidevos-delivery-id'])).size).toBe(30);
    expect(decodeURIComponent(came[0]?.url ?? '')).toContain(`${bus.workspaceId}/app-host/`);
  });

  it('keeps the order of keys, tries again after failures, and gives up one that fails every time', async () => {
    const bus = createBus();
    const handled: unknown[] = [];
    let poisoned = 0;
    setApp('/fails', ({ body }) => {
      if (body.event.type !== 'poison') {
        handled.push(body.event.data);
        return new Response(null, { status: 204 });
      }
      poisoned += 1;
      return new Response('it throws every time', { status: 500 });
    });
    await bus.group('g', { ...toApp(bus, '/fails'), order: 'key', maxAttempts: 3 });
    const keyed = (type: string, data: number) => ({ type, key: 'k', data });
    await bus.publish([
      keyed('good', 1),
      keyed('poison', 2),
      keyed('good', 3),
      { type: 'good', key: 'other', data: 4 },
    ]);
    await until(async () => (await viewOf(bus)).groups[0]?.lag === 0);
    expect(poisoned).toBe(3);
    // The other key was not held up, and the poisoned one went on in order.
    expect(handled.filter((data) => data !== 4)).toEqual([1, 3]);
    expect(handled).toContain(4);
    const letters = valueOf(await bus.topic().deadLetters({ group: 'g', after: 0, limit: 10 }));
    expect(letters).toMatchObject([{ sequence: 2, attempts: 3 }]);
  });

  it('rests while the head of a key waits for its next turn', async () => {
    const bus = createBus();
    setApp('/rests', () => new Response('not now', { status: 503 }));
    const pauses = { backoffBaseMs: 3_600_000, backoffCapMs: 3_600_000 };
    await bus.group('g', { ...toApp(bus, '/rests'), order: 'key', ...pauses });
    const keyed = { type: 't', key: 'k', data: null };
    await bus.publish([keyed, keyed, keyed]);
    await until(async () => (await viewOf(bus)).groups[0]?.waiting === 3);
    const dueAt = await until(() =>
      runInDurableObject(bus.namespaceStub(), (_object, { storage }) => {
        const [row] = [...storage.sql.exec("SELECT due_at FROM timer WHERE name = 'push' AND started_at IS NULL")];
        const [head] = [...storage.sql.exec('SELECT due_at FROM outstanding ORDER BY sequence LIMIT 1')];
        return row?.['due_at'] === head?.['due_at'] && row?.['due_at'];
      }),
    );
    expect(Number(dueAt)).toBeGreaterThan(Date.now());
  });

  it('slows no publisher while the app hangs', async () => {
    const bus = createBus();
    let hangs = true;
    setApp('/hangs', async () => {
      while (hangs) await scheduler.wait(10);
      return new Response('late');
    });
    await bus.group('g', toApp(bus, '/hangs'));
    for (let round = 0; round < 20; round += 1) await bus.publish(numbered(5));
    await until(async () => (await viewOf(bus)).groups[0]?.leased === 8);
    expect((await viewOf(bus)).groups).toMatchObject([{ leased: 8, lag: 100 }]);
    hangs = false;
    await until(async () => (await viewOf(bus)).groups[0]?.lag === 0);
  });
});

describe('a backlog that is pushed', () => {
  it('leaves others their turn', async () => {
    const bus = createBus();
    for (let round = 0; round < 8; round += 1) await bus.publish(numbered(100));
    const target = { kind: 'topic' as const, topic: topicName('copies') };
    await bus.group('g', { target });
    // Whoever waits for anything from outside, here for the clock, is not kept until all of it was handed over.
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect((await viewOf(bus)).groups[0]?.lag).toBeGreaterThan(400);
    await until(async () => (await viewOf(bus)).groups[0]?.lag === 0);
    expect((await viewOf(bus, 'copies')).sequence).toBe(800);
  });
});

describe('subscriptions by pattern', () => {
  it('give a group to every topic there is and every topic that comes, from its first event', async () => {
    const bus = createBus();
    await bus.publish(numbered(2), { name: 'orders.placed' });
    await bus.publish(numbered(1), { name: 'users.created' });
    const settings = groupSettings({ target: { kind: 'topic', topic: topicName('all-orders') } });
    const pattern = topicPattern('orders.*');
    valueOf(await bus.catalog().subscribe({ commandId: 'a', name: 'gather', pattern, settings }));
    await bus.publish(numbered(3), { name: 'orders.paid' });
    await until(async () => {
      const view = await bus.topic('all-orders').view();
      return view.ok && view.value.sequence === 5;
    });
    expect((await viewOf(bus, 'users.created')).groups).toEqual([]);
    // A change of the settings and the end of the subscription reach them too.
    const other = { ...settings, maxAttempts: 9 };
    valueOf(await bus.catalog().subscribe({ commandId: 'b', name: 'gather', pattern, settings: other }));
    await until(async () => (await viewOf(bus, 'orders.placed')).groups[0]?.settings.maxAttempts === 9);
    const wider = { commandId: 'c', name: 'gather', pattern: topicPattern('>'), settings };
    expect(await bus.catalog().subscribe(wider)).toMatchObject({ ok: false, error: { type: 'resource.conflict' } });
    valueOf(await bus.catalog().unsubscribe({ commandId: 'd', name: 'gather' }));
    await until(async () => (await viewOf(bus, 'orders.placed')).groups.length === 0);
    await until(async () => (await viewOf(bus, 'orders.paid')).groups.length === 0);
  });

  it('gather everything in a topic of the same pattern, which does not feed itself', async () => {
    const bus = createBus();
    await bus.publish(numbered(2), { name: 'first' });
    const settings = groupSettings({ target: { kind: 'topic', topic: topicName('everything') } });
    const subscribe = async (commandId: string) =>
      valueOf(await bus.catalog().subscribe({ commandId, name: 'all', pattern: topicPattern('>'), settings }));
    await subscribe('a');
    await until(async () => {
      const view = await bus.topic('everything').view();
      return view.ok && view.value.sequence === 2;
    });
    // It is there by now, and is passed over again.
    await subscribe('b');
    await bus.publish(numbered(1), { name: 'second' });
    await until(async () => (await viewOf(bus, 'everything')).sequence === 3);
    expect((await viewOf(bus, 'everything')).groups).toEqual([]);
    await until(() =>
      runInDurableObject(bus.catalogStub(), async (_object, { storage }) => {
        const [row] = [...storage.sql.exec('SELECT COUNT(*) AS waiting FROM outbox')];
        return row?.['waiting'] === 0;
      }),
    );
  });

  it('let two topics that feed each other end, and say so', async () => {
    const bus = createBus();
    await bus.group('forth', { target: { kind: 'topic', topic: topicName('b') }, maxAttempts: 1 }, 'a');
    await bus.group('back', { target: { kind: 'topic', topic: topicName('a') }, maxAttempts: 1 }, 'b');
    await bus.publish(numbered(1), { name: 'a' });
    const letters = await until(async () => {
      const forth = valueOf(await bus.topic('a').deadLetters({ group: 'forth', after: 0, limit: 9 }));
      return forth.length > 0 && forth;
    });
    expect(letters[0]?.cause).toContain('circle');
    const itself = { target: { kind: 'topic' as const, topic: topicName('a') } };
    const refused = await bus.topic('a').putGroup({ commandId: 'x', group: 'self', settings: groupSettings(itself) });
    expect(refused).toMatchObject({ ok: false, error: { type: 'request.invalid' } });
  });
});

describe('the catalogue', () => {
  it('lists topics by pattern, page by page, and refuses more room than the workspace has', async () => {
    const bus = createBus();
    for (const name of ['a.one', 'a.two', 'b.one']) await bus.publish(numbered(1), { name });
    const names = async (query: Parameters<ReturnType<Bus['catalog']>['list']>[0]) =>
      valueOf(await bus.catalog().list(query)).topics.map(({ topic }) => topic);
    expect(await names({ limit: 10 })).toEqual(['a.one', 'a.two', 'b.one']);
    expect(await names({ limit: 10, pattern: topicPattern('a.*') })).toEqual(['a.one', 'a.two']);
    expect(await names({ limit: 1, after: 'a.one' })).toEqual(['a.two']);
    const most = { topic: topicName('large'), maxBytes: 1_099_511_627_776 };
    expect(await bus.catalog().declare(most)).toMatchObject({ ok: false, error: { type: 'rate.limited' } });
  });
});
