import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Aggregate,
  EventStore,
  HistoryGone,
  maxPayloadBytes,
  migrate,
  PayloadRefused,
  platformMigrations,
  Storage,
  UnreadableEvent,
  VersionConflict,
} from './index.ts';
import { type ProbeEvent, probeAggregate, type ProbeState } from './testing/probe.ts';
import { freshName, kill, onBareStorage, probe } from './testing/stubs.ts';

const added = (amount: number): ProbeEvent => ({ type: 'added', amount });

const open = <State, Event extends { readonly type: string }>(
  durable: DurableObjectStorage,
  aggregate: Aggregate<State, Event>,
  snapshotEvery = 10,
): { storage: Storage; store: EventStore<State, Event>; append: (...events: Event[]) => void } => {
  const storage = new Storage(durable);
  migrate(storage, 'platform', platformMigrations, () => 0);
  const store = new EventStore(storage, aggregate, { snapshotEvery });
  const append = (...events: Event[]): void => {
    storage.transaction(() => void store.append(events, 1));
  };
  return { storage, store, append };
};

const snapshotsIn = (durable: DurableObjectStorage): number[] =>
  durable.sql
    .exec<{ sequence: number }>('SELECT sequence FROM snapshot ORDER BY sequence')
    .toArray()
    .map((row) => row.sequence);

describe('EventStore', () => {
  it('appends, reads pages, and knows the state at every point', () =>
    onBareStorage((durable) => {
      const { storage, store, append } = open(durable, probeAggregate);
      expect([store.sequence, store.oldest, store.state]).toEqual([0, 1, { total: 0, count: 0 }]);
      const stored = storage.transaction(() => store.append([added(1), added(2)], 77, 0));
      expect(stored).toEqual([
        { sequence: 1, recordedAt: 77, event: added(1) },
        { sequence: 2, recordedAt: 77, event: added(2) },
      ]);
      for (let amount = 3; amount <= 45; amount += 1) append(added(amount));
      expect(store.read({ after: 43, limit: 10 }).map((entry) => entry.sequence)).toEqual([44, 45]);
      for (const at of [0, 1, 9, 10, 11, 45]) {
        expect(store.stateAt(at)).toEqual({ total: (at * (at + 1)) / 2, count: at });
      }
      expect(() => store.stateAt(46)).toThrow(RangeError);
    }));

  it('refuses an append outside a transaction, at another sequence, and a second store', () =>
    onBareStorage((durable) => {
      const { storage, store, append } = open(durable, probeAggregate);
      expect(() => store.append([added(1)], 1)).toThrow('EventStore.append must be called inside a transaction.');
      append(added(1));
      expect(() => storage.transaction(() => store.append([added(2)], 1, 0))).toThrow(
        new VersionConflict(0, 1).message,
      );
      expect(() => new EventStore(storage, probeAggregate)).toThrow('one event store');
      expect(store.state.count).toBe(1);
    }));

  it('starts from the newest snapshot and ignores those of another state version', () =>
    onBareStorage((durable) => {
      const { append } = open(durable, probeAggregate);
      for (let count = 0; count < 25; count += 1) append(added(1));
      expect(snapshotsIn(durable)).toEqual([10, 20]);
      // A state that could not come from the events shows which snapshot was read.
      durable.sql.exec(`UPDATE snapshot_part SET payload = '{"total":1000,"count":20}' WHERE sequence = 20`);
      expect(open(durable, probeAggregate).store.state).toEqual({ total: 1005, count: 25 });
      expect(open(durable, probeAggregate).store.stateAt(15)).toEqual({ total: 15, count: 15 });
      expect(open(durable, { ...probeAggregate, stateVersion: 2 }).store.state).toEqual({ total: 25, count: 25 });
    }));

  it('keeps a bounded number of snapshots, and states larger than a row', () =>
    onBareStorage((durable) => {
      type Grown = { readonly type: 'grown'; readonly text: string };
      const growing: Aggregate<{ readonly texts: readonly string[] }, Grown> = {
        initial: { texts: [] },
        stateVersion: 1,
        evolve: (state, event) => ({ texts: [...state.texts, event.text].slice(-4) }),
      };
      const { append } = open(durable, growing, 1);
      // An emoji is two UTF-16 units; beginnings of odd and even length put pairs across the cuts.
      const texts = Array.from({ length: 15 }, (_entry, index) => `${'x'.repeat(index % 3)}${'😀'.repeat(200_000)}`);
      for (const text of texts) append({ type: 'grown', text });
      expect(snapshotsIn(durable)).toHaveLength(10);
      const { store } = open(durable, growing, 1);
      expect(store.state.texts).toEqual(texts.slice(-4));
      const rows = durable.sql.exec<{ size: number }>(
        'SELECT LENGTH(CAST(payload AS BLOB)) AS size FROM snapshot_part',
      );
      expect(Math.max(...rows.toArray().map((row) => row.size))).toBeLessThanOrEqual(maxPayloadBytes);
    }));

  it('refuses an event above 1 MB and what JSON cannot keep, by name, and keeps nothing of the batch', () =>
    onBareStorage((durable) => {
      type Any = { readonly type: string; readonly value?: unknown };
      const any: Aggregate<number, Any> = { initial: 0, stateVersion: 1, evolve: (state) => state + 1 };
      const { store, append } = open(durable, any);
      const attempts: [unknown, string][] = [
        ['x'.repeat(3_000_000), 'The payload of event "big" is 3000025 bytes of JSON; at most 1048576'],
        ['é'.repeat(600_000), 'at most 1048576'],
        [new Map(), 'value.value is a Map'],
        [new Date(0), 'value.value is a Date'],
        [{ deep: [1, Number.NaN] }, 'value.value.deep[1] is NaN'],
        [1n, 'value.value is bigint'],
        [[undefined], 'value.value[0] is undefined'],
      ];
      for (const [value, message] of attempts) {
        expect(() => append({ type: 'small' }, { type: 'big', value })).toThrow(message);
        expect(() => append({ type: 'small' }, { type: 'big', value })).toThrow(PayloadRefused);
      }
      let nested: unknown = 1;
      for (let depth = 0; depth < 10_000; depth += 1) nested = [nested];
      expect(() => append({ type: 'big', value: nested })).toThrow('nested deeper than');
      expect([store.sequence, store.state]).toEqual([0, 0]);
      append({ type: 'edge', value: 'x'.repeat(maxPayloadBytes - 26) });
      expect(store.sequence).toBe(1);
    }));

  it('gives each event the time it was recorded at, also when it is read again', () =>
    onBareStorage((durable) => {
      type Seen = { readonly type: 'seen' };
      const last: Aggregate<number, Seen> = {
        initial: 0,
        stateVersion: 1,
        evolve: (_state, _event, recordedAt) => recordedAt,
      };
      const { storage, store } = open(durable, last);
      storage.transaction(() => void store.append([{ type: 'seen' }], 42));
      expect([store.state, open(durable, last).store.state]).toEqual([42, 42]);
    }));

  it('evolves from what the disk gives back, so a reload changes nothing', () =>
    onBareStorage((durable) => {
      type Loose = { readonly type: 'set'; readonly value: Record<string, unknown> };
      const keep: Aggregate<{ readonly keys: readonly string[] }, Loose> = {
        initial: { keys: [] },
        stateVersion: 1,
        evolve: (_state, event) => ({ keys: Object.keys(event.value) }),
      };
      const { store, append } = open(durable, keep);
      append({ type: 'set', value: { kept: 1, gone: undefined } });
      expect(store.state.keys).toEqual(['kept']);
      expect(open(durable, keep).store.state.keys).toEqual(['kept']);
    }));
});

describe('EventStore with old data', () => {
  type Named = { readonly type: 'named'; readonly first: string; readonly last: string };
  const named: Aggregate<string, Named> = {
    initial: '',
    stateVersion: 1,
    evolve: (_state, event) => `${event.last}, ${event.first}`,
    eventVersions: { named: 3 },
    upcast: {
      named: {
        1: (payload) => ({ ...(payload as object), name: (payload as { text: string }).text }),
        2: (payload) => {
          const [first, last] = (payload as { name: string }).name.split(' ');
          return { type: 'named', first, last };
        },
      },
    },
  };
  const seed = (durable: DurableObjectStorage, version: number, payload: string): void => {
    durable.sql.exec(
      'INSERT INTO event (type, version, payload, recorded_at) VALUES (?, ?, ?, 5)',
      'named',
      version,
      payload,
    );
  };

  it('brings every earlier version to the present one', () =>
    onBareStorage((durable) => {
      open(durable, named);
      seed(durable, 1, '{"type":"named","text":"Ada Lovelace"}');
      seed(durable, 2, '{"type":"named","name":"Alan Turing"}');
      seed(durable, 3, '{"type":"named","first":"Grace","last":"Hopper"}');
      const { store, append } = open(durable, named);
      expect([1, 2, 3].map((at) => store.stateAt(at))).toEqual(['Lovelace, Ada', 'Turing, Alan', 'Hopper, Grace']);
      append({ type: 'named', first: 'Edsger', last: 'Dijkstra' });
      expect(durable.sql.exec('SELECT version FROM event WHERE sequence = 4').one()).toEqual({ version: 3 });
    }));

  it.each([
    [4, '{"type":"named"}', 'Event 1 "named" of version 4 is unknown here; this code reads versions 1 to 3.'],
    [0, '{"type":"named"}', 'Event 1 "named" of version 0 is unknown here'],
    [3, '{"type":', 'Event 1 "named" of version 3 does not parse as JSON.'],
    [3, '7', 'Event 1 "named" of version 3 is not an object.'],
  ])('refuses version %i %s by name', (version, payload, message) =>
    onBareStorage((durable) => {
      open(durable, named);
      seed(durable, version, payload);
      expect(() => open(durable, named).store.state).toThrow(message);
      expect(() => open(durable, named).store.state).toThrow(UnreadableEvent);
    }),
  );

  it('names the upcaster that is missing', () =>
    onBareStorage((durable) => {
      open(durable, named);
      seed(durable, 1, '{"type":"named"}');
      const { upcast: _dropped, ...rest } = named;
      expect(() => open(durable, rest).store.state).toThrow('has no upcaster from version 1');
    }));
});

describe('EventStore for callers outside', () => {
  type Ticked = { readonly type: 'ticked' };
  const ticks: Aggregate<number, Ticked> = { initial: 0, stateVersion: 1, evolve: (count) => count + 1 };
  const oldestOf = (page: ReturnType<EventStore<number, Ticked>['page']>): number | undefined =>
    page.ok ? undefined : page.error.oldestSequence;

  it('answers exactly the rest of the log from any point, or which event is the oldest', () =>
    onBareStorage((durable) => {
      const { storage, store, append } = open(durable, ticks);
      for (let count = 0; count < 60; count += 1) append({ type: 'ticked' });
      let discarded = 0;
      fc.assert(
        fc.property(fc.nat(59), fc.nat(70), fc.integer({ min: 1, max: 70 }), (cut, after, limit) => {
          if (cut > discarded) {
            discarded = cut;
            storage.transaction(() => store.discardUpTo(cut, 1));
          }
          const page = store.page({ after, limit });
          if (after < discarded) {
            expect(page).toMatchObject({ ok: false, error: { type: 'cursor.gone', oldestSequence: discarded + 1 } });
            return;
          }
          const rest = Array.from({ length: Math.max(0, 60 - after) }, (_entry, index) => after + index + 1);
          expect(page.ok && page.value.map(({ sequence }) => sequence)).toEqual(rest.slice(0, limit));
        }),
        { numRuns: 200 },
      );
      expect(discarded).toBeGreaterThan(0);
    }));

  it('begins at a moment, also when the clock went back, and refuses one that reaches behind what is kept', () =>
    onBareStorage((durable) => {
      const { storage, store } = open(durable, ticks);
      // The clock goes back by an hour after the third event.
      for (const at of [1_000, 2_000, 9_000, 3_000, 4_000, 5_000]) {
        storage.transaction(() => void store.append([{ type: 'ticked' }], at));
      }
      const from = (since: number, after = 0): unknown => {
        const page = store.page({ after, limit: 10, since });
        return page.ok ? page.value.map(({ sequence }) => sequence) : oldestOf(page);
      };
      expect(from(0)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(from(2_000)).toEqual([2, 3, 4, 5, 6]);
      expect(from(4_500)).toEqual([3, 4, 5, 6]);
      expect(from(4_500, 3)).toEqual([6]);
      expect(from(9_001)).toEqual([]);
      storage.transaction(() => store.discardUpTo(3, 1));
      expect(from(1_500)).toBe(4);
      expect(from(3_000)).toBe(4);
      expect(from(3_001)).toEqual([5, 6]);
      expect(from(3_000, 3)).toEqual([4, 5, 6]);
      storage.transaction(() => store.discardUpTo(6, 1));
      expect(from(5_000)).toBe(7);
      expect(store.page({ after: 6, limit: 10 })).toEqual({ ok: true, value: [] });
    }));
});

describe('EventStore that discards', () => {
  it('stands on its snapshot afterwards and goes on with the next sequence', () =>
    onBareStorage((durable) => {
      const { storage, store, append } = open(durable, probeAggregate);
      for (let count = 0; count < 33; count += 1) append(added(1));
      storage.transaction(() => store.discardUpTo(27, 1));
      for (const reopened of [store, open(durable, probeAggregate).store]) {
        expect([reopened.oldest, reopened.sequence, reopened.state.total]).toEqual([28, 33, 33]);
        expect(reopened.stateAt(27).total).toBe(27);
        expect(reopened.stateAt(30).total).toBe(30);
        expect(() => reopened.stateAt(26)).toThrow(HistoryGone);
      }
      for (let count = 0; count < 200; count += 1) append(added(1));
      expect(store.stateAt(27).total).toBe(27);
      storage.transaction(() => store.discardUpTo(233, 1));
      const { store: again, append: more } = open(durable, probeAggregate);
      expect([again.oldest, again.sequence, again.state.total]).toEqual([234, 233, 233]);
      more(added(1));
      expect([again.sequence, again.oldest]).toEqual([234, 234]);
    }));
});

/** Only an object that runs can be evicted. */
const evict = async (name: string): Promise<void> => {
  await probe(name).state();
  await evictDurableObject(probe(name));
};

describe('EventStore in an object that is stopped', () => {
  const operation = fc.oneof(
    fc.record({
      kind: fc.constant('add' as const),
      amounts: fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 13 }),
    }),
    fc.record({ kind: fc.constant('fail' as const), amounts: fc.array(fc.integer(), { minLength: 1, maxLength: 13 }) }),
    fc.record({ kind: fc.constantFrom('abort' as const, 'evict' as const), amounts: fc.constant([]) }),
  );

  it('holds exactly what was committed, without gaps, under any order of appends, rollbacks, kills and evictions', () =>
    fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 14 }), async (operations) => {
        const name = freshName('events');
        const committed: number[] = [];
        for (const entry of operations) {
          if (entry.kind === 'abort') await kill();
          else if (entry.kind === 'evict') await evict(name);
          else if (entry.kind === 'add') {
            await probe(name).add(entry.amounts);
            committed.push(...entry.amounts);
          } else {
            await runInDurableObject(probe(name), (instance) => {
              const before: ProbeState = instance.store.state;
              expect(() =>
                instance.parts.storage.transaction(() => {
                  instance.store.append(entry.amounts.map(added), 1);
                  throw new Error('undo');
                }),
              ).toThrow('undo');
              expect(instance.store.state).toEqual(before);
            });
          }
        }
        const total = committed.reduce((sum, amount) => sum + amount, 0);
        expect(await probe(name).state()).toEqual({ total, count: committed.length, sequence: committed.length });
        await runInDurableObject(probe(name), (instance) => {
          const log = instance.store.read({ after: 0, limit: 10_000 });
          expect(log.map((stored) => stored.sequence)).toEqual(committed.map((_amount, index) => index + 1));
          expect(log.map((stored) => (stored.event.type === 'added' ? stored.event.amount : 0))).toEqual(committed);
        });
      }),
      { numRuns: 25 },
    ));
});
