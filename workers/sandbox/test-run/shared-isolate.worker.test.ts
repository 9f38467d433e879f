import { describe, expect, it } from 'vitest';
import type { TestResult } from '../../../shared/rpc/sandbox.ts';
import type { GuestReport } from '../guard/guest-report.ts';
import { runTogether, type MutantRun, type RepeatingIsolate } from './shared-isolate.ts';

const limits = { testTimeoutMs: 100, runTimeoutMs: 1_000, fuelPerTest: 1_000 };
const mutant = (id: number): MutantRun => ({
  id,
  limits,
  isStatic: false,
  usualMs: 1,
  tests: [{ file: 'a.test.ts', names: ['one', 'two'] }],
});

const reportOf = (...tests: readonly [name: string, message?: string][]): GuestReport => ({
  tests: tests.map(([name, message]): TestResult => ({
    file: 'a.test.ts',
    name,
    status: message === undefined ? 'passed' : 'failed',
    durationMs: 1,
    ...(message === undefined ? {} : { failure: { message } }),
  })),
  loadFailures: [],
  console: [],
  snapshots: [],
  unusedSnapshots: [],
  isTimeUp: false,
  outside: [],
});

/** Isolates that answer by the mutant that is on, and the record of what they were asked. */
const isolates = (answer: (id: number, names: readonly string[]) => GuestReport | undefined) => {
  const asked: string[] = [];
  let opened = 0;
  const open = async (): Promise<RepeatingIsolate> => {
    opened += 1;
    return {
      repeat: async (id, names) => {
        asked.push(`${id} ${names.join(' ')}`);
        return answer(id, names);
      },
      end: () => asked.push('end'),
    };
  };
  return { asked, open, opened: () => opened };
};

const slow = 'TimeoutError: Not finished after 100 ms';
const unloadable: GuestReport = {
  ...reportOf(),
  loadFailures: [{ file: 'a.test.ts', failure: { message: 'not loaded' } }],
};
const passed = reportOf(['one'], ['two']);

describe('mutants that share an isolate', () => {
  it('are noticed when the same tests pass without them, whichever comes first', async () => {
    // No trial before either of them; then which run of each comes first.
    const tosses = [false, false, true, false];
    const { open, asked } = isolates((id) => (id === 0 ? passed : reportOf(['one'], ['two', 'wrong'])));
    const outcomes = await runTogether([mutant(1), mutant(2)], { open, toss: () => tosses.shift() ?? false });
    expect(outcomes?.map(({ id, status, killedBy }) => [id, status, killedBy?.name])).toEqual([
      [1, 'killed', 'two'],
      [2, 'killed', 'two'],
    ]);
    const trials = Array.from({ length: 20 }, () => '0 one two');
    const first = ['0 one two', '1 one two', '0 two'];
    const second = ['2 one two', '0 two', '2 two'];
    expect(asked).toEqual([...first, ...second, ...trials, 'end']);
  });

  it('leave open what nothing notices', async () => {
    const { open } = isolates(() => passed);
    expect(await runTogether([mutant(1)], { open, toss: () => false })).toEqual([]);
  });

  it('are not blamed for what an earlier one left to the next run only', async () => {
    let runs = 0;
    const { open } = isolates(() => {
      runs += 1;
      return runs === 1 ? reportOf(['one', 'left behind']) : passed;
    });
    expect(await runTogether([mutant(1)], { open, toss: () => false })).toEqual([]);
  });

  it('are not blamed for a promise that nobody waits for, nor for being slow', async () => {
    for (const message of ['A promise was rejected and nobody handled it: Error: late', slow]) {
      const { open } = isolates((id) => (id === 0 ? passed : reportOf(['one', message])));
      expect(await runTogether([mutant(1), mutant(2)], { open, toss: () => false })).toEqual([]);
    }
  });

  it('are noticed when the file cannot be loaded with them', async () => {
    const { open, asked } = isolates((id) => (id === 0 ? passed : unloadable));
    const outcomes = await runTogether([mutant(1)], { open, toss: () => false });
    expect(outcomes).toMatchObject([{ status: 'killed', killedBy: { file: 'a.test.ts', message: 'not loaded' } }]);
    expect(asked.slice(0, 3)).toEqual(['1 one two', '0 one', '1 one']);
  });

  it('decide nothing when the file cannot be loaded without them', async () => {
    const { open } = isolates(() => unloadable);
    expect(await runTogether([mutant(1)], { open, toss: () => false })).toBeUndefined();
  });

  it('are noticed by a hook, whose name is no test', async () => {
    const { open } = isolates((id) => (id === 0 ? passed : reportOf(['one'], ['afterAll', 'not closed'])));
    const outcomes = await runTogether([mutant(1)], { open, toss: () => false });
    expect(outcomes).toMatchObject([{ status: 'killed', killedBy: { name: 'afterAll' } }]);
  });

  it.each([true, false])('decide nothing when a test fails without a mutant (plain run first: %s)', async (isFirst) => {
    const { open, asked } = isolates((id) => (id === 1 ? passed : reportOf(['one', 'again'])));
    expect(await runTogether([mutant(1), mutant(2)], { open, toss: () => isFirst })).toBeUndefined();
    expect(asked.at(-1)).toBe('end');
  });

  it('decide nothing by tests that fail every other time, however few they are and whatever is tossed', async () => {
    for (let round = 0; round < 500; round += 1) {
      for (const failing of [0, 1]) {
        let runs = 0;
        const { open } = isolates(() => {
          runs += 1;
          return runs % 2 === failing ? reportOf(['one', 'again']) : passed;
        });
        const mutants = [1, 2, 3, 4].map((id) => mutant(id));
        expect(await runTogether(mutants, { open, toss: () => Math.random() < 0.5 })).toBeUndefined();
      }
    }
  });

  it('have no trials when they are many', async () => {
    const { open, asked } = isolates((id) => (id === 0 ? passed : reportOf(['one', 'wrong'])));
    const mutants = Array.from({ length: 12 }, (_, index) => mutant(index + 1));
    expect(await runTogether(mutants, { open, toss: () => true })).toHaveLength(12);
    expect(asked).toHaveLength(37);
  });

  it('go on in a new isolate after one that hung, and after a test that is still waiting', async () => {
    const { open, opened } = isolates((id) => {
      if (id === 1) return undefined;
      return id === 2 ? reportOf(['one', slow]) : passed;
    });
    expect(await runTogether([mutant(1), mutant(2), mutant(3)], { open, toss: () => false })).toEqual([]);
    expect(opened()).toBe(3);
  });

  it('are all left to isolates of their own when the file does not load', async () => {
    expect(await runTogether([mutant(1)], { open: async () => undefined, toss: () => true })).toBeUndefined();
  });
});
