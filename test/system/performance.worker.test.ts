import { beforeAll, describe, expect, it } from 'vitest';
import type { PerformanceView, StartPerformance } from '../../shared/rpc/performance.ts';
import { author, createWorld, valueOf, type World } from './method-cases/world.ts';
import { prepareDirectory, until } from './test-project.ts';

beforeAll(prepareDirectory);

const benches = `import { bench } from 'vitest';
import { sum } from './sum.ts';
bench('sum', () => sum());
bench('nothing', () => undefined);
`;
const sum = (turns: number): string =>
  `export const sum = (): number => {\n  let total = 0;\n  for (let i = 0; i < ${turns}; i += 1) total += i;\n  return total;\n};\n`;
const app = (turns: number): string => `import { DurableObject } from 'cloudflare:workers';
import { sum } from './sum.ts';
export class App extends DurableObject {
  async fetch(): Promise<Response> {
    for (let i = 0; i < ${turns}; i += 1) sum();
    return new Response('well');
  }
}
`;

let commits = 0;
const put = async ({ repository }: World, files: Readonly<Record<string, string>>): Promise<void> => {
  commits += 1;
  const branch = `more-${commits}`;
  const fence = { fencingToken: 1 };
  const id = (step: string) => ({ commandId: `${branch}-${step}` });
  valueOf(await repository().openBranch({ ...id('open'), branch, from: 'main', ...fence }));
  const changes = Object.entries(files).map(([path, content]) => ({ path, content }));
  valueOf(await repository().write({ ...id('write'), branch, changes, ...fence }));
  valueOf(await repository().commit({ ...id('commit'), branch, message: 'More', author, ...fence }));
  valueOf(await repository().merge({ ...id('merge'), branch, into: 'main', message: 'More', author }));
};

let runs = 0;
const start = (world: World, over: Partial<StartPerformance> = {}) => {
  runs += 1;
  return world
    .project()
    .startPerformance({ commandId: `run-${runs}`, kind: 'bench', branch: 'main', pairs: 6, ...over });
};

const finished = (world: World): Promise<PerformanceView> =>
  until(async () => {
    const [run] = valueOf(await world.project().performanceRuns({ limit: 1 }));
    return run === undefined || run.status === 'running' ? undefined : run;
  });

const slowerGate = {
  name: 'performance',
  kind: 'performance',
  stage: 'validation',
  conditions: [{ figure: 'slower', atMost: 0 }],
} as const;

describe('performance tests of a project', () => {
  it('compare main with its baseline, and say so to the gate of that commit', async () => {
    const world = await createWorld();
    valueOf(await start(world));
    expect(await finished(world)).toMatchObject({
      status: 'refused',
      reason: expect.stringContaining('There is no benchmark') as string,
    });
    await put(world, { 'src/sum.bench.ts': benches, 'src/sum.ts': sum(1_000) });
    valueOf(await start(world));
    const first = await finished(world);
    expect(first).toMatchObject({ status: 'done', progress: 6, results: [{ name: 'src/sum.bench.ts > sum' }, {}] });
    expect(first.base).toBeUndefined();
    await put(world, { 'src/sum.ts': sum(8_000) });
    valueOf(await start(world));
    const second = await finished(world);
    expect(second).toMatchObject({ status: 'done', base: first.commit });
    expect(second.results[0]).toMatchObject({ comparison: { verdict: 'slower', pairs: 6 } });
    expect(second.results[0]?.stepsRatio).toBeCloseTo(8, 0);
    expect(second.results[1]).toMatchObject({ stepsRatio: 1 });
    const gates = [slowerGate];
    const { figures } = valueOf(await world.project().setGates({ commandId: 'g', gates, by: 'person:key_1' }));
    expect(figures.find(({ kind }) => kind === 'performance')).toMatchObject({
      commit: second.commit,
      figures: { slower: 1 },
      summary: expect.stringContaining('src/sum.bench.ts > sum takes') as string,
    });
  });

  it('ask both versions in turn, each with data of its own', async () => {
    const world = await createWorld();
    await put(world, { 'src/worker.ts': app(1), 'src/sum.ts': sum(1_000) });
    valueOf(await start(world, { kind: 'load', pairs: 1, load: { ratePerSecond: 20 } }));
    expect(await finished(world)).toMatchObject({ status: 'done', results: [{ failedPercent: 0 }] });
    await put(world, { 'src/worker.ts': app(2) });
    valueOf(await start(world, { kind: 'load', pairs: 1, load: { ratePerSecond: 20 } }));
    const run = await finished(world);
    expect(run).toMatchObject({ status: 'done', results: [{ comparison: { pairs: 1, verdict: 'undecided' } }] });
    expect(run.results[0]?.p95Ms).toBeGreaterThanOrEqual(0);
  });

  it('are cancelled between two steps, after which the next one may begin', async () => {
    const world = await createWorld();
    await put(world, { 'src/sum.bench.ts': benches, 'src/sum.ts': sum(1_000) });
    valueOf(await start(world, { pairs: 100 }));
    expect(await start(world)).toMatchObject({ ok: false, error: { type: 'resource.conflict' } });
    const cancelled = valueOf(await world.project().cancelPerformance({ commandId: 'c' }));
    expect(cancelled).toMatchObject({ status: 'cancelled' });
    valueOf(await start(world, { pairs: 1 }));
    expect(await finished(world)).toMatchObject({ status: 'done', progress: 1 });
  });
});
