/** `npm run simulate`: the pure engine under a seeded clock, network and kills; see `options.ts` for the command line. */
import { Worker } from 'node:worker_threads';
import { parseOptions, type SimulateOptions, usage } from './options.ts';
import { runSchedule } from './schedule.ts';
import { addTotals, noTotals, type Totals, totalsOf } from './totals.ts';
import type { SeedRange } from './worker.ts';

const rangeLength = 250;
const progressMs = 2_000;
/** Schedules leave much that is dead at once; room for it spares the collector most of its work. */
const maxYoungGenerationSizeMb = 96;

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** Runs one schedule and tells what happens in it. */
const runOne = (seed: number, { mutation, trace }: SimulateOptions): Totals => {
  const result = runSchedule({ seed, mutation, trace: trace ? say : undefined });
  for (const violation of result.violations) say(`violation: ${violation}`);
  return totalsOf(result);
};

/** Hands out ranges of seeds to threads until all are done or the time is up. */
const runAll = async (options: SimulateOptions): Promise<Totals> => {
  const { firstSeed, schedules, seconds, mutation } = options;
  const startedAt = performance.now();
  const endAt = startedAt + seconds * 1_000;
  let next = firstSeed;
  let totals = noTotals;
  let saidAt = startedAt;
  const takeRange = (): SeedRange | undefined => {
    const count = Math.min(rangeLength, firstSeed + schedules - next);
    if (count <= 0 || performance.now() >= endAt) return undefined;
    next += count;
    return { first: next - count, count, mutation };
  };
  const progress = (): void => {
    if (performance.now() - saidAt < progressMs) return;
    saidAt = performance.now();
    say(`${totals.schedules} of ${schedules} schedules, ${totals.violations} with violations`);
  };
  const runWorker = async (): Promise<void> => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), { resourceLimits: { maxYoungGenerationSizeMb } });
    try {
      for (let range = takeRange(); range !== undefined; range = takeRange()) {
        const done = Promise.withResolvers<Totals>();
        worker.once('message', done.resolve);
        worker.once('error', done.reject);
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread of Node, not a window.
        worker.postMessage(range);
        const ranTotals = await done.promise;
        totals = addTotals(totals, ranTotals);
        worker.off('message', done.resolve).off('error', done.reject);
        progress();
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: options.workers }, runWorker));
  return totals;
};

const report = (totals: Totals, options: SimulateOptions, seconds: number): void => {
  const { schedules, counts, outcomes, violations, failures } = totals;
  const first = options.seed ?? options.firstSeed;
  const {
    kills = 0,
    messages = 0,
    dropped = 0,
    duplicated = 0,
    steps = 0,
    effects = 0,
    waits = 0,
    events = 0,
  } = counts;
  const { parked = 0, settled = 0, pauses = 0 } = counts;
  const result = {
    schedules,
    seeds: { first, last: first + schedules - 1 },
    seconds: Math.round(seconds * 10) / 10,
    schedulesPerMinute: Math.round((schedules / seconds) * 60),
    crashes: kills,
    crashPoints: waits,
    messages,
    messagesDropped: dropped,
    messagesDuplicated: duplicated,
    steps,
    effects,
    stepsParked: parked,
    stepsSettled: settled,
    pausedHolders: pauses,
    events,
    outcomes,
    ...(options.mutation === undefined ? {} : { mutation: options.mutation }),
    violations,
    failures,
  };
  process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
  for (const { seed, violations: broken } of failures) {
    say(`seed ${seed}: ${broken[0] ?? ''}`);
    const mutated = options.mutation === undefined ? '' : ` --mutate ${options.mutation}`;
    say(`  replay: npm run simulate -- --seed ${seed} --trace${mutated}`);
  }
};

const main = async (): Promise<void> => {
  let options: SimulateOptions | undefined;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    say(`simulate: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 2;
    return;
  }
  if (options === undefined) {
    process.stdout.write(usage);
    return;
  }
  const startedAt = performance.now();
  const totals = options.seed === undefined ? await runAll(options) : runOne(options.seed, options);
  report(totals, options, (performance.now() - startedAt) / 1_000);
  if (totals.violations > 0) process.exitCode = 1;
};

await main();
