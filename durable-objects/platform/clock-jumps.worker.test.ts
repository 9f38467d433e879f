import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Probe } from './testing/probe.ts';
import { behave, clock, ledger, reached, resetOutside } from './testing/controls.ts';
import { freshName, kill, probe } from './testing/stubs.ts';

beforeEach(resetOutside);

const hour = 3_600_000;
const inside = <T>(name: string, work: (instance: Probe) => T | Promise<T>): Promise<T> =>
  runInDurableObject(probe(name), work);
const fired = (): string[] => ledger.filter(({ name }) => name.startsWith('timer:')).map(({ key }) => key);

describe('timers when the clock jumps', () => {
  it('fire once each after an hour forward', () =>
    inside(freshName('forward'), async (instance) => {
      const { timers } = instance.parts;
      timers.set({ name: 'plain', key: 'soon', dueAt: clock.now() + 1_000 });
      timers.set({ name: 'plain', key: 'later', dueAt: clock.now() + 1_800_000 });
      timers.set({ name: 'plain', key: 'beyond', dueAt: clock.now() + 2 * hour });
      clock.advance(hour);
      await timers.fire();
      await timers.fire();
      expect(fired()).toEqual(['soon', 'later']);
      expect(await instance.alarmAt()).toBe(clock.now() + hour);
    }));

  it.each(['in the instance', 'over a kill'])(
    'wait no longer than they would have after an hour back, %s',
    async (where) => {
      const name = freshName('back');
      const set = (key: string, inMs: number) =>
        inside(name, ({ parts: { timers } }) => timers.set({ name: 'plain', key, dueAt: clock.now() + inMs }));
      await set('a', 2_000);
      clock.advance(1_000);
      await set('b', 5_000);
      clock.advance(-hour);
      if (where === 'over a kill') await kill();
      // Whatever touches the timers puts them right.
      await set('c', 60_000);
      expect(await inside(name, (instance) => instance.alarmAt())).toBe(clock.now() + 2_000);
      clock.advance(2_000);
      await runDurableObjectAlarm(probe(name));
      expect(fired()).toEqual(['a']);
      clock.advance(3_000);
      await runDurableObjectAlarm(probe(name));
      expect(fired()).toEqual(['a', 'b']);
    },
  );

  it('are put right by a repair, which changes nothing when all is well', () =>
    inside(freshName('repair'), async (instance) => {
      const { timers } = instance.parts;
      const dueAt = clock.now() + 3_000;
      timers.set({ name: 'plain', key: 'a', dueAt });
      timers.repair();
      expect(timers.dueAt('plain', 'a')).toBe(dueAt);
      clock.advance(-hour);
      timers.repair();
      expect(await instance.alarmAt()).toBe(clock.now() + 3_000);
    }));

  it('have their lost alarm set again by a repair, once they are late', async () => {
    const name = freshName('lost');
    await probe(name).setTimer({ name: 'plain', key: 'a', dueAt: clock.now() + 10 });
    await runInDurableObject(probe(name), (_instance, state) => state.storage.deleteAlarm());
    clock.advance(1_000);
    await inside(name, ({ parts: { timers } }) => timers.repair());
    expect(await inside(name, (instance) => instance.alarmAt())).toBeNull();
    clock.advance(5_000);
    await inside(name, ({ parts: { timers } }) => timers.repair());
    expect(await runDurableObjectAlarm(probe(name))).toBe(true);
    expect(fired()).toEqual(['a']);
  });

  it('neither stall nor run wild under any jumps', () => {
    const operation = fc.oneof(
      fc.record({ kind: fc.constant('set' as const), key: fc.constantFrom('a', 'b', 'c'), ms: fc.nat(20_000) }),
      fc.record({
        kind: fc.constant('jump' as const),
        key: fc.constant(''),
        ms: fc.integer({ min: -hour, max: hour }),
      }),
      fc.record({ kind: fc.constantFrom('pass' as const, 'kill' as const), key: fc.constant(''), ms: fc.nat(5_000) }),
    );
    return fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 14 }), async (operations) => {
        resetOutside();
        const name = freshName('jumps');
        let sets = 0;
        for (const { kind, key, ms } of operations) {
          if (kind === 'kill') await kill();
          if (kind === 'jump' || kind === 'pass') clock.advance(ms);
          if (kind === 'set') {
            sets += 1;
            await probe(name).setTimer({ name: 'plain', key, dueAt: clock.now() + ms });
          }
          await inside(name, async (instance) => {
            instance.parts.timers.repair();
            await instance.parts.timers.fire();
            const alarmAt = await instance.alarmAt();
            // The longest delay that was ever asked for, and no more.
            if (alarmAt !== null) expect(alarmAt - clock.now()).toBeLessThanOrEqual(20_000 + 1_000);
          });
          // Each timer that was set fires at most once.
          expect(fired().length).toBeLessThanOrEqual(sets);
        }
        clock.advance(21_000);
        await inside(name, async (instance) => {
          await instance.parts.timers.fire();
          expect(await instance.alarmAt()).toBeNull();
        });
      }),
      { numRuns: 40 },
    );
  });
});

describe('an outbox when the clock jumps back', () => {
  it.each(['in the instance', 'over a kill'])('delivers within the longest delay of a failure, %s', async (where) => {
    const name = freshName('outbox');
    clock.advance(hour);
    let failing = true;
    behave('outbox:a', () => {
      if (failing) throw new Error('not now');
    });
    await probe(name).post([{ lane: 'l', text: 'a' }]);
    await reached(() => ledger.length === 1);
    await inside(name, async ({ parts: { timers } }) => {
      await reached(() => timers.dueAt('platform.outbox') !== clock.now() + 1_000);
    });
    clock.advance(-hour);
    if (where === 'over a kill') await kill();
    await inside(name, ({ parts: { timers } }) => timers.repair());
    // The timer comes within the delay it was set with, and sees that no lane waits for an hour.
    clock.advance(1_000);
    await runDurableObjectAlarm(probe(name));
    failing = false;
    clock.advance(75_001);
    await runDurableObjectAlarm(probe(name));
    await inside(name, async ({ parts: { outbox } }) => {
      await reached(() => outbox.pending() === 0);
    });
    expect(ledger.length).toBeGreaterThanOrEqual(2);
    expect(ledger.length).toBeLessThanOrEqual(3);
  });
});
