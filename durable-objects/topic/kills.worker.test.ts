import { abortAllDurableObjects } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { relatedId } from '../../shared/domain/ids.ts';
import { createContinuity } from '../../shared/protocol/continuity.ts';
import type { StoredBusEvent } from '../../shared/rpc/event-bus.ts';
import { setApp } from './testing/apps.ts';
import { createBus, groupSettings, numbered, topicPattern, until, valueOf } from './testing/bus.ts';

const kill = async (): Promise<void> => {
  await abortAllDurableObjects();
};

/** Again with the same id until it is answered, as every caller of an object does. */
const insist = async <T>(work: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await work();
    } catch {
      await scheduler.wait(1);
    }
  }
};

const readAll = async (bus: ReturnType<typeof createBus>, name: string) => {
  const events: StoredBusEvent[] = [];
  for (;;) {
    const after = events.at(-1)?.sequence ?? 0;
    const page = valueOf(await insist(() => bus.topic(name).events({ after, limit: 1_000 })));
    if (page.length === 0) return events;
    events.push(...page);
  }
};

describe('a topic whose object is killed', () => {
  it('adds every delivery once and without a gap, whenever the kill comes', async () => {
    const bus = createBus();
    const rounds = 6;
    for (let round = 0; round < rounds; round += 1) {
      // Each publisher gives its next events one after the other, and the kill comes at another moment each time.
      const publishers = Array.from({ length: 8 }, async (_, publisher) => {
        for (let step = 0; step < 4; step += 1) {
          const data = round * 4 + step;
          const events = [{ type: 't', key: String(publisher), data }];
          await insist(() => bus.publish(events, { deliveryId: `${publisher}-${data}` }));
        }
      });
      await scheduler.wait(round * 2);
      await kill();
      await Promise.all(publishers);
    }
    const events = await readAll(bus, 'orders');
    expect(events.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: rounds * 32 }, (_, index) => index + 1),
    );
    for (let publisher = 0; publisher < 8; publisher += 1) {
      const own = events.filter(({ event }) => event.key === String(publisher)).map(({ event }) => event.data);
      expect(own).toEqual(Array.from({ length: rounds * 4 }, (_, index) => index));
    }
  });

  it('publishes with a change or not at all, once each, also when both objects die', async () => {
    const bus = createBus();
    for (let number = 1; number <= 10; number += 1) {
      const jams = number % 3 === 0;
      await bus
        .shop()
        .sell(number, jams)
        .catch(() => undefined);
      if (number % 2 === 0) await kill();
    }
    // A sale that was cut off before it was answered may or may not have been made; its event tells the same.
    const sales = await insist(() => bus.shop().sales());
    expect(sales).not.toContain(3);
    const events = await until(async () => {
      await kill();
      const found = await bus
        .topic('sales')
        .events({ after: 0, limit: 100 })
        .catch(() => undefined);
      await scheduler.wait(20);
      return found?.ok === true && found.value.length >= sales.length && found.value;
    });
    expect(events.map(({ event }) => event.data)).toEqual(sales.map((number) => ({ number })));
  });

  it('keeps leases and cursors of consumers, and refuses nothing they hold', async () => {
    const bus = createBus();
    await bus.publish(numbered(4));
    await bus.group('g');
    const held = await bus.pull('g', 2);
    await kill();
    expect((await insist(() => bus.pull('g', 10))).map(({ sequence }) => sequence)).toEqual([3, 4]);
    await kill();
    expect(valueOf(await insist(() => bus.topic().acknowledge({ group: 'g', leases: held })))).toEqual({
      settled: 2,
      stale: [],
    });
  });

  it('goes on pushing by itself, each event until it is taken', async () => {
    const bus = createBus();
    const taken = new Set<number>();
    let calls = 0;
    setApp('/survives', async ({ body }) => {
      calls += 1;
      if (calls % 10 === 0) await kill();
      taken.add(body.sequence);
      return new Response('ok');
    });
    const target = {
      kind: 'app' as const,
      projectId: relatedId('prj', bus.workspaceId),
      slot: 'staging' as const,
      path: '/survives',
    };
    await bus.group('g', { target });
    await insist(() => bus.publish(numbered(40), { deliveryId: 'all' }));
    await until(async () => taken.size === 40);
    const view = await until(async () => {
      const found = await bus
        .topic()
        .view()
        .catch(() => undefined);
      return found?.ok === true && found.value.groups[0]?.lag === 0 && found.value;
    });
    expect(view.groups[0]).toMatchObject({ deadLetters: 0, leased: 0, waiting: 0 });
  });

  it('makes every topic that a subscription stands for follow it, though the catalogue dies', async () => {
    const bus = createBus();
    const names = ['k.a', 'k.b', 'k.c', 'k.d'];
    for (const name of names) await bus.publish(numbered(1), { name });
    const command = { commandId: 's', name: 'all', pattern: topicPattern('k.*'), settings: groupSettings() };
    await insist(() => bus.catalog().subscribe(command));
    await kill();
    for (const name of names) {
      await until(async () => {
        const view = await bus
          .topic(name)
          .view()
          .catch(() => undefined);
        if (view === undefined) await insist(() => bus.catalog().subscriptions());
        return view?.ok === true && view.value.groups.length === 1;
      });
    }
  });
});

describe('following a topic over a socket', () => {
  it('misses nothing over kills', async () => {
    const bus = createBus();
    await bus.publish(numbered(3));
    const continuity = createContinuity(0);
    const gaps: unknown[] = [];
    const connect = async (): Promise<WebSocket> => {
      const after = continuity.last();
      const request = new Request(`https://topic/events?after=${after}`, { headers: { upgrade: 'websocket' } });
      const { webSocket } = await insist(() => bus.topic().fetch(request.clone()));
      if (webSocket === null) throw new Error('no socket');
      webSocket.addEventListener('message', ({ data }) => {
        const frame = JSON.parse(String(data)) as { type: string; sequence: number };
        if (frame.type !== 'event') return;
        const verdict = continuity.event(frame.sequence);
        if (verdict.type === 'gap') gaps.push(verdict);
      });
      webSocket.accept();
      return webSocket;
    };
    let socket = await connect();
    for (let round = 0; round < 5; round += 1) {
      await insist(() => bus.publish(numbered(4), { deliveryId: `r-${round}` }));
      if (round % 2 === 1) {
        await kill();
        socket.close();
        socket = await connect();
      }
    }
    await until(async () => continuity.last() === 23);
    expect(gaps).toEqual([]);
    socket.close();
  });
});
