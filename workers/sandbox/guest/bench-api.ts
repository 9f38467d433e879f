/** `bench` as vitest has it: collects the benchmarks of a file. In a run of tests they are declared and not run. */
import type { List } from './primordials.ts';
import { bare, defineProperty, listOf, push } from './primordials.ts';
import type { Body } from './suite.ts';
import { fullName } from './suite.ts';

export interface Benchmark {
  readonly name: string;
  readonly body: Body | undefined;
  /** Before and after each batch; they are not timed. */
  readonly setup: Body | undefined;
  readonly teardown: Body | undefined;
  readonly isSkipped: boolean;
  readonly isOnly: boolean;
}

/** Beyond this a file counts as failed to load. */
const maxBenchmarks = 100;

const benchmarks: List<Benchmark> = listOf();

/** The benchmarks that are to run, in the order in which they stand. */
export function chosenBenchmarks(): List<Benchmark> {
  let hasOnly = false;
  for (let index = 0; index < benchmarks.length; index += 1) if (benchmarks[index]?.isOnly === true) hasOnly = true;
  const chosen: List<Benchmark> = listOf();
  for (let index = 0; index < benchmarks.length; index += 1) {
    const each = benchmarks[index];
    if (each?.body !== undefined && !each.isSkipped && (!hasOnly || each.isOnly)) push(chosen, each);
  }
  return chosen;
}

interface Variant {
  readonly isSkipped: boolean;
  readonly isOnly: boolean;
}

const asBody = (value: unknown): Body | undefined => (typeof value === 'function' ? (value as Body) : undefined);

function declareBench(variant: Variant, name: unknown, body: unknown, options: unknown): void {
  const full = fullName('bench()', name);
  if (benchmarks.length >= maxBenchmarks) throw new Error(`More than ${maxBenchmarks} benchmarks in one file`);
  const given = (typeof options === 'object' && options !== null ? options : {}) as Record<string, unknown>;
  const work = { setup: asBody(given['setup']), teardown: asBody(given['teardown']) };
  push(benchmarks, bare({ name: full, body: asBody(body), ...work, ...variant }));
}

type Bench = (name: unknown, body?: unknown, options?: unknown) => void;

function variantOf(variant: Variant): Bench {
  const bench: Bench = (name, body, options) => declareBench(variant, name, body, options);
  const define = (name: string, get: () => unknown): void => {
    defineProperty(bench, name, bare({ get, enumerable: true, configurable: false }));
  };
  const skipped = (): Bench => variantOf(bare({ ...variant, isSkipped: true }));
  define('skip', skipped);
  define('todo', skipped);
  define('only', () => variantOf(bare({ ...variant, isOnly: true })));
  define('skipIf', () => (condition: unknown) => (condition ? skipped() : bench));
  define('runIf', () => (condition: unknown) => (condition ? bench : skipped()));
  return bench;
}

export const bench: Bench = variantOf(bare({ isSkipped: false, isOnly: false }));
