/**
 * Performance tests of a project. A run is a timer that takes a few pairs, keeps their samples, and sets itself again:
 * a run that was cut off goes on, and a cancel is looked at between two steps. What was measured on main becomes
 * figures of its commit.
 */
import { decideRequestedFigures } from '../../../shared/domain/project/decide-quality.ts';
import type { State } from '../../../shared/domain/quality/figures/change.ts';
import {
  benchResults,
  joinReports,
  loadResult,
  performanceFigures,
} from '../../../shared/domain/quality/performance/performance-figures.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { PerformanceView, ProjectPerformanceRpc, StartPerformance } from '../../../shared/rpc/performance.ts';
import { findReleased } from '../released.ts';
import { PerformanceTable, type PerformanceRow } from './run-tables.ts';
import { takeBenchPairs, takeLoadPairs, type PairInput } from './take-pairs.ts';
import type { DeskParts } from '../desk-parts.ts';

/** A run that has not ended by then was given up by its timer. */
const givenUpAfterMs = 60 * 60 * 1_000;
/** Pairs of one step: some seconds, so that a cancel does not wait long. */
const pairsOfStep = { bench: 2, load: 2 } as const;

const noProject = err({ type: 'resource.not_found' as const, detail: 'There is no such project.' });
const noRun = err({ type: 'resource.not_found' as const, detail: 'No performance test was run yet. Start one.' });

export class PerformanceDesk {
  readonly #parts: DeskParts;
  readonly #table: PerformanceTable;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.#table = new PerformanceTable(parts.storage);
    parts.timers.on('performance', () => this.#step());
  }

  runs({
    kind,
    branch,
    limit,
  }: Parameters<ProjectPerformanceRpc['performanceRuns']>[0]): Result<readonly PerformanceView[]> {
    if (this.#parts.engine.state.identity === undefined) return noProject;
    const runs = this.#table
      .list()
      .filter((run) => (kind === undefined || run.kind === kind) && (branch === undefined || run.branch === branch));
    return ok(runs.slice(0, Math.max(1, limit)));
  }

  /** Inside a transaction. */
  start({ kind, branch, base, pairs, load }: StartPerformance): Result<PerformanceView> {
    const { engine, ids, now, timers } = this.#parts;
    if (engine.state.identity === undefined) return noProject;
    const last = this.#table.newest()?.view;
    if (last?.status === 'running' && last.requestedAt > now() - givenUpAfterMs) {
      return err({
        type: 'resource.conflict',
        detail: 'A performance test is running. Wait until it is done, or cancel it.',
      });
    }
    const view: PerformanceView = {
      runId: ids.create('trn'),
      kind,
      branch,
      status: 'running',
      pairs,
      progress: 0,
      requestedAt: now(),
      results: [],
    };
    this.#table.add({
      view,
      ...(base === undefined ? {} : { wantedBase: base }),
      ...(load === undefined ? {} : { load }),
    });
    timers.set({ name: 'performance', dueAt: now() });
    return ok(view);
  }

  /** Inside a transaction. */
  cancel(): Result<PerformanceView> {
    if (this.#parts.engine.state.identity === undefined) return noProject;
    const row = this.#table.newest();
    if (row === undefined) return noRun;
    if (row.view.status !== 'running') return ok(row.view);
    const view: PerformanceView = { ...row.view, status: 'cancelled', finishedAt: this.#parts.now() };
    this.#table.save({ ...row, view });
    return ok(view);
  }

  async #step(): Promise<void> {
    const row = this.#table.newest();
    if (row?.view.status !== 'running') return;
    const next = await this.#take(row);
    const { storage, timers, now, engine } = this.#parts;
    storage.transaction(() => {
      const present = this.#table.newest();
      if (present?.view.runId !== row.view.runId || present.view.status !== 'running') return;
      if (!next.ok) {
        this.#table.save({
          ...present,
          view: { ...present.view, status: 'refused', finishedAt: now(), reason: next.error.detail },
        });
        return;
      }
      const { view } = next.value;
      if (view.progress < view.pairs) {
        this.#table.save(next.value);
        timers.set({ name: 'performance', dueAt: now() });
        return;
      }
      // The samples have become results; they are not kept beyond the run.
      this.#table.save({ view: { ...view, status: 'done', finishedAt: now() } });
      if (view.branch !== 'main' || view.commit === undefined) return;
      const { commit } = view;
      const known = engine.state.quality?.figures.find(({ kind }) => kind === 'performance');
      const figures = performanceFigures(view.kind, commit, view.base, view.results, known);
      engine.apply((state) => decideRequestedFigures(state, figures, now()));
    });
  }

  /** The run with a few more pairs. */
  async #take(row: PerformanceRow): Promise<Result<PerformanceRow>> {
    const { view } = row;
    const states = await this.#states(row);
    if (!states.ok) return states;
    const { change, before } = states.value;
    const pairs = Math.min(pairsOfStep[view.kind], view.pairs - view.progress);
    const { repository, toolchain, sandbox, app } = this.#parts;
    const services = { repository: repository(), toolchain, sandbox, host: app(), runId: view.runId };
    const input: PairInput = { ...services, change, before, pairs, seed: view.requestedAt + view.progress };
    const progressed = {
      ...view,
      commit: change.commit,
      ...(before === undefined ? {} : { base: before.commit }),
      progress: view.progress + pairs,
    };
    if (view.kind === 'bench') {
      const taken = await takeBenchPairs(input);
      if (!taken.ok) return taken;
      const report = joinReports(row.report, taken.value);
      return ok({ ...row, report, view: { ...progressed, results: benchResults(report) } });
    }
    const taken = await takeLoadPairs(input, row.load ?? {});
    if (!taken.ok) return taken;
    const blocks = [...(row.blocks ?? []), ...taken.value];
    const name = row.load?.exchanges?.map(({ method, path }) => `${method} ${path}`).join(', ') ?? 'usual requests';
    return ok({
      ...row,
      blocks,
      view: { ...progressed, results: [loadResult(name.slice(0, 300), blocks, before !== undefined)] },
    });
  }

  /** Both versions; those of the first step, once they are known, whatever is pushed meanwhile. */
  async #states({ view, wantedBase }: PerformanceRow): Promise<Result<{ change: State; before: State | undefined }>> {
    const change = await this.#state(view.commit ?? view.branch);
    if (!change.ok) return change;
    if (view.commit !== undefined && view.base === undefined) return ok({ change: change.value, before: undefined });
    const base = view.base ?? wantedBase ?? (view.branch === 'main' ? undefined : 'main');
    const before = base === undefined ? await this.#baselineOfMain(view, change.value.commit) : await this.#state(base);
    return before.ok ? ok({ change: change.value, before: before.value }) : before;
  }

  async #baselineOfMain({ kind, branch }: PerformanceView, commit: string): Promise<Result<State | undefined>> {
    const released = await findReleased(this.#parts, commit);
    if (!released.ok || released.value !== undefined) return released;
    const last = this.#table.baseline(kind, branch, commit);
    return last === undefined ? ok(undefined) : await this.#state(last);
  }

  async #state(ref: string): Promise<Result<State>> {
    const snapshot = await this.#parts.repository().snapshot({ ref });
    return snapshot.ok ? ok({ commit: snapshot.value.commit, files: snapshot.value.files }) : snapshot;
  }
}
