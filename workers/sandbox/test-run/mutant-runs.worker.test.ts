import { describe, expect, it } from 'vitest';
import type { TestReport, TestResult, TestRunRequest } from '../../../shared/rpc/sandbox.ts';
import { runMutants } from './mutant-runs.ts';
import type { MutantRun } from './shared-isolate.ts';

const limits = { testTimeoutMs: 1_000, runTimeoutMs: 5_000, fuelPerTest: 1_000 };

const mutants = (count: number, more: Partial<MutantRun> = {}): readonly MutantRun[] =>
  Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    limits,
    isStatic: false,
    usualMs: 1,
    tests: [{ file: 'a.test.ts', names: ['one'] }],
    ...more,
  }));

const resultOf = (hasFailed: boolean): TestResult => ({
  file: 'a.test.ts',
  name: 'one',
  status: hasFailed ? 'failed' : 'passed',
  durationMs: 1,
  ...(hasFailed ? { failure: { message: 'wrong' } } : {}),
});

const empty = { loadFailures: [], console: [], snapshots: [], unusedSnapshots: [], outside: [] };

/** Runs mutants of which the tests notice all but some, and records the isolates: alone by mutant, shared by copies. */
const run = async (some: readonly MutantRun[], { code = '', missed = [] as readonly number[] } = {}) => {
  const alone: number[] = [];
  const shared: number[] = [];
  const isNoticed = (id: number): boolean => id > 0 && !missed.includes(id);
  const built = { moduleBySource: { 'a.test.ts': 'a.test.js' }, modules: { 'a.test.js': code } };
  const request = { runId: 'run', host: 'host', built, counters: 1, reaches: { 'a.test.ts': ['a.test.ts'] } };
  const outcomes = await runMutants(
    { ...request, mutants: some },
    {
      run: async ({ runId, measure }: TestRunRequest): Promise<TestReport> => {
        const id = measure?.activeMutant ?? 0;
        alone.push(id);
        const counts = { passed: 0, failed: 0, skipped: 0, todo: 0 };
        const status = isNoticed(id) ? 'failed' : 'passed';
        return { ...empty, runId, status, tests: [resultOf(isNoticed(id))], counts, durationMs: 1 };
      },
      open: async (_request, copies) => {
        shared.push(copies);
        return {
          repeat: async (id) => ({ ...empty, tests: [resultOf(isNoticed(id))], isTimeUp: false }),
          end: () => undefined,
        };
      },
      toss: () => Math.random() < 0.5,
    },
  );
  expect(outcomes.map(({ id, status }) => [id, status])).toEqual(
    some.map(({ id }) => [id, isNoticed(id) ? 'killed' : 'survived']),
  );
  return { alone: alone.toSorted((a, b) => a - b), shared };
};

describe('the isolates of mutants', () => {
  it('are shared, and what nothing notices there has one of its own', async () => {
    expect(await run(mutants(50), { missed: [7, 30] })).toEqual({ alone: [7, 30], shared: [0, 0] });
  });

  it('hold three copies for each static mutant, and for the trials among a few', async () => {
    expect(await run(mutants(50, { isStatic: true }), { missed: [7] })).toEqual({ alone: [7], shared: [75, 75] });
    expect((await run(mutants(4, { isStatic: true }))).shared).toEqual([36]);
  });

  it('are more where the code leaves no room for so many copies', async () => {
    const code = 'x'.repeat(200_000);
    const { alone, shared } = await run(mutants(26, { isStatic: true }), { code });
    expect(alone).toEqual([]);
    expect(shared).toEqual([39, 39]);
    expect((await run(mutants(26), { code })).shared).toEqual([0]);
  });

  it.each([
    ['are few', mutants(3), ''],
    ['have slow tests', mutants(20, { usualMs: 31 }), ''],
    ['load more code than there is room for', mutants(20, { isStatic: true }), 'x'.repeat(250_000)],
  ])('are their own for those that %s', async (_what, some, code) => {
    expect(await run(some, { code })).toEqual({ alone: some.map(({ id }) => id), shared: [] });
  });
});
