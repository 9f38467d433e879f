/**
 * The main module of a benchmark isolate. It loads one file and runs batches of its benchmarks; it holds no clock that
 * counts, because the host outside takes the times. Its answers are text, and the loop is ours: a guest can make its
 * own body do less, and nothing else.
 */
import { DurableObject } from 'cloudflare:workers';
import { attempt, stepsOfLastAttempt, watchRejections, type Failure } from './attempt.ts';
import { chosenBenchmarks, type Benchmark } from './bench-api.ts';
import { captureConsole } from './console-capture.ts';
import { setDatabaseStorage } from './database-storage.ts';
import type { List } from './primordials.ts';
import { bare, fixPromises, listOf, now, parseJson, quote } from './primordials.ts';
import { setSources } from './source-place.ts';
import { abandonFile, closeFile, openFile, type Body } from './suite.ts';

/** What the host tells the isolate, as JSON. */
export interface BenchPlan {
  readonly file: string;
  readonly module: string;
  readonly sources: readonly (readonly [module: string, source: string])[];
  /** For one call. */
  readonly timeoutMs: number;
  /** Loop turns and calls of one call. */
  readonly fuel: number;
}

type Part = 'setup' | 'teardown';

export class BenchRunner extends DurableObject {
  #plan: BenchPlan | undefined;
  #benchmarks: List<Benchmark> = listOf();

  /** `{"names":[…]}`, or `{"failure":…}` when the file does not load. */
  async load(planText: string): Promise<string> {
    const plan = parseJson(planText) as BenchPlan;
    this.#plan = plan;
    setSources(new Map(plan.sources));
    setDatabaseStorage(this.ctx.storage);
    captureConsole();
    watchRejections();
    fixPromises();
    openFile(plan.file);
    const failure = await this.#attempt(async () => {
      await import(`/${plan.module}`);
      await closeFile();
    });
    abandonFile();
    if (failure !== undefined) return failureText(failure);
    this.#benchmarks = chosenBenchmarks();
    let names = '';
    for (let index = 0; index < this.#benchmarks.length; index += 1)
      names += `${index === 0 ? '' : ','}${quote(this.#benchmarks[index]?.name ?? '')}`;
    return `{"names":[${names}]}`;
  }

  /** Runs what stands around a batch of a benchmark. */
  async around(index: number, part: Part): Promise<string> {
    const work = this.#benchmarks[index]?.[part];
    const failure = work === undefined ? undefined : await this.#attempt(() => work());
    return failure === undefined ? '{}' : failureText(failure);
  }

  /** Runs the body so many times; answers how many steps that took. */
  async batch(index: number, iterations: number): Promise<string> {
    const body = this.#benchmarks[index]?.body;
    if (body === undefined) return '{"failure":"There is no such benchmark"}';
    const failure = await this.#attempt(() => repeat(body, iterations));
    return failure === undefined ? `{"steps":${stepsOfLastAttempt()}}` : failureText(failure);
  }

  #attempt(work: () => unknown): Promise<Failure | undefined> {
    const timeoutMs = this.#plan?.timeoutMs ?? 1_000;
    return attempt(work, bare({ timeoutMs, fuel: this.#plan?.fuel ?? 1_000_000, runEndsAt: now() + timeoutMs }));
  }
}

/** Waits only for bodies that answer a promise, so that others are not measured with a pause. */
function repeat(body: Body, iterations: number): unknown {
  for (let index = 0; index < iterations; index += 1) {
    const result = body();
    if (result instanceof Promise) return repeatAsync(body, iterations - index - 1, result);
  }
  return undefined;
}

async function repeatAsync(body: Body, iterations: number, first: Promise<unknown>): Promise<void> {
  await first;
  for (let index = 0; index < iterations; index += 1) await body();
}

function failureText({ message, place }: Failure): string {
  const at = place === undefined ? '' : ` (${place.file}:${place.line})`;
  return `{"failure":${quote(`${message}${at}`)}}`;
}
