import { runInDurableObject } from 'cloudflare:test';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type EffectClass, OutcomeUnknown, type StepOutcome } from './index.ts';
import type { Probe } from './testing/probe.ts';
import { behave, ledger, reached, resetOutside } from './testing/controls.ts';
import { freshName, kill, probe, step, watch } from './testing/stubs.ts';

beforeEach(resetOutside);

const classes: readonly EffectClass[] = ['pure', 'idempotent', 'lookup', 'unsafe'];
const effects = (key: string): number => ledger.filter((entry) => entry.name === `step:${key}`).length;
const keysOf = (key: string): Set<string> =>
  new Set(ledger.filter((entry) => entry.name === `step:${key}`).map((entry) => entry.key));

/** Starts a step, kills the object while the effect is under way, and waits until the caller has seen it. */
const killInEffect = async (name: string, key: string, effectClass: EffectClass): Promise<void> => {
  behave(`step:${key}`, () => new Promise(() => undefined));
  const before = effects(key);
  const call = watch(step(name, key, effectClass));
  await reached(() => effects(key) > before);
  await kill();
  expect(await call.ended).toBe('cut');
};

describe('Journal', () => {
  it.each(classes)('executes a %s step once and answers its result ever after', async (effectClass) => {
    const name = freshName('once');
    behave('step:a', () => ({ text: 'done' }));
    const outcome = { status: 'done', value: { text: 'done' } };
    expect(await step(name, 'a', effectClass)).toEqual(outcome);
    expect(await step(name, 'a', effectClass)).toEqual(outcome);
    await kill();
    expect(await step(name, 'a', effectClass)).toEqual(outcome);
    expect(effects('a')).toBe(1);
    // `onSettled` ran once, with the result row.
    expect(await probe(name).state()).toMatchObject({ total: 1, sequence: 1 });
  });

  it('shares one execution between two calls at the same time', async () => {
    const gate = Promise.withResolvers<string>();
    behave('step:a', () => gate.promise);
    const name = freshName('shared');
    const calls = [step(name, 'a', 'unsafe'), step(name, 'a', 'unsafe')];
    await reached(() => effects('a') === 1);
    gate.resolve('one');
    expect(await Promise.all(calls)).toEqual([
      { status: 'done', value: 'one' },
      { status: 'done', value: 'one' },
    ]);
    expect(effects('a')).toBe(1);
  });

  it.each(['pure', 'idempotent'] as const)(
    'executes a killed %s step again under the same key',
    async (effectClass) => {
      const name = freshName('again');
      await killInEffect(name, 'a', effectClass);
      await killInEffect(name, 'a', effectClass);
      behave('step:a', ({ attempt }) => attempt);
      expect(await step(name, 'a', effectClass)).toEqual({ status: 'done', value: 3 });
      expect(keysOf('a').size).toBe(1);
      expect([...keysOf('a')][0]).toMatch(new RegExp(`^${name}~[0-9a-f]{8}/a$`));
    },
  );

  it('asks before it redoes a killed lookup step', async () => {
    const name = freshName('lookup');
    await killInEffect(name, 'found', 'lookup');
    behave('lookup:found', () => 'it had happened');
    expect(await step(name, 'found', 'lookup')).toEqual({ status: 'done', value: 'it had happened' });
    expect(effects('found')).toBe(1);

    await killInEffect(name, 'absent', 'lookup');
    behave('step:absent', () => 'now');
    expect(await step(name, 'absent', 'lookup')).toEqual({ status: 'done', value: 'now' });
    expect(effects('absent')).toBe(2);
    expect(await probe(name).state()).toMatchObject({ total: 2 });
  });

  it('is in doubt as long as the lookup fails, and asks again', async () => {
    const name = freshName('lookup-fails');
    await killInEffect(name, 'a', 'lookup');
    behave('lookup:a', () => {
      throw new Error('no network');
    });
    expect(await step(name, 'a', 'lookup')).toEqual({ status: 'in_doubt' });
    expect(await step(name, 'a', 'lookup')).toEqual({ status: 'in_doubt' });
    expect(await probe(name).doubts()).toMatchObject([{ key: 'a', message: 'The lookup failed: Error: no network' }]);
    behave('lookup:a', () => 7);
    expect(await step(name, 'a', 'lookup')).toEqual({ status: 'done', value: 7 });
    expect(effects('a')).toBe(1);
  });

  it.each([
    ['done', { status: 'done', value: { by: 'hand' } }, 1],
    ['abandon', { status: 'failed', message: 'Abandoned while in doubt.' }, 1],
    ['redo', { status: 'done', value: 'again' }, 2],
  ] as const)('parks a killed unsafe step until somebody decides: %s', async (decision, outcome, executions) => {
    const name = freshName('unsafe');
    await killInEffect(name, 'a', 'unsafe');
    behave('step:a', () => 'again');
    expect(await step(name, 'a', 'unsafe')).toEqual({ status: 'in_doubt' });
    await kill();
    expect(await step(name, 'a', 'unsafe')).toEqual({ status: 'in_doubt' });
    expect(effects('a')).toBe(1);
    expect(await probe(name).settle('other', decision, 1)).toBe(false);
    expect(await probe(name).settle('a', decision, { by: 'hand' })).toBe(true);
    expect(await probe(name).settle('a', decision)).toBe(false);
    await kill();
    expect(await step(name, 'a', 'unsafe')).toEqual(outcome);
    expect(await step(name, 'a', 'unsafe')).toEqual(outcome);
    expect(effects('a')).toBe(executions);
    expect(await probe(name).state()).toMatchObject({ sequence: outcome.status === 'done' ? 1 : 0 });
    expect(await probe(name).doubts()).toEqual([]);
  });

  it('treats a step whose class has changed as the stricter of both', async () => {
    const name = freshName('stricter');
    await killInEffect(name, 'a', 'unsafe');
    expect(await step(name, 'a', 'idempotent')).toEqual({ status: 'in_doubt' });
    await killInEffect(name, 'b', 'idempotent');
    expect(await step(name, 'b', 'unsafe')).toEqual({ status: 'in_doubt' });
    expect(effects('a') + effects('b')).toBe(2);
  });

  it('treats a row it does not understand as in doubt', async () => {
    const name = freshName('future');
    await runInDurableObject(probe(name), (_instance, state) => {
      state.storage.sql.exec(
        "INSERT INTO journal_step (key, effect_class, status, attempt, started_at) VALUES ('a', 'quantum', 'entangled', 1, 0)",
      );
    });
    expect(await step(name, 'a', 'pure')).toEqual({ status: 'in_doubt' });
    expect(effects('a')).toBe(0);
  });
});

describe('Journal, when execute fails', () => {
  const inside = <T>(work: (instance: Probe) => Promise<T>): Promise<T> =>
    runInDurableObject(probe(freshName('fails')), work);

  it('keeps the message, tries as often as it may, and then stays failed', () =>
    inside(async (instance) => {
      const { journal } = instance.parts;
      let calls = 0;
      const told: StepOutcome<unknown>[] = [];
      const fail = (key: string, attempts: number, effectClass: EffectClass = 'idempotent') =>
        journal.run({
          key,
          effectClass,
          attempts,
          execute: async ({ attempt }) => {
            calls += 1;
            throw new TypeError(`no ${attempt}`);
          },
          onSettled: (outcome) => told.push(outcome),
        });
      expect(await fail('a', 3)).toEqual({ status: 'failed', message: 'TypeError: no 3' });
      expect(await fail('a', 3)).toEqual({ status: 'failed', message: 'TypeError: no 3' });
      expect(await fail('b', 3, 'unsafe')).toEqual({ status: 'failed', message: 'TypeError: no 1' });
      expect([calls, told.length]).toEqual([4, 2]);
      expect(journal.find('a')?.message).not.toContain('\n');
    }));

  it('refuses a result above 8 MB or not JSON with a failure that says so', () =>
    inside(async ({ parts: { journal } }) => {
      const large = await journal.run({
        key: 'large',
        effectClass: 'pure',
        execute: async () => 'x'.repeat(9_000_000),
      });
      expect(large).toMatchObject({
        status: 'failed',
        message: expect.stringContaining('is 9000002 bytes of JSON; at most'),
      });
      const map = await journal.run({ key: 'map', effectClass: 'pure', execute: async () => new Map() });
      expect(map).toMatchObject({ status: 'failed', message: expect.stringContaining('value is a Map') });
      expect(await journal.run({ key: 'none', effectClass: 'pure', execute: async () => undefined })).toEqual({
        status: 'done',
        value: null,
      });
    }));

  it('takes an unknown outcome and a timeout for doubt where doing it again would hurt', () =>
    inside(async ({ parts: { journal } }) => {
      const lost = async (): Promise<string> => {
        throw new OutcomeUnknown('the connection broke');
      };
      const hang = (): Promise<string> => new Promise(() => undefined);
      expect(await journal.run({ key: 'lost', effectClass: 'unsafe', execute: lost })).toEqual({ status: 'in_doubt' });
      expect(await journal.run({ key: 'hang', effectClass: 'unsafe', execute: hang, timeoutMs: 1 })).toEqual({
        status: 'in_doubt',
      });
      expect(await journal.run({ key: 'hang-pure', effectClass: 'pure', execute: hang, timeoutMs: 1 })).toEqual({
        status: 'failed',
        message: 'DeadlineExceeded: Step "hang-pure" did not end within 1 ms.',
      });
      const found = { key: 'found', effectClass: 'lookup', execute: lost } as const;
      expect(await journal.run({ ...found, lookup: async () => ({ found: true, value: 'was there' }) })).toEqual({
        status: 'done',
        value: 'was there',
      });
      expect(journal.inDoubt().map((row) => row.key)).toEqual(['hang', 'lost']);
    }));

  it('starts nothing when the intent is refused, and writes nothing when onSettled throws', () =>
    inside(async (instance) => {
      const { journal, storage } = instance.parts;
      let executed = 0;
      const execute = async (): Promise<number> => {
        executed += 1;
        return executed;
      };
      const refuse = (): never => {
        throw new Error('over budget');
      };
      await expect(journal.run({ key: 'a', effectClass: 'pure', execute, onIntent: refuse })).rejects.toThrow(
        'over budget',
      );
      expect([executed, journal.find('a')]).toEqual([0, undefined]);
      await expect(journal.run({ key: 'b', effectClass: 'idempotent', execute, onSettled: refuse })).rejects.toThrow(
        'over budget',
      );
      expect(journal.find('b')?.status).toBe('started');
      expect(await journal.run({ key: 'b', effectClass: 'idempotent', execute })).toEqual({ status: 'done', value: 2 });
      await expect(journal.run({ key: 'c', effectClass: 'lookup', execute })).rejects.toThrow('brings no lookup');
      expect(() => storage.transaction(() => void journal.run({ key: 'd', effectClass: 'pure', execute }))).toThrow(
        'must not be called inside a transaction',
      );
    }));
});

describe('Journal under kills', () => {
  /** The outside as each class assumes it: `idempotent` knows its keys, `lookup` can be asked. */
  const world = (): { happened: Map<string, number> } => {
    const happened = new Map<string, number>();
    return { happened };
  };

  it('does each step the number of times its class allows, for every point a kill can fall on', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...classes), { minLength: 1, maxLength: 4 }),
        fc.array(fc.record({ after: fc.nat(9), applied: fc.boolean() }), { maxLength: 4 }),
        async (plan, kills) => {
          resetOutside();
          const name = freshName('model');
          const { happened } = world();
          let crossings = 0;
          let pending = [...kills];
          let stopped = false;
          // Each crossing of the border to the outside is a point where the kill may fall, before or after the effect.
          const cross = async (key: string | undefined): Promise<void> => {
            const kill = pending[0];
            const hit = kill !== undefined && crossings >= kill.after;
            crossings += 1;
            if (key !== undefined && (!hit || kill.applied)) happened.set(key, (happened.get(key) ?? 0) + 1);
            if (!hit) return;
            pending = pending.slice(1);
            crossings = 0;
            stopped = true;
            await new Promise(() => undefined);
          };
          for (const [index, effectClass] of plan.entries()) {
            const key = `${index}`;
            behave(`step:${key}`, async () => {
              const known = effectClass === 'idempotent' && happened.has(key);
              await cross(known || effectClass === 'pure' ? undefined : key);
              return `value ${key}`;
            });
            behave(`lookup:${key}`, async () => {
              await cross(undefined);
              return happened.has(key) ? `value ${key}` : undefined;
            });
          }
          const runPlan = async (): Promise<StepOutcome<unknown>[]> => {
            const outcomes: StepOutcome<unknown>[] = [];
            for (const [index, effectClass] of plan.entries()) {
              const call = watch(step(name, `${index}`, effectClass));
              stopped = false;
              await reached(() => stopped || call.over());
              if (stopped) await kill();
              const ended = await call.ended;
              if (ended === 'cut') return runPlan();
              outcomes.push(ended.reply);
            }
            return outcomes;
          };
          const outcomes = await runPlan();
          let done = 0;
          for (const [index, effectClass] of plan.entries()) {
            const outcome = outcomes[index];
            const times = happened.get(`${index}`) ?? 0;
            expect(times).toBeLessThanOrEqual(1);
            if (outcome?.status === 'done') {
              done += 1;
              expect(outcome.value).toBe(`value ${index}`);
              expect(times).toBe(effectClass === 'pure' ? 0 : 1);
            } else expect([effectClass, outcome?.status]).toEqual(['unsafe', 'in_doubt']);
          }
          // What `onSettled` wrote is there exactly once for each result row.
          expect(await probe(name).state()).toMatchObject({ total: done, sequence: done });
        },
      ),
      { numRuns: 60 },
    ));
});
