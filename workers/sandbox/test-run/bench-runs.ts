/**
 * Runs benchmarks of two versions side by side. Each round loads both versions anew, each into an isolate of its own, so
 * that what a compiler made of one isolate by chance is one pair and not all of them; within a round the sides take
 * turns (first, second, second, first), so that a machine that grows slower favours none. Times are taken here, outside
 * of the isolates, around batches that are long against the way there and back.
 */
import type { BenchReport, BenchRequest, BenchSamples, BenchSide } from '../../../shared/rpc/bench.ts';
import { createRandom } from '../../../shared/domain/quality/performance/noise.ts';
import type { BenchPlan } from '../guest/bench-main.ts';

/** What answers for one isolate; every answer is text of the guest's host module. */
export interface BenchIsolate {
  readonly load: (plan: string) => Promise<unknown>;
  readonly around: (index: number, part: 'setup' | 'teardown') => Promise<unknown>;
  readonly batch: (index: number, iterations: number) => Promise<unknown>;
  readonly end: () => void;
}

/** Opens an isolate with the modules that a benchmark file of a side reaches. */
export type OpenIsolate = (side: BenchSide, file: string) => BenchIsolate;

/**
 * A batch takes about so long, because the runtime’s clock counts whole milliseconds: the four batches of a pair are
 * off by little more than a hundredth together, which falls to either side by chance.
 */
const batchMs = 25;
const mostIterations = 1_000_000;
const mostWarmUps = 12;
const callTimeoutMs = 5_000;
const callFuel = 200_000_000;

type SideName = 'before' | 'change';
type Measured = { -readonly [Key in keyof BenchSamples]: BenchSamples[Key] } & {
  readonly samples: BenchSamples['samples'][number][];
  /** Calls of one batch, the same on both sides. */
  iterations?: number;
};

interface Loaded {
  readonly isolate: BenchIsolate;
  readonly names: readonly string[];
  readonly failure: string | undefined;
}

export async function runBench(request: BenchRequest, open: OpenIsolate): Promise<BenchReport> {
  const random = createRandom(request.seed);
  const measured = new Map<string, Measured>();
  const loadFailures = new Map<string, string>();
  for (let round = 0; round < request.rounds; round += 1) {
    for (const file of request.files) {
      if (loadFailures.has(file)) continue;
      const failure = await runFile(request, file, open, random, measured);
      if (failure !== undefined) loadFailures.set(file, failure);
    }
  }
  return {
    benchmarks: [...measured.values()].map(({ iterations: _iterations, ...samples }) => samples),
    loadFailures: [...loadFailures].map(([file, message]) => ({ file, message })),
  };
}

/** One round of one file; answers why the change could not be loaded. */
async function runFile(
  request: BenchRequest,
  file: string,
  open: OpenIsolate,
  random: () => number,
  measured: Map<string, Measured>,
): Promise<string | undefined> {
  const change = await loadSide(request.change, file, open);
  const before =
    request.before?.built.moduleBySource[file] === undefined ? undefined : await loadSide(request.before, file, open);
  try {
    if (change.failure !== undefined) return change.failure;
    for (const [index, name] of change.names.entries()) {
      const key = JSON.stringify([file, name]);
      const own = measured.get(key) ?? { file, name, samples: [], steps: { change: 0 } };
      measured.set(key, own);
      if (own.failure !== undefined) continue;
      const other = before?.names.indexOf(name) ?? -1;
      const pair = {
        change: { isolate: change.isolate, index },
        ...(before === undefined || other === -1 ? {} : { before: { isolate: before.isolate, index: other } }),
      };
      await takePair(pair, own, random);
    }
    return undefined;
  } finally {
    change.isolate.end();
    before?.isolate.end();
  }
}

async function loadSide(side: BenchSide, file: string, open: OpenIsolate): Promise<Loaded> {
  const isolate = open(side, file);
  const { moduleBySource } = side.built;
  const plan: BenchPlan = {
    file,
    module: moduleBySource[file] ?? '',
    sources: Object.entries(moduleBySource).map(([source, module]) => [module, source] as const),
    timeoutMs: callTimeoutMs,
    fuel: callFuel,
  };
  const answer = await answerOf(() => isolate.load(JSON.stringify(plan)));
  const names: unknown = answer['names'];
  const isList = Array.isArray(names) && names.every((name) => typeof name === 'string');
  const failure = typeof answer['failure'] === 'string' ? answer['failure'] : isList ? undefined : 'no answer';
  return { isolate, names: isList ? (names as string[]).slice(0, 100) : [], failure };
}

interface Place {
  readonly isolate: BenchIsolate;
  readonly index: number;
}

/** Adds one pair of times, or the reason why there will be none. */
async function takePair(
  places: { readonly change: Place; readonly before?: Place },
  own: Measured,
  random: () => number,
): Promise<void> {
  const sides: readonly (readonly [SideName, Place])[] = [
    ['change', places.change],
    ...(places.before === undefined ? [] : [['before', places.before] as const]),
  ];
  try {
    for (const [, place] of sides) await around(place, 'setup');
    own.iterations ??= await calibrate(places.change);
    const { iterations } = own;
    for (const [, place] of sides) await warmUp(place, iterations);
    const [first, second = first] = random() < 0.5 ? sides : sides.toReversed();
    if (first === undefined || second === undefined) return;
    const nanoseconds = { change: 0, before: 0 };
    const steps = { change: 0, before: 0 };
    for (const [name, place] of [first, second, second, first]) {
      const batch = await runBatch(place, iterations);
      const batches = places.before === undefined ? 4 : 2;
      nanoseconds[name] += (batch.elapsedMs * 1e6) / iterations / batches;
      steps[name] = batch.steps / iterations;
    }
    own.samples.push(places.before === undefined ? { change: nanoseconds.change } : nanoseconds);
    own.steps = places.before === undefined ? { change: steps.change } : steps;
    for (const [, place] of sides) await around(place, 'teardown');
  } catch (cause) {
    if (!(cause instanceof BenchFailure)) throw cause;
    own.failure = cause.message.slice(0, 1_000);
  }
}

class BenchFailure extends Error {}

/**
 * As many calls as a batch of a warm isolate needs to take long enough. A batch that is long enough is made again and
 * again until it grows no shorter: the first ones run code that is not compiled yet, or waited for the processor.
 */
async function calibrate(place: Place): Promise<number> {
  for (let iterations = 1; ;) {
    let { elapsedMs } = await runBatch(place, iterations);
    if (elapsedMs >= batchMs) elapsedMs = await warmUp(place, iterations);
    if (elapsedMs >= batchMs * 0.8 || iterations >= mostIterations) return iterations;
    const factor = Math.min(10, Math.max(1.5, batchMs / Math.max(elapsedMs, 1)));
    iterations = Math.min(mostIterations, Math.ceil(iterations * factor));
  }
}

/** Makes batches until two in a row are no shorter than the shortest before; answers the time of that one. */
async function warmUp(place: Place, iterations: number): Promise<number> {
  let shortestMs = Number.POSITIVE_INFINITY;
  for (let batch = 0, unchanged = 0; batch < mostWarmUps && unchanged < 2; batch += 1) {
    const { elapsedMs } = await runBatch(place, iterations);
    unchanged = elapsedMs < shortestMs * 0.95 ? 0 : unchanged + 1;
    shortestMs = Math.min(shortestMs, elapsedMs);
  }
  return shortestMs;
}

async function runBatch(place: Place, iterations: number): Promise<{ elapsedMs: number; steps: number }> {
  const startedAt = performance.now();
  const answer = await answerOf(() => place.isolate.batch(place.index, iterations));
  const elapsedMs = performance.now() - startedAt;
  if (typeof answer['failure'] === 'string') throw new BenchFailure(answer['failure']);
  const steps = answer['steps'];
  if (typeof steps !== 'number' || !(steps >= 0)) throw new BenchFailure('The isolate answered with no result');
  return { elapsedMs, steps };
}

async function around(place: Place, part: 'setup' | 'teardown'): Promise<void> {
  const answer = await answerOf(() => place.isolate.around(place.index, part));
  if (typeof answer['failure'] === 'string') throw new BenchFailure(`${part}: ${answer['failure']}`);
}

/** An answer of an isolate as an object; whatever else comes of it is a failure. */
async function answerOf(call: () => Promise<unknown>): Promise<Readonly<Record<string, unknown>>> {
  try {
    const answer = await call();
    if (typeof answer !== 'string' || answer.length > 1_000_000) return { failure: 'The isolate answered nothing' };
    const value: unknown = JSON.parse(answer);
    return typeof value === 'object' && value !== null ? { ...value } : { failure: 'The isolate answered nothing' };
  } catch (cause) {
    return { failure: cause instanceof Error ? cause.message.slice(0, 1_000) : 'The isolate ended' };
  }
}
