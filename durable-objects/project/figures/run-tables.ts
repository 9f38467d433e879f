/** The tables of measuring runs. */
import type { BenchReport, LoadBlock } from '../../../shared/rpc/bench.ts';
import type { CoverageFile, MeasuringView } from '../../../shared/rpc/figures.ts';
import type { LoadSettings, PerformanceView } from '../../../shared/rpc/performance.ts';
import { statement, type Storage } from '../../platform/index.ts';

const selectRun = statement<[name: string], { view: string }>`SELECT view FROM quality_run WHERE name = ?`;
const putRun = statement<[name: string, view: string]>`INSERT OR REPLACE INTO quality_run (name, view) VALUES (?, ?)`;

/** A row holds two megabytes. */
const longestLcov = 1_500_000;

/** The last run that measured figures. */
export class MeasuringTable {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  run(): MeasuringView | undefined {
    const row = this.#storage.first(selectRun, 'measuring');
    // SAFETY: the column is written by `save` alone.
    return row === undefined ? undefined : (JSON.parse(row.view) as MeasuringView);
  }

  save(view: MeasuringView): void {
    this.#storage.run(putRun, 'measuring', JSON.stringify(view));
  }

  /** The tracefile of the last coverage run, if it is not too long to be kept. */
  lcov(): CoverageFile | undefined {
    const row = this.#storage.first(selectRun, 'lcov');
    // SAFETY: the column is written by `keepLcov` alone.
    return row === undefined ? undefined : (JSON.parse(row.view) as CoverageFile);
  }

  /** One that is too long replaces the last one all the same: an old one would be taken for the new. */
  keepLcov(commit: string, lcov: string): void {
    const file: CoverageFile = lcov.length > longestLcov ? { commit } : { commit, lcov };
    this.#storage.run(putRun, 'lcov', JSON.stringify(file));
  }
}

/** A run with the samples taken so far. */
export interface PerformanceRow {
  readonly view: PerformanceView;
  readonly load?: LoadSettings;
  /** As `StartPerformance` has it. */
  readonly wantedBase?: string;
  readonly report?: BenchReport;
  readonly blocks?: readonly LoadBlock[];
}

/** Older runs are dropped. */
const mostRuns = 100;

const addPerformance = statement<[runId: string, kind: string, branch: string, view: string]>`
  INSERT INTO performance_run (run_id, kind, branch, commit_id, status, view) VALUES (?, ?, ?, '', 'running', ?)`;
const changePerformance = statement<[commit: string, status: string, view: string, runId: string]>`
  UPDATE performance_run SET commit_id = ?, status = ?, view = ? WHERE run_id = ?`;
const dropPerformance = statement<[keep: number]>`
  DELETE FROM performance_run WHERE sequence <= (SELECT MAX(sequence) FROM performance_run) - ?`;
const newestPerformance = statement<[], { view: string }>`
  SELECT view FROM performance_run ORDER BY sequence DESC LIMIT 1`;
const allPerformance = statement<[limit: number], { view: string }>`
  SELECT view FROM performance_run ORDER BY sequence DESC LIMIT ?`;
const baselineOf = statement<[kind: string, branch: string, commit: string], { commit_id: string }>`
  SELECT commit_id FROM performance_run
  WHERE kind = ? AND branch = ? AND status = 'done' AND commit_id <> '' AND commit_id <> ?
  ORDER BY sequence DESC LIMIT 1`;

const rowOf = ({ view }: { readonly view: string }): PerformanceRow =>
  // SAFETY: the column is written by `PerformanceTable` alone.
  JSON.parse(view) as PerformanceRow;

/** Runs of performance tests. */
export class PerformanceTable {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Inside a transaction. */
  add(row: PerformanceRow): void {
    const { runId, kind, branch } = row.view;
    this.#storage.run(addPerformance, runId, kind, branch, JSON.stringify(row));
    this.#storage.run(dropPerformance, mostRuns);
  }

  save(row: PerformanceRow): void {
    const { runId, commit, status } = row.view;
    this.#storage.run(changePerformance, commit ?? '', status, JSON.stringify(row), runId);
  }

  newest(): PerformanceRow | undefined {
    const row = this.#storage.first(newestPerformance);
    return row === undefined ? undefined : rowOf(row);
  }

  list(): readonly PerformanceView[] {
    return this.#storage.all(allPerformance, mostRuns).map((row) => rowOf(row).view);
  }

  /** The commit of the last complete run of a branch that was another one: its baseline. */
  baseline(kind: string, branch: string, commit: string): string | undefined {
    return this.#storage.first(baselineOf, kind, branch, commit)?.commit_id;
  }
}
