/** Alarms about models that became worse. At most one stands for each model and measure. */
import type { DriftFigures } from '../../shared/domain/model/quality/drift.ts';
import type { MeasureName } from '../../shared/domain/model/quality/measures.ts';
import type { AlarmQuery, QualityAlarm } from '../../shared/rpc/workspace-quality.ts';
import { statement, type Storage } from '../platform/index.ts';

/** For the migrations of the workspace. */
export const alarmTable = `
  CREATE TABLE quality_alarm (
    id TEXT NOT NULL PRIMARY KEY,
    model TEXT NOT NULL,
    measure TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    baseline_trials REAL NOT NULL,
    baseline_misses REAL NOT NULL,
    recent_trials REAL NOT NULL,
    recent_misses REAL NOT NULL,
    chance REAL NOT NULL,
    acknowledged_at INTEGER,
    acknowledged_by TEXT,
    note TEXT,
    closed_at INTEGER,
    closed_by TEXT
  ) STRICT;
  CREATE UNIQUE INDEX standing_quality_alarm ON quality_alarm (model, measure) WHERE closed_at IS NULL;
`;

type AlarmRow = {
  id: string;
  model: string;
  measure: string;
  raised_at: number;
  updated_at: number;
  baseline_trials: number;
  baseline_misses: number;
  recent_trials: number;
  recent_misses: number;
  chance: number;
  acknowledged_at: number | null;
  acknowledged_by: string | null;
  note: string | null;
  closed_at: number | null;
  closed_by: string | null;
};

const insert = statement<
  [
    id: string,
    model: string,
    measure: string,
    raisedAt: number,
    updatedAt: number,
    baselineTrials: number,
    baselineMisses: number,
    recentTrials: number,
    recentMisses: number,
    chance: number,
  ]
>`
  INSERT INTO quality_alarm (id, model, measure, raised_at, updated_at, baseline_trials, baseline_misses,
    recent_trials, recent_misses, chance) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const update = statement<[recentTrials: number, recentMisses: number, at: number, model: string, measure: string]>`
  UPDATE quality_alarm SET recent_trials = ?, recent_misses = ?, updated_at = ?
  WHERE model = ? AND measure = ? AND closed_at IS NULL`;
const close = statement<[at: number, by: string, model: string, measure: string]>`
  UPDATE quality_alarm SET closed_at = ?, closed_by = ? WHERE model = ? AND measure = ? AND closed_at IS NULL`;
const acknowledge = statement<[at: number, by: string, note: string | null, id: string]>`
  UPDATE quality_alarm SET acknowledged_at = ifnull(acknowledged_at, ?), acknowledged_by = ifnull(acknowledged_by, ?),
    note = ifnull(?, note) WHERE id = ?`;
const select = statement<[id: string], AlarmRow>`SELECT * FROM quality_alarm WHERE id = ?`;
const selectPage = statement<[status: string, after: string, limit: number], AlarmRow>`
  SELECT * FROM quality_alarm
  WHERE CASE ?1 WHEN 'standing' THEN closed_at IS NULL WHEN 'closed' THEN closed_at IS NOT NULL ELSE 1 END AND id < ?2
  ORDER BY id DESC LIMIT ?3`;
const selectStanding = statement<[], { model: string; measure: string }>`
  SELECT model, measure FROM quality_alarm WHERE closed_at IS NULL ORDER BY model, measure`;
const forgetOld = statement<[keep: number]>`
  DELETE FROM quality_alarm WHERE closed_at IS NOT NULL
    AND id NOT IN (SELECT id FROM quality_alarm ORDER BY id DESC LIMIT ?)`;

/** Closed ones beyond this many are forgotten. */
const maxAlarms = 1_000;

/** Sorts after every id. */
const newest = '~';

const toAlarm = (row: AlarmRow): QualityAlarm => ({
  alarmId: row.id,
  model: row.model,
  measure: row.measure,
  status: row.closed_at !== null ? 'closed' : row.acknowledged_at !== null ? 'acknowledged' : 'open',
  raisedAt: row.raised_at,
  updatedAt: row.updated_at,
  baseline: { trials: row.baseline_trials, misses: row.baseline_misses },
  recent: { trials: row.recent_trials, misses: row.recent_misses },
  chance: row.chance,
  ...(row.acknowledged_at === null ? {} : { acknowledgedAt: row.acknowledged_at }),
  ...(row.acknowledged_by === null ? {} : { acknowledgedBy: row.acknowledged_by }),
  ...(row.note === null ? {} : { note: row.note }),
  ...(row.closed_at === null ? {} : { closedAt: row.closed_at }),
  ...(row.closed_by === null ? {} : { closedBy: row.closed_by === 'person' ? 'person' : 'figures' }),
});

export class AlarmTable {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Inside a transaction, as all that changes something here. */
  raise(id: string, model: string, measure: MeasureName, figures: DriftFigures, now: number): void {
    const { baseline, recent, chance } = figures;
    this.#storage.run(
      insert,
      id,
      model,
      measure,
      now,
      now,
      baseline.trials,
      baseline.misses,
      recent.trials,
      recent.misses,
      chance,
    );
    this.#storage.run(forgetOld, maxAlarms);
  }

  /** What came since. The chance stays that of the figures that raised it. */
  update(model: string, measure: MeasureName, { recent }: DriftFigures, now: number): void {
    this.#storage.run(update, recent.trials, recent.misses, now, model, measure);
  }

  close(model: string, measure: string, by: 'figures' | 'person', now: number): void {
    this.#storage.run(close, now, by, model, measure);
  }

  acknowledge(id: string, by: string, note: string | undefined, now: number): void {
    this.#storage.run(acknowledge, now, by, note ?? null, id);
  }

  find(id: string): QualityAlarm | undefined {
    const row = this.#storage.first(select, id);
    return row === undefined ? undefined : toAlarm(row);
  }

  /** Newest first. */
  list({ status, after = newest, limit }: AlarmQuery): readonly QualityAlarm[] {
    return this.#storage.all(selectPage, status, after, limit).map(toAlarm);
  }

  /** The measures for which an alarm stands, by model. */
  standing(): ReadonlyMap<string, readonly string[]> {
    const byModel = new Map<string, string[]>();
    for (const { model, measure } of this.#storage.all(selectStanding)) {
      byModel.set(model, [...(byModel.get(model) ?? []), measure]);
    }
    return byModel;
  }
}
