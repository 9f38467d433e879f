import { runInDurableObject } from 'cloudflare:test';
import { beforeEach, describe, expect, it } from 'vitest';
import { maxStepValueBytes, type StepOutcome } from './index.ts';
import type { Probe } from './testing/probe.ts';
import { behave, clock, ledger, resetOutside } from './testing/controls.ts';
import { freshName, kill, probe, seedOldObject, step } from './testing/stubs.ts';

beforeEach(resetOutside);

const inside = <T>(name: string, work: (instance: Probe, sql: SqlStorage) => T | Promise<T>): Promise<T> =>
  runInDurableObject(probe(name), (instance, state) => work(instance, state.storage.sql));
const effects = (): number => ledger.length;
const day = 24 * 60 * 60 * 1_000;

describe('large results of steps', () => {
  it('come back whole after a kill, up to 8 MB', async () => {
    const name = freshName('large');
    // Three bytes and four bytes a character, so that the cut falls beside surrogate pairs.
    const value = { text: '€😀x'.repeat(375_000) };
    behave('step:a', () => value);
    expect(await step(name, 'a', 'unsafe')).toEqual({ status: 'done', value });
    await kill();
    expect(await step(name, 'a', 'unsafe')).toEqual({ status: 'done', value });
    expect(effects()).toBe(1);
    await inside(name, (_instance, sql) => {
      const rows = sql.exec<{ bytes: number }>('SELECT LENGTH(CAST(payload AS BLOB)) AS bytes FROM journal_value_part');
      const sizes = rows.toArray().map(({ bytes }) => bytes);
      expect(sizes.length).toBeGreaterThan(2);
      expect(Math.max(...sizes)).toBeLessThan(1_048_576);
    });
  });

  it('fail with their size above that, once, and leave the object whole', async () => {
    const name = freshName('too-large');
    behave('step:a', () => 'x'.repeat(maxStepValueBytes));
    const refused = await step(name, 'a', 'idempotent');
    expect(refused).toMatchObject({ status: 'failed', message: expect.stringContaining('bytes of JSON; at most') });
    await kill();
    expect(await step(name, 'a', 'idempotent')).toEqual(refused);
    behave('step:b', () => 'small');
    expect(await step(name, 'b', 'idempotent')).toEqual({ status: 'done', value: 'small' });
    expect(effects()).toBe(2);
  });

  it('fail when the event that tells of them is too large, instead of being done again and again', () =>
    inside(freshName('event'), async ({ parts: { journal }, store }) => {
      const told: StepOutcome<string>[] = [];
      const run = () =>
        journal.run<string>({
          key: 'a',
          effectClass: 'idempotent',
          execute: async () => {
            ledger.push({ name: 'a', key: '', attempt: 0 });
            return 'x'.repeat(2_000_000);
          },
          onSettled: (outcome) => {
            told.push(outcome);
            if (outcome.status === 'done') store.append([{ type: 'noted', text: outcome.value }], clock.now());
          },
        });
      expect(await run()).toMatchObject({ status: 'failed', message: expect.stringContaining('event "noted"') });
      expect((await run()).status).toBe('failed');
      expect(effects()).toBe(1);
      expect(told.map(({ status }) => status)).toEqual(['done', 'failed']);
      expect(store.sequence).toBe(0);
    }));
});

describe('a journal row that does not parse', () => {
  const damaged = async (damage: string, value: unknown): Promise<string> => {
    const name = freshName('damaged');
    behave('step:a', () => value);
    expect((await step(name, 'a', 'idempotent')).status).toBe('done');
    await inside(name, (_instance, sql) => void sql.exec(damage));
    await kill();
    return name;
  };
  const damages = [
    ["UPDATE journal_step SET value = '{\"cut'", 'small', 'does not parse as JSON'],
    [
      'UPDATE journal_value_part SET payload = char(10) WHERE part = 0',
      'x'.repeat(2_000_000),
      'does not parse as JSON',
    ],
    ['DELETE FROM journal_value_part WHERE part = 0', 'x'.repeat(2_000_000), 'has 7 of its 8 parts'],
  ] as const;

  it.each(damages)('parks with its name and is never done again by itself: %s', async (damage, value, cause) => {
    const name = await damaged(damage, value);
    for (let time = 0; time < 3; time += 1) {
      expect(await step(name, 'a', 'idempotent')).toEqual({ status: 'in_doubt' });
      await kill();
    }
    expect(await probe(name).doubts()).toMatchObject([
      { key: 'a', message: expect.stringMatching(new RegExp(`The value of step "a" ${cause}`)) },
    ]);
    expect(effects()).toBe(1);
  });

  it.each([
    ['done', { status: 'done', value: 'by hand' }, 1],
    ['abandon', { status: 'failed', message: 'Abandoned while in doubt.' }, 1],
    ['redo', { status: 'done', value: 'again' }, 2],
  ] as const)('is settled as %s, and told only once', async (decision, outcome, executions) => {
    const name = await damaged("UPDATE journal_step SET value = 'no'", 'first');
    expect((await step(name, 'a', 'idempotent')).status).toBe('in_doubt');
    behave('step:a', () => 'again');
    expect(await probe(name).settle('a', decision, 'by hand')).toBe(true);
    expect(await step(name, 'a', 'idempotent')).toEqual(outcome);
    expect(effects()).toBe(executions);
    expect(await probe(name).state()).toMatchObject({ sequence: 1 });
  });
});

describe('a step that nobody wants any more', () => {
  it('does nothing when its run was cancelled while the intent reached the disk', () =>
    inside(freshName('unwanted'), async ({ parts: { journal } }) => {
      let isWanted = true;
      const running = journal.run({
        key: 'a',
        effectClass: 'unsafe',
        isWanted: () => isWanted,
        execute: async () => {
          ledger.push({ name: 'a', key: '', attempt: 0 });
        },
      });
      isWanted = false;
      expect(await running).toEqual({ status: 'failed', message: 'Nobody wanted it any more before it began.' });
      expect(effects()).toBe(0);
    }));
});

describe('the journal of runs that ended', () => {
  const run = async (instance: Probe, key: string): Promise<void> => {
    await instance.parts.journal.run({ key, effectClass: 'pure', execute: async () => 'x'.repeat(2_000_000) });
  };
  const count = (sql: SqlStorage, table: 'journal_step' | 'journal_value_part'): number =>
    table === 'journal_step'
      ? sql.exec<{ rows: number }>('SELECT COUNT(*) AS rows FROM journal_step').one().rows
      : sql.exec<{ rows: number }>('SELECT COUNT(*) AS rows FROM journal_value_part').one().rows;

  it('is kept for a week, with all its parts, and then dropped; steps in doubt stay', () =>
    inside(freshName('week'), async (instance, sql) => {
      const { journal } = instance.parts;
      for (const key of ['run_1/a', 'run_1/b', 'run_2/a']) await run(instance, key);
      sql.exec("UPDATE journal_step SET status = 'in_doubt' WHERE key = 'run_1/b'");
      journal.end('run_1/');
      clock.advance(6 * day);
      journal.end('run_x/');
      expect(count(sql, 'journal_step')).toBe(3);
      clock.advance(2 * day);
      journal.end('run_y/');
      expect([journal.find('run_1/a'), journal.find('run_1/b')?.status]).toEqual([undefined, 'in_doubt']);
      expect(journal.find('run_2/a')?.status).toBe('done');
      journal.settle('run_1/b', 'abandon');
      journal.end('run_z/');
      expect(count(sql, 'journal_step')).toBe(1);
      expect(count(sql, 'journal_value_part')).toBe(8);
      expect(journal.forget('run_2/')).toBe(1);
      expect([count(sql, 'journal_step'), count(sql, 'journal_value_part')]).toEqual([0, 0]);
    }));

  it('is bounded by the number of runs, the oldest going first', () =>
    inside(freshName('many'), async ({ parts: { journal } }) => {
      for (let index = 0; index < 510; index += 1) {
        await journal.run({ key: `run_${index}/a`, effectClass: 'pure', execute: async () => index });
        clock.advance(1);
        journal.end(`run_${index}/`);
      }
      expect([journal.find('run_0/a'), journal.find('run_9/a')]).toEqual([undefined, undefined]);
      expect(journal.find('run_10/a')?.status).toBe('done');
      expect(journal.find('run_509/a')?.status).toBe('done');
    }));
});

describe('an object from before large values', () => {
  it('keeps its rows and takes the new ones', async () => {
    const name = freshName('old');
    await seedOldObject(name, 6);
    await inside(name, (_instance, sql) => {
      sql.exec(
        "INSERT INTO journal_step (key, effect_class, status, attempt, value, settled_told, started_at) VALUES ('a', 'unsafe', 'done', 1, '\"kept\"', 1, 1)",
      );
    });
    await kill();
    expect(await step(name, 'a', 'unsafe')).toEqual({ status: 'done', value: 'kept' });
    behave('step:b', () => 'y'.repeat(2_000_000));
    expect((await step(name, 'b', 'unsafe')).status).toBe('done');
    expect(effects()).toBe(1);
  });
});
