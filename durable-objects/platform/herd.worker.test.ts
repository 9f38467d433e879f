import { runInDurableObject } from 'cloudflare:test';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Probe } from './testing/probe.ts';
import { behave, clock, ledger, reached, resetOutside } from './testing/controls.ts';
import { freshName, kill, probe } from './testing/stubs.ts';

beforeEach(resetOutside);

const inside = <T>(name: string, work: (instance: Probe) => T | Promise<T>): Promise<T> =>
  runInDurableObject(probe(name), work);

describe('many objects that are late at one restart', () => {
  it('begin one after the other, each within a second and a half', async () => {
    const names = Array.from({ length: 60 }, () => freshName('herd'));
    const startedAt: number[] = [];
    behave('timer:plain', () => startedAt.push(performance.now()));
    for (const name of names) await probe(name).setTimer({ name: 'plain', dueAt: clock.now() });
    await kill();
    clock.advance(60_000);
    const from = performance.now();
    await Promise.all(names.map((name) => inside(name, ({ parts: { timers } }) => timers.fire())));
    expect(startedAt).toHaveLength(60);
    // Not in one instant: the clock of the test stands still, so only the turns that were given spread them.
    const spans = new Set(startedAt.map((at) => Math.floor((at - from) / 20)));
    expect(spans.size).toBeGreaterThan(3);
    // Having begun late once, an object is on time again.
    ledger.length = 0;
    const [first = ''] = names;
    await probe(first).setTimer({ name: 'plain', dueAt: clock.now() - 60_000 });
    await inside(first, ({ parts: { timers } }) => timers.fire());
    expect(ledger).toHaveLength(1);
  });

  it('does not make an object wait that is on time', async () => {
    const name = freshName('punctual');
    await probe(name).setTimer({ name: 'plain', dueAt: clock.now() });
    await kill();
    await inside(name, async ({ parts: { timers } }) => {
      const firing = timers.fire();
      await reached(() => ledger.length === 1);
      await firing;
    });
  });
});

describe('failing twenty times', () => {
  it('ends in dead letters and never without an alarm before', () =>
    inside(freshName('twenty'), async (instance) => {
      const { timers } = instance.parts;
      let calls = 0;
      timers.on(
        'hopeless',
        () => {
          calls += 1;
          throw new Error(`no ${calls}`);
        },
        { attempts: 20 },
      );
      timers.set({ name: 'hopeless', key: 'k', dueAt: clock.now(), payload: { kept: true } });
      for (let attempt = 1; attempt < 20; attempt += 1) {
        await timers.fire();
        const alarmAt = (await instance.alarmAt()) ?? Number.NaN;
        expect(alarmAt).toBeGreaterThan(clock.now());
        expect(alarmAt - clock.now()).toBeLessThanOrEqual(375_000);
        clock.advance(alarmAt - clock.now());
      }
      await timers.fire();
      expect([calls, await instance.alarmAt()]).toEqual([20, null]);
      expect(timers.deadLetters()).toMatchObject([{ name: 'hopeless', attempts: 20, cause: 'Error: no 20' }]);
      timers.set({ name: 'plain', dueAt: clock.now() + 5 });
      expect(await instance.alarmAt()).toBe(clock.now() + 5);
    }));
});

describe('dead letters', () => {
  it('are bounded, and the object says which it dropped', () =>
    inside(freshName('letters'), async (instance) => {
      const { timers, storage } = instance.parts;
      timers.on('bad', () => Promise.reject(new Error('bad')), { attempts: 1 });
      storage.transaction(() => {
        for (let index = 0; index < 1_003; index += 1) {
          timers.set({ name: 'bad', key: `${index}`, dueAt: clock.now() });
        }
      });
      await timers.fire();
      expect(timers.deadLetters()).toHaveLength(1_000);
      const dropped = instance.problems.filter(({ status }) => status === 'dropped').map(({ subject }) => subject);
      expect(dropped).toHaveLength(3);
      expect(timers.deadLetters().some(({ key }) => dropped.includes(`bad/${key}`))).toBe(false);
    }));
});
