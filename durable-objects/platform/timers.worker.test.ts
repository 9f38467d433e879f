import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Probe } from './testing/probe.ts';
import { behave, clock, ledger, reached, resetOutside } from './testing/controls.ts';
import { freshName, kill, probe, realTimeProbe, watch } from './testing/stubs.ts';

beforeEach(resetOutside);

const inside = <T>(name: string, work: (instance: Probe) => T | Promise<T>): Promise<T> =>
  runInDurableObject(probe(name), work);
const fired = (name = 'plain'): string[] =>
  ledger.filter((entry) => entry.name === `timer:${name}`).map((entry) => entry.key);
const refuse = (): never => {
  throw new Error('refused');
};

describe('Timers', () => {
  it('arms the alarm for the earliest, and a later timer never pushes it back', () =>
    inside(freshName('earliest'), async (instance) => {
      const { timers } = instance.parts;
      const now = clock.now();
      timers.set({ name: 'plain', key: 'late', dueAt: now + 3_600_000 });
      timers.set({ name: 'plain', key: 'soon', dueAt: now + 1_000 });
      timers.set({ name: 'plain', key: 'later', dueAt: now + 7_200_000 });
      expect(await instance.alarmAt()).toBe(now + 1_000);
      timers.cancel('plain', 'soon');
      expect(await instance.alarmAt()).toBe(now + 3_600_000);
      timers.set({ name: 'plain', key: 'late', dueAt: now + 9_000_000 });
      expect(await instance.alarmAt()).toBe(now + 7_200_000);
      timers.cancel('plain', 'late');
      timers.cancel('plain', 'later');
      expect(await instance.alarmAt()).toBeNull();
    }));

  it('sets the alarm again that a rollback has undone', () =>
    inside(freshName('undone'), async (instance) => {
      const { timers, storage } = instance.parts;
      const dueAt = clock.now() + 1_000;
      expect(() =>
        storage.transaction(() => {
          timers.set({ name: 'plain', dueAt });
          refuse();
        }),
      ).toThrow('refused');
      expect(await instance.alarmAt()).toBeNull();
      timers.set({ name: 'plain', dueAt });
      expect(await instance.alarmAt()).toBe(dueAt);
    }));

  it('fires what is due with its payload, once, and in an instance that was evicted meanwhile', async () => {
    const name = freshName('fires');
    await probe(name).setTimer({ name: 'plain', key: 'a', dueAt: clock.now() + 5 });
    await probe(name).setTimer({ name: 'plain', key: 'b', dueAt: clock.now() + 5 });
    await probe(name).setTimer({ name: 'plain', key: 'c', dueAt: clock.now() + 50 });
    await evictDurableObject(probe(name));
    clock.advance(5);
    expect(await runDurableObjectAlarm(probe(name))).toBe(true);
    expect(fired()).toEqual(['a', 'b']);
    clock.advance(45);
    await runDurableObjectAlarm(probe(name));
    expect(fired()).toEqual(['a', 'b', 'c']);
    expect(await runDurableObjectAlarm(probe(name))).toBe(false);
  });

  it('replaces a timer of the same name and key, also while its handler runs', () =>
    inside(freshName('replace'), async ({ parts: { timers } }) => {
      const gate = Promise.withResolvers<void>();
      const payloads: unknown[] = [];
      timers.on('again', async (timer) => {
        payloads.push(timer.payload);
        await gate.promise;
      });
      timers.set({ name: 'again', dueAt: clock.now() + 1_000, payload: 'dropped' });
      timers.set({ name: 'again', dueAt: clock.now(), payload: { first: true } });
      const firing = timers.fire();
      await Promise.resolve();
      timers.set({ name: 'again', dueAt: clock.now() + 60_000, payload: 'second' });
      gate.resolve();
      await firing;
      expect(timers.dueAt('again')).toBe(clock.now() + 60_000);
      clock.advance(60_000);
      await timers.fire();
      expect(payloads).toEqual([{ first: true }, 'second']);
      expect(timers.dueAt('again')).toBeUndefined();
    }));

  it('lets a slow handler hold up no other', () =>
    inside(freshName('slow'), async ({ parts: { timers } }) => {
      const gate = Promise.withResolvers<void>();
      behave('timer:slow', () => gate.promise);
      timers.set({ name: 'slow', dueAt: clock.now() });
      const firing = timers.fire();
      await reached(() => fired('slow').length === 1);
      timers.set({ name: 'plain', key: 'meanwhile', dueAt: clock.now() });
      await reached(() => fired().length === 1);
      expect(timers.dueAt('slow')).toBeDefined();
      gate.resolve();
      await firing;
      expect(timers.dueAt('slow')).toBeUndefined();
    }));

  it('keeps the alarm set for a timer that failed, slower each time, and ends in dead letters instead of silence', () =>
    inside(freshName('fails'), async (instance) => {
      const { timers } = instance.parts;
      behave('timer:failing', refuse);
      timers.set({ name: 'failing', key: 'k', dueAt: clock.now(), payload: { kept: 1 } });
      const delays: number[] = [];
      for (let attempt = 1; attempt < 8; attempt += 1) {
        await timers.fire();
        const alarmAt = await instance.alarmAt();
        expect(alarmAt).not.toBeNull();
        delays.push((alarmAt ?? 0) - clock.now());
        clock.advance(delays.at(-1) ?? 0);
      }
      for (const [index, delayMs] of delays.entries()) {
        expect(delayMs).toBeGreaterThanOrEqual(750 * 2 ** index);
        expect(delayMs).toBeLessThanOrEqual(1_250 * 2 ** index);
      }
      await timers.fire();
      expect(await instance.alarmAt()).toBeNull();
      expect(ledger.map((entry) => entry.attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(timers.deadLetters()).toMatchObject([
        { name: 'failing', key: 'k', payload: '{"kept":1}', attempts: 8, cause: 'Error: refused' },
      ]);
      expect(instance.problems.map((problem) => problem.status)).toEqual(['failed', 'parked']);

      behave('timer:failing', () => undefined);
      const id = timers.deadLetters()[0]?.id ?? 0;
      expect([timers.replay(id), timers.replay(id)]).toEqual([true, false]);
      await timers.fire();
      expect(ledger).toHaveLength(9);
      expect([timers.deadLetters(), timers.dueAt('failing', 'k')]).toEqual([[], undefined]);
    }));

  it('counts a handler that does not end, and one that is missing, as failures', () =>
    inside(freshName('hangs'), async ({ parts: { timers } }) => {
      timers.on('hangs', () => new Promise(() => undefined), { timeoutMs: 1, attempts: 1 });
      timers.set({ name: 'hangs', dueAt: clock.now() });
      await timers.fire();
      expect(timers.deadLetters()).toMatchObject([
        { name: 'hangs', cause: expect.stringContaining('did not end within 1 ms') },
      ]);
      timers.set({ name: 'unknown', dueAt: clock.now() });
      await timers.fire();
      expect(timers.dueAt('unknown')).toBeGreaterThan(clock.now());
    }));

  it('refuses a time that is none, a second handler, and a payload above 1 MB', () =>
    inside(freshName('refuses'), async (instance) => {
      const { timers } = instance.parts;
      expect(() => timers.set({ name: 'plain', dueAt: Number.NaN })).toThrow('dueAt is NaN');
      expect(() => timers.set({ name: 'plain', dueAt: Number.POSITIVE_INFINITY })).toThrow('dueAt is Infinity');
      expect(() => timers.set({ name: 'plain', dueAt: 1, payload: 'x'.repeat(2_000_000) })).toThrow('of JSON; at most');
      expect(() => timers.on('plain', () => undefined)).toThrow('has a handler already');
      expect(await instance.alarmAt()).toBeNull();
    }));
});

describe("Timers on the runtime's own alarm", () => {
  it('are woken by it, while a handler that takes longer keeps neither the alarm busy nor others from firing', async () => {
    const stub = realTimeProbe(freshName('real'));
    const gate = Promise.withResolvers<void>();
    behave('timer:slow', () => gate.promise);
    await stub.setTimer({ name: 'slow', dueAt: Date.now() });
    await reached(() => fired('slow').length === 1);
    for (const key of ['a', 'b', 'c']) {
      await stub.setTimer({ name: 'plain', key, dueAt: Date.now() + 20 });
      await reached(() => fired().includes(key));
    }
    expect(await runInDurableObject(stub, (instance) => instance.alarms)).toBe(1);
    gate.resolve();
    await reached(() => ledger.length === 4);
    while ((await stub.alarmAt()) !== null) await scheduler.wait(1);
    // The alarm that was set again before the work may come once more and find nothing to do.
    expect(await runInDurableObject(stub, (instance) => instance.alarms)).toBeLessThanOrEqual(2);
  });
});

describe('Timers in an object that is killed', () => {
  it('fires again what was under way, as soon as anything loads the object, without counting it as a failure', async () => {
    const name = freshName('killed');
    behave('timer:slow', () => new Promise(() => undefined));
    await probe(name).setTimer({ name: 'slow', key: 'k', dueAt: clock.now() });
    for (let round = 1; round <= 4; round += 1) {
      const alarm = watch(runDurableObjectAlarm(probe(name)));
      await reached(() => ledger.length === round);
      await kill();
      expect(await alarm.ended).toBe('cut');
    }
    behave('timer:slow', () => undefined);
    await inside(name, () => undefined);
    await reached(() => ledger.length === 5);
    expect(ledger.map((entry) => entry.attempt)).toEqual([1, 2, 3, 4, 5]);
    expect(await inside(name, ({ parts: { timers } }) => [timers.dueAt('slow', 'k'), timers.deadLetters()])).toEqual([
      undefined,
      [],
    ]);
  });

  it('slows down, and at last parks, a timer that is interrupted each time', async () => {
    const name = freshName('killer');
    await probe(name).setTimer({ name: 'plain', key: 'k', dueAt: clock.now() });
    const interrupt = (times: number): Promise<void> =>
      runInDurableObject(probe(name), (_instance, state) => {
        state.storage.sql.exec('UPDATE timer SET started_at = 1, interruptions = ?', times - 1);
      });
    await interrupt(12);
    await kill();
    const dueAt = (await inside(name, ({ parts: { timers } }) => timers.dueAt('plain', 'k'))) ?? 0;
    expect(dueAt).toBeGreaterThan(clock.now() + 1_000);
    await interrupt(100);
    await kill();
    expect(await inside(name, ({ parts: { timers } }) => timers.deadLetters())).toMatchObject([
      { name: 'plain', cause: 'Interrupted 100 times while it ran.' },
    ]);
  });

  it('repairs a lost alarm with any request', async () => {
    const name = freshName('lost');
    await probe(name).setTimer({ name: 'plain', key: 'k', dueAt: clock.now() + 10 });
    await runInDurableObject(probe(name), (_instance, state) => state.storage.deleteAlarm());
    await kill();
    expect(await inside(name, (instance) => instance.alarmAt())).toBe(clock.now() + 10);
  });

  it('is armed no later than its earliest timer and fires each in its time, under any order of events', () => {
    const key = fc.constantFrom('a', 'b', 'c');
    const name = fc.constantFrom('plain', 'failing');
    const operation = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('set' as const), name, key, inMs: fc.nat(100) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('undone' as const), name, key, inMs: fc.nat(100) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), name, key, inMs: fc.constant(0) }) },
      {
        weight: 3,
        arbitrary: fc.record({ kind: fc.constantFrom('fire' as const, 'kill' as const), name, key, inMs: fc.nat(100) }),
      },
    );
    return fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 20 }), async (operations) => {
        resetOutside();
        behave('timer:failing', refuse);
        const object = freshName('model');
        const due = new Map<string, number>();
        for (const entry of operations) {
          const place = `${entry.name}/${entry.key}`;
          const dueAt = clock.now() + entry.inMs;
          if (entry.kind === 'kill') await kill();
          if (entry.kind === 'fire') clock.advance(entry.inMs);
          const before = ledger.length;
          const left = await inside(object, async (instance) => {
            const { timers, storage } = instance.parts;
            if (entry.kind === 'set') timers.set({ name: entry.name, key: entry.key, dueAt });
            if (entry.kind === 'cancel') timers.cancel(entry.name, entry.key);
            if (entry.kind === 'fire') await timers.fire();
            if (entry.kind === 'undone') {
              expect(() =>
                storage.transaction(() => {
                  timers.cancel(entry.name, entry.key);
                  timers.set({ name: entry.name, key: entry.key, dueAt: dueAt + 1 });
                  refuse();
                }),
              ).toThrow('refused');
            }
            const rows = storage.sql.exec<{ place: string; due_at: number }>(
              "SELECT name || '/' || key AS place, due_at FROM timer ORDER BY due_at",
            );
            const timersLeft = rows.toArray();
            expect(await instance.alarmAt()).toBe(timersLeft[0]?.due_at ?? null);
            return timersLeft;
          });
          if (entry.kind === 'set') due.set(place, dueAt);
          if (entry.kind === 'cancel') due.delete(place);
          if (entry.kind === 'fire') {
            const expected = [...due].filter(([, at]) => at <= clock.now()).map(([at]) => at);
            const seen = ledger.slice(before).map((call) => `${call.name.slice('timer:'.length)}/${call.key}`);
            expect(seen.sort()).toEqual(expected.sort());
            for (const at of expected) {
              const row = left.find((timer) => timer.place === at);
              if (row === undefined) due.delete(at);
              else due.set(at, row.due_at);
              expect(row === undefined).toBe(at.startsWith('plain'));
            }
          }
          expect(new Map(left.map((row) => [row.place, row.due_at]))).toEqual(due);
        }
      }),
      { numRuns: 40 },
    );
  });
});
