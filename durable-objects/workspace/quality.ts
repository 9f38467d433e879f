/**
 * The quality of the models as this workspace knows it: the one writer of what isolates, projects and people tell.
 * Isolates tell each batch once; projects tell totals, of which only the growth is new.
 */
import { acceptDrift, noteTrials, recentOf, type DriftChange } from '../../shared/domain/model/quality/drift.ts';
import { qualityFactor } from '../../shared/domain/model/quality/measured-quality.ts';
import { measures, type QualityCounts, type QualityRow } from '../../shared/domain/model/quality/measures.ts';
import { addCounts, growthOf, mergeTotals, type QualityTotals } from '../../shared/domain/model/quality/totals.ts';
import type { ProjectId } from '../../shared/domain/ids.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { AnsweredCall } from '../../shared/rpc/workspace-calls.ts';
import type {
  Feedback,
  ModelQuality,
  ModelQualityDetail,
  QualityAlarm,
  WorkspaceQuality,
} from '../../shared/rpc/workspace-quality.ts';
import { BudgetAccounts } from '../budget-accounts.ts';
import type { Storage } from '../platform/index.ts';
import { AlarmTable } from './alarm-table.ts';
import { FeedbackTable } from './feedback-table.ts';
import { QualityTable } from './quality-table.ts';

export interface QualityDeskParts {
  readonly storage: Storage;
  readonly ids: Ids;
  readonly now: () => number;
  /** Writes the log's line of an alarm that was raised or closed. */
  readonly report: (status: 'raised' | 'closed', model: string, cause: string) => void;
}

type Query<Method extends keyof WorkspaceQuality> = Parameters<WorkspaceQuality[Method]>[0];

const nothingMeasured = err({
  type: 'resource.not_found',
  detail: 'Nothing was measured of this model in that time. The list of all: GET /api/models/quality.',
} as const);
const noSuchAlarm = err({ type: 'resource.not_found', detail: 'There is no such alarm.' } as const);
const noSuchAnswer = err({
  type: 'resource.not_found',
  detail:
    'There is no answer of this id, or it is older than seven days. An answer can be rated about a second after its end, by its own id or by its x-request-id.',
} as const);
const alreadyRated = err({
  type: 'resource.conflict',
  detail: 'You have rated this already; a rating stands.',
} as const);

const percent = (misses: number, trials: number): string => `${Math.round((100 * misses) / Math.max(1, trials))} %`;

const describe = (measure: QualityRow['measure'], { recent, baseline }: DriftChange): string =>
  `${measures[measure].title}: ${percent(recent.misses, recent.trials)} of the last ${recent.trials}, ${percent(baseline.misses, baseline.trials)} of ${Math.round(baseline.trials)} before.`;

const countsOf = (rows: readonly QualityRow[]): QualityCounts => {
  const one = { model: '', role: '', taskKind: '' };
  let totals: QualityTotals = {};
  for (const { measure, trials, total } of rows) totals = addCounts(totals, one, { [measure]: { trials, total } });
  return Object.fromEntries(Object.values(totals).map(({ measure, trials, total }) => [measure, { trials, total }]));
};

/** How long the factors are taken as they were computed: they fade by days. */
const factorsMs = 600_000;

export class QualityDesk {
  readonly #parts: QualityDeskParts;
  readonly #table: QualityTable;
  readonly #alarms: AlarmTable;
  readonly #feedback: FeedbackTable;
  readonly #projects: BudgetAccounts<{ readonly totals: QualityTotals }>;
  #factors: { readonly at: number; readonly byModel: Record<string, number> } | undefined;

  constructor(parts: QualityDeskParts) {
    const { storage } = parts;
    this.#parts = parts;
    this.#table = new QualityTable(storage);
    this.#alarms = new AlarmTable(storage);
    this.#feedback = new FeedbackTable(storage);
    this.#projects = new BudgetAccounts(storage, 'project_quality', { totals: {} });
  }

  /** Takes a batch of an isolate. Inside a transaction. */
  takeBatch(rows: readonly QualityRow[], answers: readonly AnsweredCall[]): void {
    for (const row of rows) this.#count(row);
    this.#feedback.noteAnswers(answers, this.#parts.now());
  }

  /** Takes what a project has told since its beginning. Inside a transaction. */
  takeTotals(projectId: ProjectId, told: QualityTotals): void {
    const { totals } = this.#projects.get(projectId);
    const merged = mergeTotals(totals, told);
    const growth = growthOf(totals, merged);
    if (growth.length === 0) return;
    for (const row of growth) this.#count(row);
    this.#projects.put({ totals: merged }, projectId);
  }

  /** By model, what selection multiplies the quality of benchmarks with. */
  factors(): Readonly<Record<string, number>> {
    const now = this.#parts.now();
    if (this.#factors === undefined || this.#factors.at + factorsMs < now) {
      const byModel = Map.groupBy(this.#table.drifts(), ({ model }) => model);
      const factors = [...byModel].map(([model, drifts]) => {
        const measured = drifts.map(({ measure, state, at }) => ({ measure, recent: recentOf(state), at }));
        return [model, Math.round(qualityFactor(measured, now) * 1_000) / 1_000] as const;
      });
      this.#factors = { at: now, byModel: Object.fromEntries(factors) };
    }
    return this.#factors.byModel;
  }

  list({ after, limit, ...query }: Query<'modelQuality'>): Awaited<ReturnType<WorkspaceQuality['modelQuality']>> {
    const names = this.#table.models(query, after, limit + 1);
    const shown = names.slice(0, limit);
    const standing = this.#alarms.standing();
    const models = shown.map((model): ModelQuality => this.#view(model, this.#table.sums(model, query), standing));
    const next = names.length > limit ? shown.at(-1) : undefined;
    return ok({ since: query.since, models, ...(next === undefined ? {} : { next }) });
  }

  detail(query: Query<'modelQualityOf'>): Result<ModelQualityDetail> {
    const { model, since } = query;
    const rows = this.#table.sums(model, query);
    const drifts = this.#table.drifts().filter((drift) => drift.model === model);
    if (rows.length === 0 && drifts.length === 0) return nothingMeasured;
    const parts = Map.groupBy(rows, ({ role, taskKind }) => JSON.stringify([role, taskKind]));
    return ok({
      ...this.#view(model, rows, this.#alarms.standing()),
      since,
      parts: [...parts.values()].slice(0, 200).flatMap((own) => {
        const [first] = own;
        return first === undefined ? [] : [{ role: first.role, taskKind: first.taskKind, counts: countsOf(own) }];
      }),
      drift: drifts.map(({ measure, state }) => ({ measure, recent: recentOf(state), baseline: state.baseline })),
    });
  }

  alarms(query: Query<'qualityAlarms'>): readonly QualityAlarm[] {
    return this.#alarms.list(query);
  }

  /** Inside a transaction. */
  acknowledge({ alarmId, by, note, accept }: Query<'acknowledgeAlarm'>): Result<QualityAlarm> {
    const now = this.#parts.now();
    const alarm = this.#alarms.find(alarmId);
    if (alarm === undefined) return noSuchAlarm;
    this.#alarms.acknowledge(alarmId, by, note, now);
    const measure = Object.keys(measures).find((name) => name === alarm.measure);
    if (accept && alarm.status !== 'closed' && measure !== undefined) {
      // SAFETY: a key of the table of measures.
      const name = measure as QualityRow['measure'];
      const drift = this.#table.drift(alarm.model, name);
      if (drift !== undefined) this.#table.putDrift(alarm.model, name, acceptDrift(drift), now);
      this.#alarms.close(alarm.model, name, 'person', now);
    }
    const changed = this.#alarms.find(alarmId);
    return changed === undefined ? noSuchAlarm : ok(changed);
  }

  /** Inside a transaction. */
  rate({ subject, rating, comment, by }: Query<'giveFeedback'>): Result<Feedback> {
    const at = this.#parts.now();
    const answered = subject.type === 'answer' ? this.#feedback.findAnswer(subject.responseId, at) : undefined;
    const scopes = subject.type === 'work' ? subject.scopes : answered === undefined ? [] : [answered];
    if (scopes.length === 0) return noSuchAnswer;
    const work = subject.type === 'work' ? [subject.projectId, subject.taskId] : [];
    const feedback: Feedback = {
      feedbackId: this.#parts.ids.create('fbk'),
      subject: subject.type === 'answer' ? subject.responseId : work.filter((part) => part !== undefined).join('/'),
      rating,
      models: [...new Set(scopes.map(({ model }) => model))],
      by,
      at,
      ...(comment === undefined ? {} : { comment }),
    };
    if (!this.#feedback.add(feedback)) return alreadyRated;
    for (const scope of scopes) this.#count({ ...scope, measure: 'feedback', trials: 1, total: 1 - rating });
    return ok(feedback);
  }

  feedback({ after, limit }: Query<'feedback'>): readonly Feedback[] {
    return this.#feedback.list(after, limit);
  }

  #view(model: string, rows: readonly QualityRow[], standing: ReadonlyMap<string, readonly string[]>): ModelQuality {
    return { model, counts: countsOf(rows), factor: this.factors()[model] ?? 1, alarms: standing.get(model) ?? [] };
  }

  /** Counts what is new, and looks whether the model drifts. */
  #count(row: QualityRow): void {
    const { now } = this.#parts;
    const { model, measure, trials, total } = row;
    this.#table.add(row, now());
    if (measures[measure].kind !== 'share') return;
    const before = this.#table.drift(model, measure);
    if (before === undefined) return;
    const { state, change } = noteTrials(before, { trials, misses: Math.min(trials, total) });
    this.#table.putDrift(model, measure, state, now());
    this.#factors = undefined;
    if (change !== undefined) this.#note(model, measure, change);
  }

  #note(model: string, measure: QualityRow['measure'], change: DriftChange): void {
    const { ids, now, report } = this.#parts;
    if (change.type === 'raised') this.#alarms.raise(ids.create('alm'), model, measure, change, now());
    else this.#alarms.update(model, measure, change, now());
    if (change.type === 'closed') this.#alarms.close(model, measure, 'figures', now());
    if (change.type !== 'updated') report(change.type, model, describe(measure, change));
  }
}
