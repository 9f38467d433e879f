/** What was measured of models: sums by the hour, and how each share of each model drifts. */
import { newDrift, type DriftState } from '../../shared/domain/model/quality/drift.ts';
import { isMeasureName, type MeasureName, type QualityRow } from '../../shared/domain/model/quality/measures.ts';
import type { QualityQuery } from '../../shared/rpc/workspace-quality.ts';
import { statement, type Storage } from '../platform/index.ts';

/** For the migrations of the workspace. */
export const qualityTables = `
  CREATE TABLE model_quality (
    hour INTEGER NOT NULL,
    model TEXT NOT NULL,
    role TEXT NOT NULL,
    task_kind TEXT NOT NULL,
    measure TEXT NOT NULL,
    trials INTEGER NOT NULL,
    total REAL NOT NULL,
    PRIMARY KEY (hour, model, role, task_kind, measure)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE model_drift (
    model TEXT NOT NULL,
    measure TEXT NOT NULL,
    state TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (model, measure)
  ) STRICT, WITHOUT ROWID;
`;

/** How long the sums are kept, in milliseconds. */
const keptMs = 90 * 86_400_000;
/** Names of models are the callers' own: beyond these numbers new ones are not kept. */
const maxRowsOfHour = 5_000;
const maxDrifts = 5_000;
const maxParts = 200;

type Key = [hour: number, model: string, role: string, taskKind: string, measure: string];

const add = statement<[...Key, trials: number, total: number]>`
  INSERT INTO model_quality VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET trials = trials + excluded.trials, total = total + excluded.total`;
const isThere = statement<Key, { there: number }>`
  SELECT 1 AS there FROM model_quality WHERE hour = ? AND model = ? AND role = ? AND task_kind = ? AND measure = ?`;
const countHour = statement<[hour: number], { count: number }>`
  SELECT COUNT(*) AS count FROM model_quality WHERE hour = ?`;
const prune = statement<[before: number]>`DELETE FROM model_quality WHERE hour < ?`;
const selectModels = statement<
  [since: number, after: string, role: string | null, taskKind: string | null, model: string | null, limit: number],
  { model: string }
>`
  SELECT DISTINCT model FROM model_quality
  WHERE hour >= ?1 AND model > ?2 AND role = ifnull(?3, role) AND task_kind = ifnull(?4, task_kind)
    AND model = ifnull(?5, model) ORDER BY model LIMIT ?6`;
const selectSums = statement<
  [since: number, model: string, role: string | null, taskKind: string | null],
  { role: string; task_kind: string; measure: string; trials: number; total: number }
>`
  SELECT role, task_kind, measure, SUM(trials) AS trials, SUM(total) AS total FROM model_quality
  WHERE hour >= ?1 AND model = ?2 AND role = ifnull(?3, role) AND task_kind = ifnull(?4, task_kind)
  GROUP BY role, task_kind, measure ORDER BY role, task_kind, measure`;
const selectDrift = statement<[model: string, measure: string], { state: string }>`
  SELECT state FROM model_drift WHERE model = ? AND measure = ?`;
const selectDrifts = statement<[], { model: string; measure: string; state: string; updated_at: number }>`
  SELECT model, measure, state, updated_at FROM model_drift ORDER BY model, measure`;
const countDrifts = statement<[], { count: number }>`SELECT COUNT(*) AS count FROM model_drift`;
const upsertDrift = statement<[model: string, measure: string, state: string, updatedAt: number]>`
  INSERT INTO model_drift VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at`;

const hourMs = 3_600_000;

const hourOf = (timeMs: number): number => Math.floor(timeMs / hourMs) * hourMs;

// SAFETY: the column is written only by `putDrift`.
const parseDrift = (text: string): DriftState => JSON.parse(text) as DriftState;

export interface StoredDrift {
  readonly model: string;
  readonly measure: MeasureName;
  readonly state: DriftState;
  /** Of the last trial. */
  readonly at: number;
}

export class QualityTable {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Adds to the sums of this hour. Inside a transaction. */
  add({ model, role, taskKind, measure, trials, total }: QualityRow, now: number): void {
    const storage = this.#storage;
    storage.requireTransaction('QualityTable.add');
    const hour = hourOf(now);
    const key: Key = [hour, model, role, taskKind, measure];
    if (storage.first(isThere, ...key) === undefined) {
      const rows = storage.first(countHour, hour)?.count ?? 0;
      if (rows >= maxRowsOfHour) return;
      if (rows === 0) storage.run(prune, hourOf(now - keptMs));
    }
    storage.run(add, ...key, trials, total);
  }

  /** The names of the models that were measured, in their order. */
  models({ model, role, taskKind, since }: QualityQuery, after: string, limit: number): readonly string[] {
    return this.#storage
      .all(selectModels, hourOf(since), after, role ?? null, taskKind ?? null, model ?? null, limit)
      .map((row) => row.model);
  }

  /** The sums of one model by role, kind of task and measure. */
  sums(model: string, { role, taskKind, since }: QualityQuery): readonly QualityRow[] {
    return this.#storage
      .all(selectSums, hourOf(since), model, role ?? null, taskKind ?? null)
      .slice(0, maxParts * 20)
      .flatMap(({ measure, role: of, task_kind: kind, trials, total }) =>
        isMeasureName(measure) ? [{ model, role: of, taskKind: kind, measure, trials, total }] : [],
      );
  }

  /** Undefined for one more than can be kept. */
  drift(model: string, measure: MeasureName): DriftState | undefined {
    const row = this.#storage.first(selectDrift, model, measure);
    if (row !== undefined) return parseDrift(row.state);
    return (this.#storage.first(countDrifts)?.count ?? 0) < maxDrifts ? newDrift : undefined;
  }

  drifts(): readonly StoredDrift[] {
    return this.#storage
      .all(selectDrifts)
      .flatMap(({ model, measure, state, updated_at: at }) =>
        isMeasureName(measure) ? [{ model, measure, state: parseDrift(state), at }] : [],
      );
  }

  /** Inside a transaction. */
  putDrift(model: string, measure: MeasureName, state: DriftState, now: number): void {
    this.#storage.run(upsertDrift, model, measure, JSON.stringify(state), now);
  }
}
