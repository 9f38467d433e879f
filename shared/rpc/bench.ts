/** Running benchmarks and load in the sandbox, for the version before and the change side by side. */
import type { BuiltModules } from './toolchain.ts';

/** One version of the code, built. */
export interface BenchSide {
  readonly built: BuiltModules;
}

export interface BenchRequest {
  readonly runId: string;
  readonly host: string;
  /** Source paths of the benchmark files, keys of `moduleBySource` of the change. */
  readonly files: readonly string[];
  /** Absent: there is nothing to compare with, and the times stand alone. */
  readonly before?: BenchSide;
  readonly change: BenchSide;
  /** Pairs to take of each benchmark; each comes from isolates of its own. */
  readonly rounds: number;
  /** Decides which side goes first in each round. */
  readonly seed: number;
}

/** One benchmark with what was measured of it. Times are of one call of its body, in nanoseconds. */
export interface BenchSamples {
  readonly file: string;
  readonly name: string;
  /** One for each round; `before` is absent when the version before has no such benchmark. */
  readonly samples: readonly { readonly before?: number; readonly change: number }[];
  /** Loop turns and calls of one call of the body. */
  readonly steps: { readonly before?: number; readonly change: number };
  /** Why it was given up. */
  readonly failure?: string;
}

export interface BenchReport {
  readonly benchmarks: readonly BenchSamples[];
  /** Files of the change that could not be loaded, with the reason. */
  readonly loadFailures: readonly { readonly file: string; readonly message: string }[];
}

/** A request of a load, made again and again. */
export interface LoadExchange {
  readonly method: string;
  /** Path and query, from `/`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface LoadSide {
  /** Names the version, for example its commit. */
  readonly version: string;
  readonly built: BuiltModules;
  /** Source path of the module that exports the Durable Object class `App`. */
  readonly entry: string;
}

export interface LoadRequest {
  /** The object name of the app host; no slot of it is touched. */
  readonly app: string;
  /** One version, or the one before and the change. */
  readonly sides: readonly LoadSide[];
  /** Made once, in order, before anything is measured. */
  readonly prepare: readonly LoadExchange[];
  /** Made in turn. */
  readonly exchanges: readonly LoadExchange[];
  /** Requests begin at this rate whether earlier ones are answered or not. */
  readonly ratePerSecond: number;
  readonly blockMs: number;
  /** Blocks of each side, taken in turn. */
  readonly blocks: number;
  readonly seed: number;
}

/** One block of one side. Times in milliseconds, from the moment at which a request was to begin to its whole answer. */
export interface LoadBlock {
  readonly side: number;
  readonly sent: number;
  /** No answer in time, a broken one, or a status from 500 on. */
  readonly failed: number;
  /** Not made because too many were waiting; they count as failed. */
  readonly dropped: number;
  readonly timesMs: readonly number[];
}
