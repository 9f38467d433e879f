import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { migrate, Outbox, platformMigrations, Storage, Timers } from './index.ts';
import type { Probe } from './testing/probe.ts';
import { behave, clock, ledger, reached, resetOutside } from './testing/controls.ts';
import { freshName, kill, onBareStorage, probe } from './testing/stubs.ts';

beforeEach(resetOutside);

const inside = <T>(name: string, work: (instance: Probe) => T | Promise<T>): Promise<T> =>
  runInDurableObject(probe(name), work);
const sent = (): string[] => ledger.map((entry) => entry.name.slice('outbox:'.length));
const refuse = (): never => {
  throw new Error('refused');
};
/** Waits until nothing is to be delivered any more, dead letters apart. */
const drained = async (instance: Probe): Promise<void> => {
  while (instance.parts.outbox.pending() > 0) await scheduler.wait(0);
};

describe('Outbox', () => {
  it('delivers after the commit, in order within a lane, and then needs no alarm', () =>
    inside(freshName('order'), async (instance) => {
      const notes = Array.from({ length: 20 }, (_entry, index) => ({ lane: `lane ${index % 2}`, text: `${index}` }));
      instance.post(notes);
      expect(ledger).toEqual([]);
      await drained(instance);
      for (const lane of [0, 1]) {
        expect(sent().filter((text) => Number(text) % 2 === lane)).toEqual(
          notes.map((note) => note.text).filter((text) => Number(text) % 2 === lane),
        );
      }
      await reached(() => instance.parts.timers.dueAt('platform.outbox') === undefined);
      expect(await instance.alarmAt()).toBeNull();
    }));

  it('delivers nothing of a transaction that throws, and wants one', () =>
    inside(freshName('undone'), async ({ parts: { outbox, storage } }) => {
      const entry = { lane: 'a', kind: 'note', payload: 'x' };
      expect(() => outbox.enqueue(entry)).toThrow('Outbox.enqueue must be called inside a transaction.');
      expect(() =>
        storage.transaction(() => {
          outbox.enqueue(entry);
          refuse();
        }),
      ).toThrow('refused');
      const large = { ...entry, payload: 'x'.repeat(2_000_000) };
      expect(() => storage.transaction(() => outbox.enqueue(large))).toThrow('The payload of outbox entry "note" is');
      outbox.kick();
      await scheduler.wait(0);
      expect([ledger.length, outbox.pending()]).toEqual([0, 0]);
    }));

  it('lets a lane wait for its head while the others go on, at most six at a time', () =>
    inside(freshName('lanes'), async (instance) => {
      const gates = new Map<string, () => void>();
      let open = 0;
      let most = 0;
      for (let lane = 0; lane < 9; lane += 1) {
        behave(`outbox:${lane} first`, async () => {
          open += 1;
          most = Math.max(most, open);
          await new Promise<void>((resolve) => gates.set(`${lane}`, resolve));
          open -= 1;
        });
      }
      instance.post(
        Array.from({ length: 9 }, (_entry, lane) => [
          { lane: `${lane}`, text: `${lane} first` },
          { lane: `${lane}`, text: `${lane} second` },
        ]).flat(),
      );
      await reached(() => gates.size === 6);
      expect(sent()).toHaveLength(6);
      gates.get('0')?.();
      await reached(() => gates.size === 7);
      expect(sent().indexOf('0 second')).toBeGreaterThan(sent().indexOf('0 first'));
      await reached(() => {
        for (const release of gates.values()) release();
        return instance.parts.outbox.pending() === 0;
      });
      expect([most, sent().length]).toEqual([6, 18]);
    }));

  it('parks a poison message after ten failures, frees its lane, and replays it once', () =>
    inside(freshName('poison'), async (instance) => {
      const { outbox, timers } = instance.parts;
      behave('outbox:poison', refuse);
      const good = Array.from({ length: 99 }, (_entry, index) => ({
        lane: `lane ${index % 3}`,
        text: `good ${index}`,
      }));
      instance.post([{ lane: 'lane 0', text: 'poison' }, ...good]);
      await reached(() => outbox.pending() === 34 && timers.dueAt('platform.outbox') !== clock.now() + 1_000);
      // The other two lanes are done; this one waits for its head.
      expect(sent().filter((text) => text === 'poison')).toHaveLength(1);
      for (let attempt = 2; attempt <= 10; attempt += 1) {
        clock.advance(80_000);
        await timers.fire();
      }
      await drained(instance);
      expect(sent().filter((text) => text.startsWith('good'))).toHaveLength(99);
      expect(ledger.filter((entry) => entry.name === 'outbox:poison').map((entry) => entry.attempt)).toEqual([
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
      ]);
      expect(outbox.deadLetters()).toMatchObject([
        {
          lane: 'lane 0',
          kind: 'note',
          payload: '"poison"',
          attempts: 10,
          cause: 'Error: refused',
          payloadHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      ]);
      expect(instance.problems.map((problem) => problem.status)).toEqual(['failed', 'parked']);

      behave('outbox:poison', () => undefined);
      const id = outbox.deadLetters()[0]?.id ?? 0;
      expect([outbox.replay(id), outbox.replay(id)]).toEqual([true, false]);
      await drained(instance);
      const deliveries = ledger.filter((entry) => entry.name === 'outbox:poison');
      expect(deliveries).toHaveLength(11);
      expect(new Set(deliveries.map((entry) => entry.key)).size).toBe(1);
      expect(outbox.deadLetters()).toEqual([]);
    }));

  it('gives up on a delivery that does not end, and on a kind nobody delivers', () =>
    onBareStorage(async (durable) => {
      const storage = new Storage(durable);
      migrate(storage, 'platform', platformMigrations, clock.now);
      const timers = new Timers(storage, { alarm: durable, now: clock.now });
      const outbox = new Outbox(storage, { object: 'o', timers, now: clock.now, timeoutMs: 1, attempts: 1 });
      outbox.on('hang', () => new Promise(() => undefined));
      storage.transaction(() => {
        outbox.enqueue({ lane: 'a', kind: 'hang', payload: 1 });
        outbox.enqueue({ lane: 'a', kind: 'unknown', payload: 2 });
      });
      outbox.kick();
      await reached(() => outbox.pending() === 0);
      expect(outbox.deadLetters().map((letter) => letter.cause)).toEqual([
        'DeadlineExceeded: The delivery of "hang" (1) did not end within 1 ms.',
        'Error: Nothing delivers outbox kind "unknown".',
      ]);
    }));

  it('goes on by itself after a kill during the delivery, under the same delivery id', async () => {
    const name = freshName('killed');
    behave('outbox:a', () => new Promise(() => undefined));
    await probe(name).post([
      { lane: 'l', text: 'a' },
      { lane: 'l', text: 'b' },
    ]);
    await reached(() => ledger.length === 1);
    await kill();
    behave('outbox:a', () => undefined);
    // Nobody calls the object: its alarm does.
    clock.advance(1_000);
    expect(await runDurableObjectAlarm(probe(name))).toBe(true);
    expect(sent()).toEqual(['a', 'a', 'b']);
    expect(ledger.map((entry) => entry.attempt)).toEqual([1, 2, 1]);
    expect(new Set(ledger.map((entry) => entry.key)).size).toBe(2);
    expect(ledger[0]?.key).toMatch(new RegExp(`^${name}~[0-9a-f]{8}/outbox/1$`));
  });

  it('has a timer for what was enqueued just before a kill', async () => {
    const name = freshName('before');
    await inside(name, async (instance) => {
      const { outbox, storage } = instance.parts;
      outbox.kick = () => undefined;
      storage.transaction(() => outbox.enqueue({ lane: 'l', kind: 'note', payload: 'x' }));
      expect(await instance.alarmAt()).toBe(clock.now() + 1_000);
    });
    await kill();
    clock.advance(1_000);
    await runDurableObjectAlarm(probe(name));
    expect(sent()).toEqual(['x']);
  });
});

describe('Outbox under kills', () => {
  it('loses nothing, keeps each lane in order, and lets a failing lane stop no other', () => {
    const operation = fc.record({
      kind: fc.constantFrom('post', 'post', 'post', 'kill', 'alarm', 'undone'),
      lanes: fc.array(fc.constantFrom('a', 'b', 'poison'), { minLength: 1, maxLength: 5 }),
    });
    return fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 12 }), async (operations) => {
        resetOutside();
        const name = freshName('model');
        const accepted = new Map<string, string[]>();
        let made = 0;
        for (const { kind, lanes } of operations) {
          if (kind === 'kill') await kill();
          else if (kind === 'alarm') {
            clock.advance(100_000);
            await runDurableObjectAlarm(probe(name));
          } else {
            const notes = lanes.map((lane) => {
              made += 1;
              const text = `${lane} ${made}`;
              // Fails at its first delivery; a poison never succeeds.
              behave(`outbox:${text}`, ({ attempt }) => (attempt === 1 || lane === 'poison' ? refuse() : undefined));
              return { lane, text };
            });
            await inside(name, (instance) => {
              const { storage } = instance.parts;
              if (kind === 'post') return instance.post(notes);
              expect(() =>
                storage.transaction(() => {
                  instance.post(notes);
                  refuse();
                }),
              ).toThrow('refused');
              return undefined;
            });
            if (kind === 'post') {
              for (const note of notes) accepted.set(note.lane, [...(accepted.get(note.lane) ?? []), note.text]);
            }
          }
        }
        const settled = async (): Promise<boolean> => {
          clock.advance(100_000);
          return (await runDurableObjectAlarm(probe(name))) || inside(name, ({ parts }) => parts.outbox.pending() > 0);
        };
        while (await settled());
        const letters = await inside(name, ({ parts }) => parts.outbox.deadLetters().map((letter) => letter.payload));
        expect(letters).toEqual((accepted.get('poison') ?? []).map((text) => JSON.stringify(text)));
        for (const lane of ['a', 'b']) {
          const seen = sent().filter((text) => text.startsWith(`${lane} `));
          const inOrder = seen.filter((text, index) => seen.indexOf(text) === index);
          expect(inOrder).toEqual(accepted.get(lane) ?? []);
          // No entry comes before the one ahead of it is done with.
          expect([...seen].sort((left, right) => inOrder.indexOf(left) - inOrder.indexOf(right))).toEqual(seen);
        }
      }),
      { numRuns: 25 },
    );
  });
});
