import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { beforeEach, describe, expect, it } from 'vitest';
import { parkedAlarmMs } from './parking.ts';
import { clock, failures, ledger, reached, resetOutside } from './testing/controls.ts';
import { freshName, kill, probe } from './testing/stubs.ts';

beforeEach(resetOutside);

type Row = [type: string, version: number, payload: string];
const double: Row = ['doubled', 1, '{"type":"doubled"}'];
const firstVersion: Row = ['added', 1, '{"type":"added","amount":1}'];
const secondVersion: Row = ['added', 2, '{"type":"added","amount":5}'];

const insert = (state: DurableObjectState, ...rows: readonly Row[]): void => {
  for (const row of rows) {
    state.storage.sql.exec('INSERT INTO event (type, version, payload, recorded_at) VALUES (?, ?, ?, 1)', ...row);
  }
};

/** Everything the object keeps, but for what the later version itself would write. */
const dump = (state: DurableObjectState): unknown =>
  ['event', 'snapshot', 'snapshot_part', 'timer', 'outbox', 'inbox', 'note', 'timer_dead_letter'].map((table) => [
    table,
    [...state.storage.sql.exec(`SELECT * FROM ${table} ORDER BY 1`).raw()],
  ]);

/** Reads the disk of an object whose methods answer nothing. */
const disk = (name: string): Promise<unknown> => runInDurableObject(probe(name), (_instance, state) => dump(state));

const later: readonly [place: string, before: number, rows: readonly Row[], after: number, total: number][] = [
  ['at the end', 3, [double], 0, 6],
  ['in the middle', 3, [double], 5, 6],
  ['behind a snapshot', 3, [double], 40, 6],
  ['as a later version of a known event', 3, [secondVersion], 2, 8],
  ['as the first event', 0, [secondVersion], 0, 5],
];

describe('an object with an event from the future', () => {
  it.each(later)(
    '%s does nothing, loses nothing, and works again with later code',
    async (_place, before, rows, after, total) => {
      const name = freshName('future');
      failures.later = true;
      await runInDurableObject(probe(name), (instance, state) => {
        insert(state, ...Array.from({ length: before }, () => firstVersion), ...rows);
        instance.store.invalidate();
        instance.addLarge(after, 1);
        instance.setTimer({ name: 'plain', key: 'kept', dueAt: clock.now() + 10 });
        expect(instance.state().total).toBe(total);
      });
      failures.later = false;
      await kill();
      const kept = await disk(name);

      for (let load = 0; load < 3; load += 1) {
        const refusal = {
          ok: false,
          error: { type: 'state.unreadable', detail: expect.stringContaining(`Event ${before + 1} "${rows[0]?.[0]}"`) },
        };
        expect(await probe(name).add([1])).toMatchObject(refusal);
        expect(await probe(name).state()).toMatchObject(refusal);
        expect(await probe(name).post([{ lane: 'a', text: 'b' }])).toMatchObject(refusal);
        const answer = await probe(name).fetch('https://object/events', { headers: { upgrade: 'websocket' } });
        expect([answer.status, await answer.json()]).toMatchObject([500, { type: 'state.unreadable' }]);
        clock.advance(20);
        expect(await runDurableObjectAlarm(probe(name))).toBe(true);
        await runInDurableObject(probe(name), async (instance, state) => {
          // Neither lost nor at once: a parked object must not run in circles.
          expect(await state.storage.getAlarm()).toBe(clock.now() + parkedAlarmMs);
          expect(instance.hooks).toEqual([]);
          expect(instance.problems).toMatchObject([{ part: 'log', status: 'parked' }]);
        });
        expect(ledger).toEqual([]);
        await kill();
      }
      expect(await disk(name)).toEqual(kept);

      failures.later = true;
      await kill();
      expect(await probe(name).state()).toMatchObject({ total, sequence: before + rows.length + after });
      expect(await runDurableObjectAlarm(probe(name))).toBe(true);
      expect(ledger).toEqual([{ name: 'timer:plain', key: 'kept', attempt: 1 }]);
      expect(await probe(name).add([1])).toMatchObject({ total: total + 1 });
    },
  );

  it('closes a socket that hibernated over the change of versions with a code of its own', async () => {
    const name = freshName('socket');
    const answer = await probe(name).fetch('https://object/events', { headers: { upgrade: 'websocket' } });
    const socket = answer.webSocket;
    if (socket === null) throw new Error('no socket');
    let closed: number | undefined;
    socket.addEventListener('close', ({ code }) => {
      closed = code;
    });
    socket.accept();
    await runInDurableObject(probe(name), (instance, state) => {
      insert(state, double);
      instance.store.invalidate();
      // As the commit of the later version would.
      instance.parts.storage.transaction(() => undefined);
    });
    await reached(() => closed !== undefined);
    expect(closed).toBe(4500);
  });

  it('refuses a state that follows rules of a later version, however readable its events are', async () => {
    const name = freshName('rules');
    failures.later = true;
    await probe(name).add([2_000_000]);
    await kill();
    failures.later = false;
    await kill();
    // The later version writes version 2; this one reads version 1 only, so the row is made readable first.
    expect(await probe(name).state()).toMatchObject({ ok: false, error: { type: 'state.unreadable' } });
    await runInDurableObject(probe(name), (_instance, state) => {
      state.storage.sql.exec('UPDATE event SET version = 1');
      state.storage.sql.exec('UPDATE event_kind SET version = 1');
    });
    await kill();
    expect(await probe(name).state()).toMatchObject({
      ok: false,
      error: { detail: expect.stringContaining('The total follows rules of a later version.') },
    });
  });

  it('answers for one event that does not parse, and goes on with what needs only the state', async () => {
    const name = freshName('broken');
    await probe(name).add(Array.from({ length: 10 }, () => 1));
    await runInDurableObject(probe(name), (_instance, state) => {
      state.storage.sql.exec("UPDATE event SET payload = '{' WHERE sequence = 4");
    });
    await kill();
    expect(await probe(name).state()).toMatchObject({ total: 10 });
    expect(await probe(name).page(0)).toMatchObject({
      ok: false,
      error: {
        type: 'state.unreadable',
        detail: expect.stringContaining('Event 4 "added" of version 1 does not parse'),
      },
    });
    expect(await probe(name).add([1])).toMatchObject({ total: 11 });
  });
});
