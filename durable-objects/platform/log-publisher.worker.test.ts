import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NewEvent, TopicRpc } from '../../shared/rpc/event-bus.ts';
import {
  EventStore,
  LogPublisher,
  logPublicationGap,
  logPublicationTable,
  migrate,
  platformMigrations,
  Storage,
  Timers,
} from './index.ts';
import { probeAggregate, type ProbeEvent } from './testing/probe.ts';
import { onBareStorage } from './testing/stubs.ts';

type Luck = 'taken' | 'lost' | 'refused';

/** A topic as the real one takes deliveries: once for each id, and refuses an id that comes with other events. */
const createTopic = () => {
  const told: NewEvent[] = [];
  const deliveries = new Map<string, string>();
  let luck: Luck = 'taken';
  const publish: TopicRpc['publish'] = async ({ deliveryId, events }) => {
    if (luck === 'refused') return { ok: false, error: { type: 'rate.limited', detail: 'Too many.' } };
    const known = deliveries.get(deliveryId);
    const body = JSON.stringify(events);
    if (known !== undefined && known !== body) {
      return { ok: false, error: { type: 'idempotency.mismatch', detail: 'Other events.' } };
    }
    if (known === undefined) told.push(...events);
    deliveries.set(deliveryId, body);
    if (luck === 'lost') throw new Error('The answer was lost.');
    return { ok: true, value: { first: 1, last: 1, duplicate: known !== undefined } };
  };
  return { told, publish, meet: (next: Luck) => (luck = next) };
};

/** The parts of one instance over a storage; making them again is what a restart does. */
const start = (durable: DurableObjectStorage, topic: ReturnType<typeof createTopic>, now: () => number) => {
  const storage = new Storage(durable);
  migrate(storage, 'platform', platformMigrations, now);
  migrate(storage, 'object', [{ id: 1, name: 'publication', up: `${logPublicationTable}${logPublicationGap}` }], now);
  const timers = new Timers(storage, { alarm: durable, now });
  const log = new EventStore(storage, probeAggregate);
  const publisher = new LogPublisher<ProbeEvent>({
    storage,
    timers,
    now,
    log,
    source: 'probe',
    topic: () => topic,
    tell: ({ sequence, event }) => ({ type: event.type, data: { sequence, event } }),
    tellBriefly: ({ sequence, event }) => ({ type: event.type, data: { sequence, isTooLarge: true } }),
  });
  timers.recover();
  return { storage, timers, log, publisher };
};

const command = fc.oneof(
  fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 250 }) }),
  fc.record({ do: fc.constant('fire' as const), luck: fc.constantFrom<Luck>('taken', 'lost', 'refused') }),
  fc.record({ do: fc.constantFrom('restart' as const, 'roll_back' as const) }),
);
/** One stretch of a log is told to nobody, at any moment of its life. */
const withheld = fc.option(fc.record({ at: fc.nat(12), count: fc.integer({ min: 0, max: 250 }) }), { nil: undefined });

describe('a log on the bus', () => {
  it('is told whole, once, and in its order, whatever is lost, refused, rolled back or killed in between', async () => {
    const property = fc.asyncProperty(fc.array(command, { maxLength: 12 }), withheld, async (commands, secret) => {
      await onBareStorage(async (durable) => {
        let time = 1_000;
        const now = () => time;
        const topic = createTopic();
        let parts = start(durable, topic, now);
        let amount = 0;
        const append = (count: number): void => {
          const events = Array.from({ length: count }, (): ProbeEvent => ({ type: 'added', amount: (amount += 1) }));
          parts.log.append(events, now());
        };
        const fire = async (luck: Luck): Promise<void> => {
          topic.meet(luck);
          time += 3_600_000;
          await parts.timers.fire();
        };
        let kept: { readonly after: number; readonly to: number } | undefined;
        for (const [index, step] of commands.entries()) {
          if (index === secret?.at) {
            const after = parts.log.sequence;
            parts.storage.transaction(() => parts.publisher.withhold(() => append(secret.count)));
            kept = { after, to: parts.log.sequence };
          }
          if (step.do === 'append') parts.storage.transaction(() => append(step.count));
          else if (step.do === 'fire') await fire(step.luck);
          else if (step.do === 'restart') parts = start(durable, topic, now);
          else {
            expect(() =>
              parts.storage.transaction(() => {
                append(3);
                throw new Error('undone');
              }),
            ).toThrow('undone');
          }
        }
        await fire('taken');
        await fire('taken');
        const events = parts.log
          .read({ after: 0, limit: 10_000 })
          .filter(({ sequence }) => kept === undefined || sequence <= kept.after || sequence > kept.to);
        expect(topic.told).toEqual(
          events.map(({ sequence, event }) => ({ type: event.type, data: { sequence, event } })),
        );
        await durable.deleteAll();
      });
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it('does not tell what is withheld, tells what came before it, and what is too large without its body', () =>
    onBareStorage(async (durable) => {
      let time = 1_000;
      const topic = createTopic();
      const { storage, timers, log, publisher } = start(durable, topic, () => time);
      storage.transaction(() => log.append([{ type: 'noted', text: 'before' }], time));
      storage.transaction(() => {
        publisher.withhold(() => log.append([{ type: 'noted', text: 'of another life' }], time));
        log.append([{ type: 'noted', text: 'x'.repeat(300_000) }], time);
        log.append([{ type: 'noted', text: 'after' }], time);
      });
      time += 1_000;
      await timers.fire();
      expect(topic.told).toEqual([
        { type: 'noted', data: { sequence: 1, event: { type: 'noted', text: 'before' } } },
        { type: 'noted', data: { sequence: 3, isTooLarge: true } },
        { type: 'noted', data: { sequence: 4, event: { type: 'noted', text: 'after' } } },
      ]);
      await durable.deleteAll();
    }));

  it('begins at the end of a log that was there before', () =>
    onBareStorage(async (durable) => {
      const storage = new Storage(durable);
      migrate(storage, 'platform', platformMigrations, () => 0);
      storage.sql.exec(
        `INSERT INTO event (type, version, payload, recorded_at) VALUES ('added', 1, '{"type":"added","amount":1}', 1)`,
      );
      let time = 1_000;
      const topic = createTopic();
      const { timers, log, storage: door } = start(durable, topic, () => time);
      door.transaction(() => log.append([{ type: 'added', amount: 2 }], time));
      time += 1_000;
      await timers.fire();
      expect(topic.told).toEqual([{ type: 'added', data: { sequence: 2, event: { type: 'added', amount: 2 } } }]);
      await durable.deleteAll();
    }));
});
