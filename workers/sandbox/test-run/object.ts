/**
 * Runs the tests of one project or agent, each run in a new isolate that lives as a facet of this object, so that the
 * tests have a database of their own. The object keeps nothing: a facet is deleted with its data after its run.
 */
import { DurableObject } from 'cloudflare:workers';
import type { BenchReport, BenchRequest, BenchSide } from '../../../shared/rpc/bench.ts';
import type { MutantOutcome, MutantRunsRequest, TestReport, TestRunRequest } from '../../../shared/rpc/sandbox.ts';
import type { SandboxEnvironment } from '../environment.ts';
import { DeadlineExceeded, withinDeadline } from '../guard/deadline.ts';
import { readGuestReport } from '../guard/guest-report.ts';
import { loadOnce } from '../guard/isolate.ts';
import { limits } from '../guard/limits.ts';
import type { BenchRunner } from '../guest/bench-main.ts';
import { benchMainModule, testGuestModules, testMainModule } from '../guest/modules.ts';
import type { TestRunner } from '../guest/test-main.ts';
import { copiesOf } from './copies.ts';
import { runBench, type BenchIsolate } from './bench-runs.ts';
import { runMutants } from './mutant-runs.ts';
import { plansOf, reachedModules, type Plan } from './plan.ts';
import { repeatingIsolate } from './repeating-isolate.ts';
import { brokenReport, finishedReport, joinedReport } from './report.ts';
import type { RepeatingIsolate } from './shared-isolate.ts';

export class TestHost extends DurableObject<SandboxEnvironment> {
  #running = 0;
  #facetsMade = 0;
  readonly #waiting: (() => void)[] = [];

  /** Never rejects because of guest code: whatever happens in the isolates is told by the report. */
  async run(request: TestRunRequest): Promise<TestReport> {
    const startedAt = performance.now();
    const parts = await Promise.all(plansOf(request).map((plan) => this.#runPart(plan, request)));
    const [first] = parts;
    if (parts.length === 1 && first !== undefined) return first;
    return joinedReport(request.runId, parts, Math.round((performance.now() - startedAt) * 100) / 100);
  }

  /** One isolate of the run, once there is a place for it. */
  async #runPart(plan: Plan, request: TestRunRequest): Promise<TestReport> {
    if (this.#waiting.length >= limits.waitingRuns) {
      return brokenReport(request.runId, 'crashed', 'Too many test runs are waiting on this host', 0);
    }
    await this.#enter();
    const facet = this.#nextFacet();
    try {
      return await this.#runIn(facet, plan, request);
    } finally {
      this.ctx.facets.delete(facet);
      this.#leave();
    }
  }

  async runMutants(request: MutantRunsRequest): Promise<readonly MutantOutcome[]> {
    return await runMutants(request, {
      run: (run) => this.run(run),
      open: (run, copies) => this.#openRepeating(run, copies),
      toss: () => (crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) % 2 === 0,
    });
  }

  async #openRepeating(request: TestRunRequest, copies: number): Promise<RepeatingIsolate | undefined> {
    const [part] = plansOf(request);
    if (part === undefined || part.plan.files.length !== 1) return undefined;
    await this.#enter();
    const facet = this.#nextFacet();
    const runner = this.#makeRunner(facet, part, request, copies);
    const isolate = repeatingIsolate(runner, {
      file: request.testFiles[0] ?? '',
      copies,
      end: () => {
        this.ctx.facets.delete(facet);
        this.#leave();
      },
    });
    const hasBegun = await isolate.begin(JSON.stringify(part.plan), request.limits);
    if (hasBegun) return isolate;
    isolate.end();
    return undefined;
  }

  /** Benchmarks of two versions; nothing else of this host shares the isolates. */
  async bench(request: BenchRequest): Promise<BenchReport> {
    await this.#enter();
    try {
      return await runBench(request, (side, file) => this.#openBench(side, file));
    } finally {
      this.#leave();
    }
  }

  #nextFacet(): string {
    this.#facetsMade += 1;
    return `run-${String(this.#facetsMade)}`;
  }

  #makeRunner(facet: string, { plan }: Plan, request: TestRunRequest, copies = 0): Fetcher<TestRunner> {
    return this.ctx.facets.get<TestRunner>(facet, () => {
      const own = reachedModules(request.built, filesOf(plan));
      const modules = { ...(copies === 0 ? own : copiesOf(own, copies)), ...testGuestModules(plan.needs) };
      const worker = loadOnce(this.env.LOADER, { mainModule: testMainModule, modules });
      return { class: worker.getDurableObjectClass<TestRunner>('TestRunner') };
    });
  }

  #openBench({ built }: BenchSide, file: string): BenchIsolate {
    const facet = this.#nextFacet();
    const runner = this.ctx.facets.get<BenchRunner>(facet, () => {
      const needs = { fakeTime: false, snapshots: false, fastCheck: false };
      const modules = { ...reachedModules(built, [file]), ...testGuestModules(needs) };
      const worker = loadOnce(this.env.LOADER, { mainModule: benchMainModule, modules });
      return { class: worker.getDurableObjectClass<BenchRunner>('BenchRunner') };
    });
    const soon = (work: Promise<unknown>): Promise<unknown> => withinDeadline(work, limits.benchCallMs);
    return {
      load: (plan) => soon(Promise.resolve(runner.load(plan))),
      around: (index, part) => soon(Promise.resolve(runner.around(index, part))),
      batch: (index, iterations) => soon(Promise.resolve(runner.batch(index, iterations))),
      end: () => this.ctx.facets.delete(facet),
    };
  }

  async #enter(): Promise<void> {
    if (this.#running < limits.concurrentRuns) {
      this.#running += 1;
      return;
    }
    // The place is handed over by `#leave`, so the count stays as it is.
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }

  async #runIn(facet: string, part: Plan, request: TestRunRequest): Promise<TestReport> {
    const { plan, unknownFiles } = part;
    const startedAt = performance.now();
    const elapsedMs = (): number => Math.round((performance.now() - startedAt) * 100) / 100;
    const runner = this.#makeRunner(facet, part, request);
    try {
      const deadlineMs = request.limits.runTimeoutMs + limits.runGraceMs;
      const answer: unknown = await withinDeadline(Promise.resolve(runner.run(JSON.stringify(plan))), deadlineMs);
      const isLong = request.limits.tests !== undefined;
      const report = readGuestReport(answer, isLong ? limits.longReportCharacters : limits.reportCharacters);
      if (report !== undefined) return finishedReport(request, report, filesOf(plan), unknownFiles, elapsedMs());
      return brokenReport(
        request.runId,
        'crashed',
        'The isolate answered with something that is no report',
        elapsedMs(),
      );
    } catch (cause) {
      if (cause instanceof DeadlineExceeded) {
        const reason = `The run took longer than ${String(request.limits.runTimeoutMs)} ms and was ended`;
        return brokenReport(request.runId, 'timed_out', reason, elapsedMs());
      }
      const message = cause instanceof Error ? cause.message : String(cause);
      return brokenReport(request.runId, 'crashed', `The isolate ended: ${message.slice(0, 1_000)}`, elapsedMs());
    }
  }
}

const filesOf = (plan: Plan['plan']): readonly string[] => plan.files.map(({ source }) => source);
