import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../../shared/errors/result.ts';
import type { ObjectLifecycle } from '../../shared/rpc/managed-object.ts';
import { behave, clock, ledger, reached, resetOutside } from './testing/controls.ts';
import { freshName, kill, managedProbe, notebook, probe } from './testing/stubs.ts';

beforeEach(resetOutside);

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.error.type}: ${result.error.detail}`);
  return result.value;
};

const look = async (name: string): Promise<ObjectLifecycle> => valueOf(await managedProbe(name).objectLifecycle());

const phaseReached = async (name: string, phase: string): Promise<void> => {
  while ((await look(name)).phase !== phase) await scheduler.wait(1);
};

const deactivate = (name: string, commandId = 'stop') =>
  managedProbe(name).deactivateObject({ commandId, reason: 'maintenance', by: 'person:key_1' });

describe('the life of an object', () => {
  it('is idle without work, and active while a timer is about to fire', async () => {
    const name = freshName('phases');
    await probe(name).add([1]);
    expect(await look(name)).toMatchObject({ phase: 'idle', work: { running: 0, deliveries: 0, deadLetters: 0 } });
    await probe(name).setTimer({ name: 'plain', key: 'k', dueAt: clock.now() + 60_000 });
    expect(await look(name)).toMatchObject({ phase: 'idle', work: { nextTimerAt: clock.now() + 60_000 } });
    clock.advance(59_000);
    expect((await look(name)).phase).toBe('active');
    expect((await look(name)).storageBytes).toBeGreaterThan(10_000);
  });

  it('ends in good order: what runs ends, what waits is delivered, timers rest, and the rows stay', async () => {
    const name = freshName('drain');
    const gate = Promise.withResolvers<void>();
    behave('timer:slow', () => gate.promise);
    await probe(name).setTimer({ name: 'slow', key: 'now', dueAt: clock.now() });
    await probe(name).setTimer({ name: 'plain', key: 'later', dueAt: clock.now() + 1_000 });
    const firing = runDurableObjectAlarm(probe(name));
    await reached(() => ledger.some(({ name: effect }) => effect === 'timer:slow'));
    expect(valueOf(await deactivate(name))).toMatchObject({ phase: 'deactivating', reason: 'maintenance' });
    expect(await look(name)).toMatchObject({ phase: 'deactivating', work: { running: 1 } });
    expect(await managedProbe(name).restoreObject({ commandId: 'r', version: 0, by: 'x' })).toMatchObject({
      error: { type: 'service.unavailable', detail: expect.stringContaining('deactivated') },
    });
    gate.resolve();
    await firing;
    await phaseReached(name, 'inactive');
    expect(await probe(name).notes()).toEqual(['initialized', 'deactivated']);
    clock.advance(60_000);
    expect(await runInDurableObject(probe(name), (instance) => instance.alarmAt())).toBeNull();
    expect(ledger.filter(({ key }) => key === 'later')).toEqual([]);
    expect(await look(name)).toMatchObject({ by: 'person:key_1', work: { running: 0 } });
  });

  it('rests over a kill, and a timer that is due does not wake it', async () => {
    const name = freshName('rest');
    await probe(name).setTimer({ name: 'plain', key: 'k', dueAt: clock.now() + 1 });
    valueOf(await deactivate(name));
    await phaseReached(name, 'inactive');
    await kill();
    clock.advance(10_000);
    await runDurableObjectAlarm(probe(name));
    expect(await look(name)).toMatchObject({ phase: 'inactive' });
    expect(await runInDurableObject(probe(name), (instance) => instance.hooks)).toEqual([]);
    expect(ledger).toEqual([]);
  });

  it('comes back by an order: timers that fell due meanwhile fire, once', async () => {
    const name = freshName('revive');
    await probe(name).setTimer({ name: 'plain', key: 'k', dueAt: clock.now() + 1 });
    valueOf(await deactivate(name));
    await phaseReached(name, 'inactive');
    await kill();
    clock.advance(10_000);
    const revived = await managedProbe(name).reviveObject({ commandId: 'go' });
    expect(valueOf(revived).phase).toBe('active');
    expect(await runInDurableObject(probe(name), (instance) => instance.hooks)).toEqual(['activate at 0']);
    expect(await runDurableObjectAlarm(probe(name))).toBe(true);
    expect(ledger).toEqual([{ name: 'timer:plain', key: 'k', attempt: 1 }]);
    // The same order again is answered as before and does not undo a later one.
    valueOf(await deactivate(name, 'stop-again'));
    await phaseReached(name, 'inactive');
    expect(await managedProbe(name).reviveObject({ commandId: 'go' })).toEqual(revived);
    expect((await look(name)).phase).toBe('inactive');
  });

  it('comes back by the next message, which is taken', async () => {
    const name = freshName('notebook');
    await notebook(name).receive({ messageId: 'm1', title: 'a', text: '1' });
    valueOf(await notebook(name).deactivateObject({ commandId: 'stop', by: 'x' }));
    while (valueOf(await notebook(name).objectLifecycle()).phase !== 'inactive') await scheduler.wait(1);
    expect(valueOf(await notebook(name).objectState({})).state).toEqual({ a: '1' });
    expect(valueOf(await notebook(name).objectLifecycle()).phase).toBe('inactive');
    expect(valueOf(await notebook(name).receive({ messageId: 'm2', title: 'b', text: '2' }))).toEqual({
      a: '1',
      b: '2',
    });
    expect(valueOf(await notebook(name).objectLifecycle()).phase).toBe('idle');
  });

  it('goes on with a drain that a kill cut off', async () => {
    const name = freshName('cut');
    behave('timer:slow', () => new Promise(() => undefined));
    await probe(name).setTimer({ name: 'slow', key: 'now', dueAt: clock.now() });
    const firing = runDurableObjectAlarm(probe(name)).catch(() => undefined);
    await reached(() => ledger.some(({ name: effect }) => effect === 'timer:slow'));
    valueOf(await deactivate(name));
    await kill();
    await firing;
    await phaseReached(name, 'inactive');
    expect(ledger.filter(({ name: effect }) => effect === 'timer:slow')).toHaveLength(1);
  });

  it('is failed while this code cannot read its log, and says why', async () => {
    const name = freshName('failed');
    await probe(name).add([1]);
    await runInDurableObject(probe(name), (_instance, { storage }) => {
      storage.sql.exec("INSERT INTO event (type, version, payload, recorded_at) VALUES ('cloned', 1, '{}', 1)");
    });
    await kill();
    expect(await look(name)).toMatchObject({ phase: 'failed', failure: expect.stringContaining('"cloned"') });
    expect(await managedProbe(name).objectState({})).toMatchObject({ error: { type: 'state.unreadable' } });
    expect(await deactivate(name)).toMatchObject({ error: { type: 'resource.conflict' } });
    await runInDurableObject(probe(name), (_instance, { storage }) => {
      storage.sql.exec("DELETE FROM event WHERE type = 'cloned'; DELETE FROM event_kind WHERE type = 'cloned'");
    });
    await kill();
    expect((await look(name)).phase).toBe('idle');
  });
});
