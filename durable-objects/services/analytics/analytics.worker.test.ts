import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { bindings, newAnalytics, newGroup, valueOf } from '../testing/services.ts';

const day = 24 * 60 * 60_000;

describe('analytics', () => {
  it('counts events, once each, by interval, by name and by property', async () => {
    const analytics = await newAnalytics();
    const now = Date.now();
    const at = Math.floor(now / day) * day - 3 * day + 60_000;
    const events = [
      { name: 'view', actor: 'ada', at, properties: { page: 'home' }, eventId: 'e1' },
      { name: 'view', actor: 'bob', at: at + 1, properties: { page: 'home' } },
      { name: 'view', actor: 'ada', at: at + day, properties: { page: 'cart', paid: true } },
      { name: 'buy', actor: 'ada', at: at + day + 5 },
    ];
    expect(valueOf(await analytics.track({ events }))).toEqual({ counted: 4 });
    expect(valueOf(await analytics.track({ events: [events[0]!] }))).toEqual({ counted: 0 });
    const period = { from: at - 60_000, to: at + 2 * day };
    const series = valueOf(await analytics.series({ ...period, name: 'view', interval: 'day' }));
    expect(series.map(({ count, actors }) => [count, actors])).toEqual([
      [2, 2],
      [1, 1],
      [0, 0],
    ]);
    expect(valueOf(await analytics.totals(period))).toEqual([
      { name: 'view', count: 3 },
      { name: 'buy', count: 1 },
    ]);
    expect(valueOf(await analytics.totals({ ...period, name: 'view', property: 'page' }))).toEqual([
      { name: 'home', count: 2 },
      { name: 'cart', count: 1 },
    ]);
    const funnel = await analytics.funnel({ ...period, steps: ['view', 'buy'], withinMs: 2 * day });
    expect(valueOf(funnel).map(({ actors }) => actors)).toEqual([2, 1]);
    const cohorts = await analytics.retention({ ...period, first: 'view', returning: 'view', interval: 'day' });
    expect(valueOf(cohorts).map(({ size, returned }) => [size, returned.slice(0, 2)])).toEqual([[2, [0, 1]]]);
  });

  it('tells what happens now', async () => {
    const analytics = await newAnalytics();
    valueOf(
      await analytics.track({
        events: [{ name: 'view' }, { name: 'view' }, { name: 'old', at: Date.now() - 2 * day }],
      }),
    );
    expect(valueOf(await analytics.live({ minutes: 5 }))).toEqual([{ name: 'view', count: 2 }]);
  });

  it('never stores who it was', async () => {
    const group = newGroup();
    const analytics = await newAnalytics({}, group);
    valueOf(await analytics.track({ events: [{ name: 'view', actor: 'ada@example.com' }] }));
    const rows = await runInDurableObject(bindings.ANALYTICS.getByName(group), (_object, { storage }) =>
      JSON.stringify(storage.sql.exec('SELECT * FROM event_counted').toArray()),
    );
    expect(rows).not.toContain('ada');
  });

  it('drops what is past its time', async () => {
    const group = newGroup();
    const analytics = await newAnalytics({ keptDays: 1 }, group);
    valueOf(await analytics.track({ events: [{ name: 'view' }, { name: 'view' }] }));
    await runInDurableObject(bindings.ANALYTICS.getByName(group), async (object, { storage }) => {
      storage.sql.exec('UPDATE event_counted SET at = 1 WHERE id = 1');
      storage.sql.exec("UPDATE timer SET due_at = 1 WHERE name = 'sweep'");
      await object.alarm();
      expect(storage.sql.exec('SELECT COUNT(*) AS count FROM event_counted').one()['count']).toBe(1);
    });
  });

  it.each([
    [{ name: 'View' }, 'events[0].name'],
    [{ name: 'v'.repeat(65) }, 'events[0].name'],
    [{ name: 'v', at: 1 }, 'events[0].at'],
    [{ name: 'v', properties: { a: { b: 1 } } }, 'events[0].properties'],
    [{ name: 'v', properties: { '"]; x': 1 } }, 'events[0].properties'],
    [{ name: 'v', actor: 7 }, 'events[0].actor'],
    [null, 'events[0]'],
  ])('refuses %j, and all that came with it', async (event, field) => {
    const analytics = await newAnalytics();
    const events = [event, { name: 'fine' }] as { name: string }[];
    expect(await analytics.track({ events })).toMatchObject({
      error: { type: 'request.invalid', issues: [{ field }] },
    });
    expect(valueOf(await analytics.live({ minutes: 1 }))).toEqual([]);
  });
});
