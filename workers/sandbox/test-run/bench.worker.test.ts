import { describe, expect, it } from 'vitest';
import type { BenchRequest } from '../../../shared/rpc/bench.ts';
import { built, sandbox } from '../testing/run-files.ts';

const file = 'sum.bench.ts';
const work = (turns: number): string => `
  export const sum = (): number => { let total = 0; for (let i = 0; i < ${String(turns)}; i += 1) total += i; return total; };`;
const benches = `
  import { bench, describe } from 'vitest';
  import { sum } from './sum.ts';
  let ready = 0;
  describe('sum', () => {
    bench('of numbers', () => { if (ready !== 1) throw new Error('no setup'); sum(); }, { setup: () => { ready = 1; }, time: 10 });
    bench('later', async () => { await Promise.resolve(); sum(); });
    bench.skip('not now', () => { throw new Error('ran'); });
    bench.todo('some day');
  });`;
const side = (turns: number, text = benches) => ({ built: built({ [file]: text, 'sum.ts': work(turns) }, [file]) });

const run = async (over: Partial<BenchRequest> = {}) => {
  const request = { runId: 'b', host: 'bench', files: [file], change: side(2_000), rounds: 2, seed: 1, ...over };
  const report = await sandbox.runBench(request);
  if (!report.ok) throw new Error(report.error.detail);
  return report.value;
};

describe('benchmarks', () => {
  it('give one pair a round, and steps that do not depend on the machine', async () => {
    const { benchmarks, loadFailures } = await run({ before: side(1_000) });
    expect(loadFailures).toEqual([]);
    expect(benchmarks.map(({ name }) => name)).toEqual(['sum > of numbers', 'sum > later']);
    for (const { samples, steps, failure } of benchmarks) {
      expect(failure).toBeUndefined();
      expect(samples).toHaveLength(2);
      for (const { before = 0, change } of samples) expect(Math.min(before, change)).toBeGreaterThan(0);
      expect(steps.change).toBeGreaterThan(2_000);
      expect(steps.change / (steps.before ?? 1)).toBeCloseTo(2, 1);
    }
  });

  it('stand alone where the version before has no such benchmark', async () => {
    const other = side(1_000, `import { bench } from 'vitest'; bench('another', () => undefined);`);
    for (const before of [undefined, other]) {
      const { benchmarks } = await run({ rounds: 1, ...(before === undefined ? {} : { before }) });
      expect(benchmarks.map(({ samples }) => Object.keys(samples[0] ?? {}))).toEqual([['change'], ['change']]);
    }
  });

  it.each([
    ['throw', `bench('a', () => { throw new Error('broken'); });`, /broken/],
    ['never end', `bench('a', () => { for (;;) {} });`, /ran for more than/],
    ['never answer', `bench('a', () => new Promise(() => undefined));`, /Not finished after/],
    ['fail while they prepare', `bench('a', () => 1, { setup: () => { throw new Error('no'); } });`, /setup: .*no/],
    [
      'answer for the host',
      `bench('a', () => { Promise.prototype.then = () => { throw new Error('taken'); }; });`,
      /read only|read-only|Cannot assign/,
    ],
  ])('that %s are told with their reason, and the next ones still run', async (_name, text, reason) => {
    const { benchmarks } = await run({
      rounds: 1,
      change: side(10, `import { bench } from 'vitest'; ${text} bench('next', () => 1);`),
    });
    expect(benchmarks[0]?.failure).toMatch(reason);
    expect(benchmarks[0]?.samples).toEqual([]);
    expect(benchmarks[1]).toMatchObject({ name: 'next', samples: [{ change: expect.any(Number) as number }] });
  });

  it('of a file that does not load are told with their reason', async () => {
    const { benchmarks, loadFailures } = await run({ change: side(10, `throw new Error('not today');`) });
    expect(benchmarks).toEqual([]);
    expect(loadFailures).toEqual([{ file, message: expect.stringContaining('not today') as string }]);
  });

  it('refuses what is out of bounds', async () => {
    const request = { runId: 'b', host: 'bench', files: [file], change: side(1), rounds: 51, seed: 1 };
    expect(await sandbox.runBench(request)).toMatchObject({ ok: false, error: { issues: [{ field: 'rounds' }] } });
  });
});
