import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { createBus, numbered, topicName, valueOf } from './testing/bus.ts';

describe('publishing', () => {
  it('gives sequences without gaps, in the order of the commands, and reads them back', async () => {
    const bus = createBus();
    expect(await bus.publish(numbered(2))).toEqual({ first: 1, last: 2, duplicate: false });
    expect(await bus.publish([{ type: 'paid', key: 'o-1', data: { total: 3 } }])).toMatchObject({ first: 3, last: 3 });
    const events = valueOf(await bus.topic().events({ after: 1, limit: 10 }));
    expect(events).toEqual([
      { sequence: 2, recordedAt: expect.any(Number), event: { type: 'placed', data: 2, source: 'test', previous: 1 } },
      {
        sequence: 3,
        recordedAt: expect.any(Number),
        event: { type: 'paid', key: 'o-1', data: { total: 3 }, source: 'test', previous: 2 },
      },
    ]);
  });

  it('puts calls that come together into few transactions, each whole and in order', async () => {
    const bus = createBus();
    await bus.publish(numbered(1));
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => bus.publish(numbered(2, index * 2), { deliveryId: `d-${index}` })),
    );
    const taken = answers.flatMap(({ first, last }) => [first, last]).toSorted((left, right) => left - right);
    expect(taken).toEqual(Array.from({ length: 400 }, (_, index) => index + 2));
    const events = valueOf(await bus.topic().events({ after: 0, limit: 1_000 }));
    expect(events.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 401 }, (_, index) => index + 1));
    for (const [index, { first }] of answers.entries()) expect(events[first - 1]?.event.data).toBe(index * 2);
  });

  it('adds a delivery once, however often and however close together it comes', async () => {
    const bus = createBus();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => bus.publish(numbered(3), { deliveryId: 'one' })),
    );
    expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    for (const { first, last } of answers) expect([first, last]).toEqual([1, 3]);
    const other = await bus.topic().publish({ deliveryId: 'one', source: 'test', events: numbered(1) });
    expect(other).toMatchObject({ ok: false, error: { type: 'idempotency.mismatch' } });
    expect(valueOf(await bus.topic().view()).sequence).toBe(3);
  });

  it('refuses what is too large, empty or no JSON by naming it, and adds nothing of the command', async () => {
    const bus = createBus();
    const publish = (events: readonly { type: string; key?: string; data: unknown }[]) =>
      bus.topic().publish({ deliveryId: bus.commandId(), source: 'test', events });
    const field = (name: string, type = 'request.invalid') => ({
      ok: false,
      error: { type, issues: [{ field: name }] },
    });
    const good = { type: 'placed', data: 1 };
    expect(await publish([good, { type: 'a', data: 'x'.repeat(300_000) }])).toMatchObject(
      field('events.1.data', 'request.too_large'),
    );
    const large = { type: 'a', data: 'x'.repeat(200_000) };
    expect(await publish(Array.from({ length: 6 }, () => large))).toMatchObject(field('events', 'request.too_large'));
    expect(await publish([])).toMatchObject(field('events'));
    expect(await publish(Array.from({ length: 101 }, () => good))).toMatchObject(field('events'));
    expect(await publish([{ type: '', data: 1 }])).toMatchObject(field('events.0.type'));
    expect(await publish([{ type: 'a', key: 'k'.repeat(201), data: 1 }])).toMatchObject(field('events.0.key'));
    expect(await publish([{ type: 'a', data: new Map() }])).toMatchObject(field('events.0.data'));
    expect(await publish([{ type: 'a', data: Number.NaN }])).toMatchObject(field('events.0.data'));
    expect(valueOf(await bus.topic().view())).toMatchObject({ sequence: 0, events: 0, bytes: 0 });
  });

  it('answers 429 with the time to wait beyond the rate of the topic, and takes what comes after it', async () => {
    const bus = createBus();
    valueOf(await bus.topic().configure({ commandId: 'c', settings: { eventsPerSecond: 10 } }));
    await bus.publish(numbered(10));
    const refused = await bus.topic().publish({ deliveryId: 'late', source: 'test', events: numbered(5) });
    if (refused.ok) throw new Error('more was taken than the rate allows');
    expect(refused.error).toMatchObject({ type: 'rate.limited', retryAfterMs: expect.any(Number) });
    // A repeat of what was taken is no new load.
    await scheduler.wait(refused.error.retryAfterMs ?? 0);
    expect(await bus.publish(numbered(5), { deliveryId: 'late' })).toMatchObject({ first: 11, last: 15 });
  });
});

describe('schemas of event types', () => {
  const schema = {
    type: 'object',
    properties: { total: { type: 'integer' } },
    required: ['total'],
    additionalProperties: false,
  };

  it('are checked at each publish, grow compatibly, and refuse what is not', async () => {
    const bus = createBus();
    const add = (commandId: string, next: unknown) => bus.topic().addSchema({ commandId, type: 'paid', schema: next });
    expect(valueOf(await add('a', schema))).toMatchObject({ version: 1 });
    const wrong = await bus.topic().publish({ deliveryId: 'x', source: 'test', events: [{ type: 'paid', data: {} }] });
    expect(wrong).toMatchObject({ ok: false, error: { issues: [{ field: 'events.0.data' }] } });
    const wider = { ...schema, properties: { total: { type: 'number' }, note: { type: 'string' } } };
    expect(valueOf(await add('b', wider))).toMatchObject({ version: 2 });
    expect(await add('c', schema)).toMatchObject({ ok: false, error: { type: 'resource.conflict' } });
    expect(await add('d', { pattern: '(a+)+$' })).toMatchObject({
      ok: false,
      error: { type: 'request.invalid', issues: [{ field: 'body.schema/pattern' }] },
    });
    await bus.publish([
      { type: 'paid', data: { total: 1.5 } },
      { type: 'paid', schemaVersion: 1, data: { total: 1 } },
      { type: 'other', data: 'anything' },
    ]);
    const events = valueOf(await bus.topic().events({ after: 0, limit: 10 }));
    expect(events.map(({ event }) => event.schemaVersion)).toEqual([2, 1, undefined]);
    const unknown = { type: 'paid', schemaVersion: 3, data: { total: 1 } };
    const refused = await bus.topic().publish({ deliveryId: 'y', source: 'test', events: [unknown] });
    expect(refused).toMatchObject({ ok: false, error: { issues: [{ field: 'events.0.schemaVersion' }] } });
    expect(valueOf(await bus.topic().schemas()).map(({ version }) => version)).toEqual([1, 2]);
  });
});

describe('retention', () => {
  it('by bytes drops the oldest and says where it begins, to pages, groups and those who seek', async () => {
    const bus = createBus();
    valueOf(await bus.topic().configure({ commandId: 'c', settings: { maxBytes: 65_536 } }));
    await bus.group('slow');
    for (let round = 0; round < 12; round += 1) await bus.publish([{ type: 'big', data: 'x'.repeat(10_000) }]);
    const view = valueOf(await bus.topic().view());
    expect(view.bytes).toBeLessThanOrEqual(65_536);
    expect(view).toMatchObject({ sequence: 12, groups: [{ group: 'slow', status: 'gone', next: 1 }] });
    const gone = { ok: false, error: { type: 'cursor.gone', oldestSequence: view.oldest } };
    expect(await bus.topic().events({ after: 0, limit: 5 })).toMatchObject(gone);
    expect(await bus.topic().pull({ pullId: 'p', group: 'slow', limit: 1 })).toMatchObject(gone);
    expect(await bus.topic().seek({ commandId: 's', group: 'slow', after: 0 })).toMatchObject(gone);
    valueOf(await bus.topic().seek({ commandId: 't', group: 'slow', after: view.oldest - 1 }));
    expect(await bus.pull('slow', 1)).toMatchObject([{ sequence: view.oldest }]);
  });

  it('by age drops what is old, and the sequence goes on', async () => {
    const bus = createBus();
    valueOf(await bus.topic().configure({ commandId: 'c', settings: { maxAgeMs: 1_000 } }));
    await bus.publish(numbered(3));
    await bus.until(async () => valueOf(await bus.topic().view()).events === 0);
    expect(valueOf(await bus.topic().view())).toMatchObject({ sequence: 3, oldest: 4, bytes: 0 });
    expect(await bus.publish(numbered(1))).toMatchObject({ first: 4 });
  });

  it('by key keeps the newest of each, and tells readers which event came before', async () => {
    const bus = createBus();
    valueOf(await bus.topic().configure({ commandId: 'c', settings: { compaction: 'latest', compactAfterMs: 0 } }));
    const keyed = (key: string | undefined, data: number) => ({
      type: 't',
      ...(key === undefined ? {} : { key }),
      data,
    });
    await bus.publish([keyed('a', 1), keyed('b', 2), keyed('a', 3), keyed(undefined, 4), keyed('b', 5), keyed('c', 6)]);
    await scheduler.wait(2);
    await bus.compactNow();
    const events = valueOf(await bus.topic().events({ after: 0, limit: 10 }));
    expect(events.map(({ sequence, event }) => [sequence, event.previous])).toEqual([
      [3, 0],
      [4, 3],
      [5, 4],
      [6, 5],
    ]);
    await bus.publish([keyed('c', 7), keyed('d', 8)]);
    await scheduler.wait(2);
    await bus.compactNow();
    const later = valueOf(await bus.topic().events({ after: 4, limit: 10 }));
    expect(later.map(({ sequence, event }) => [sequence, event.previous])).toEqual([
      [5, 4],
      [7, 5],
      [8, 7],
    ]);
    expect(valueOf(await bus.topic().view())).toMatchObject({ events: 5, oldest: 1 });
  });
});

describe('reading from a moment', () => {
  it('begins at the first event recorded then or later', async () => {
    const bus = createBus();
    await bus.publish(numbered(3));
    await runInDurableObject(bus.namespaceStub(), (_object, { storage }) => {
      storage.sql.exec('UPDATE topic_event SET recorded_at = sequence * 100');
    });
    const from = async (since: number) =>
      valueOf(await bus.topic().events({ after: 0, limit: 10, since })).map(({ sequence }) => sequence);
    expect(await from(0)).toEqual([1, 2, 3]);
    expect(await from(101)).toEqual([2, 3]);
    expect(await from(300)).toEqual([3]);
    expect(await from(301)).toEqual([]);
  });
});

describe('a topic that is removed', () => {
  it('leaves nothing but its sequence, and may begin again', async () => {
    const bus = createBus();
    await bus.publish(numbered(2));
    await bus.group('g');
    expect(await bus.topic().remove({ commandId: 'r' })).toEqual({ ok: true, value: { removed: true } });
    expect(await bus.topic().view()).toMatchObject({ ok: false, error: { type: 'resource.not_found' } });
    await bus.until(async () => !valueOf(await bus.catalog().has({ topic: topicName('orders') })));
    expect(await bus.publish(numbered(1))).toMatchObject({ first: 3 });
    expect(valueOf(await bus.topic().view())).toMatchObject({ events: 1, groups: [] });
    expect(valueOf(await bus.catalog().has({ topic: topicName('orders') }))).toBe(true);
  });
});
