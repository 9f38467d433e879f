import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { beforeEach, describe, expect, it } from 'vitest';
import { behave, clock, failures, ledger, reached, resetOutside } from './testing/controls.ts';
import { freshName, kill, probe, seedOldObject, watch } from './testing/stubs.ts';
import { platformMigrations, VersionConflict } from './index.ts';

beforeEach(resetOutside);

describe('ManagedObject', () => {
  it('initializes once in its life and activates at each load, after the fields of the subclass', async () => {
    const object = probe('life');
    await object.add([1, 2]);
    expect(await runInDurableObject(object, (instance) => instance.hooks)).toEqual(['initialize', 'activate at 0']);
    await kill();
    expect(await runInDurableObject(probe('life'), (instance) => instance.hooks)).toEqual(['activate at 2']);
    await evictDurableObject(probe('life'));
    expect(await runInDurableObject(probe('life'), (instance) => instance.hooks)).toEqual(['activate at 2']);
    expect(await probe('life').notes()).toEqual(['initialized']);
  });

  it('leaves memory and disk as they were when the work throws', async () => {
    await runInDurableObject(probe('rollback'), async (instance) => {
      instance.add([5]);
      const { storage, outbox, timers } = instance.parts;
      expect(() =>
        storage.transaction(() => {
          instance.store.append([{ type: 'added', amount: 100 }], clock.now());
          expect(instance.store.state.total).toBe(105);
          outbox.enqueue({ lane: 'a', kind: 'note', payload: 'never' });
          timers.set({ name: 'plain', dueAt: clock.now() + 1 });
          throw new Error('no');
        }),
      ).toThrow('no');
      expect(instance.state()).toEqual({ total: 5, count: 1, sequence: 1 });
      expect(outbox.pending()).toBe(0);
      expect(await instance.alarmAt()).toBeNull();
      instance.add([1]);
      expect(instance.state()).toEqual({ total: 6, count: 2, sequence: 2 });
      expect(() => storage.transaction(() => void instance.store.append([], 0, 1))).toThrow(VersionConflict);
    });
    expect(ledger).toEqual([]);
  });

  it('fires an alarm in a fresh instance', async () => {
    await probe('alarm').setTimer({ name: 'plain', key: 'k', dueAt: clock.now() + 10 });
    await kill();
    clock.advance(11);
    expect(await runDurableObjectAlarm(probe('alarm'))).toBe(true);
    expect(ledger).toEqual([{ name: 'timer:plain', key: 'k', attempt: 1 }]);
    expect(await runInDurableObject(probe('alarm'), (instance) => instance.alarmAt())).toBeNull();
  });

  it('is not initialized by a hook that throws: each call fails until it succeeds, and then it is, once', async () => {
    const name = freshName('initialize');
    failures.initialize = true;
    for (let call = 0; call < 2; call += 1) expect(await watch(probe(name).state()).ended).toBe('cut');
    failures.initialize = false;
    expect(await probe(name).state()).toMatchObject({ sequence: 0 });
    await kill();
    expect(await probe(name).notes()).toEqual(['initialized']);
  });

  it('runs deactivate before an orderly stop', async () => {
    const name = freshName('stop');
    await probe(name).add([1]);
    expect(await watch(probe(name).halt()).ended).toBe('cut');
    expect(await probe(name).state()).toMatchObject({ sequence: 1 });
    expect(await probe(name).notes()).toEqual(['initialized', 'deactivated']);
  });

  it('refuses to start on tables of other code, and changes nothing', async () => {
    const name = freshName('newer');
    await probe(name).add([1]);
    await runInDurableObject(probe(name), (_instance, state) => {
      state.storage.sql.exec("INSERT INTO schema_migration VALUES ('object', 2, 'from the future', 0)");
    });
    await kill();
    await expect(Promise.resolve(probe(name).state()).then((reply) => reply)).rejects.toThrow('from the future');
  });

  it('brings an object with the tables of every earlier version to the present one', async () => {
    for (let known = 0; known <= platformMigrations.length; known += 1) {
      const name = freshName('old');
      await seedOldObject(name, known);
      expect(await probe(name).add([3])).toEqual({ total: 3, count: 1 });
      expect(await probe(name).notes()).toEqual(['initialized']);
    }
  });
});

describe('ManagedObject killed at any point of its work', () => {
  /** Runs the plan to its end with one kill at the given crossing to the outside, before or after the effect. */
  const runPlan = async (
    name: string,
    killAt: number,
    applied: boolean,
  ): Promise<{ crossings: number; happened: Map<string, number> }> => {
    resetOutside();
    const happened = new Map<string, number>();
    let crossings = 0;
    let stopped = false;
    const cross = async (effect: string | undefined): Promise<void> => {
      const hit = crossings === killAt;
      crossings += 1;
      if (effect !== undefined && (!hit || applied)) happened.set(effect, (happened.get(effect) ?? 0) + 1);
      if (!hit) return;
      stopped = true;
      await new Promise(() => undefined);
    };
    const knownKeys = new Set<string>();
    // The idempotent side and the receiver of the outbox recognise a key they have seen.
    const once =
      (effect: string) =>
      async ({ key }: { readonly key: string }) => {
        const known = knownKeys.has(key);
        if (crossings !== killAt || applied) knownKeys.add(key);
        await cross(known ? undefined : effect);
        return 'value';
      };
    behave('step:idempotent', once('idempotent'));
    behave('outbox:finished', once('note'));
    behave('step:pure', () => cross(undefined).then(() => 'value'));
    behave('step:lookup', () => cross('lookup').then(() => 'value'));
    behave('lookup:lookup', () => cross(undefined).then(() => (happened.has('lookup') ? 'value' : undefined)));
    await probe(name).setTimer({ name: 'plan', dueAt: clock.now() });
    // Nobody calls the object from here on: only its alarm does.
    for (;;) {
      const alarm = watch(runDurableObjectAlarm(probe(name)));
      await reached(() => stopped || alarm.over());
      if (stopped) await kill();
      stopped = false;
      const ended = await alarm.ended;
      if (ended !== 'cut' && !ended.reply) return { crossings, happened };
      clock.advance(2_000);
    }
  };

  it('ends each time as the undisturbed run does, woken by nothing but its alarm', async () => {
    const undisturbed = await runPlan(freshName('plan'), -1, true);
    expect(undisturbed.crossings).toBe(4);
    for (let killAt = 0; killAt < undisturbed.crossings; killAt += 1) {
      for (const applied of [false, true]) {
        const name = freshName('plan');
        const { happened } = await runPlan(name, killAt, applied);
        expect(happened).toEqual(undisturbed.happened);
        expect(await probe(name).state()).toEqual({ total: 103, count: 4, sequence: 4 });
      }
    }
  });
});
