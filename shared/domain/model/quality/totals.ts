/**
 * Counts on their way to the workspace. Agents and projects tell totals since their beginning, which only grow: taking
 * the larger of each is harmless however often and in which order they arrive, and what is new in them is counted once.
 * Isolates tell rows, in numbered batches.
 */
import {
  isMeasureName,
  rowsOf,
  type MeasureName,
  type QualityCount,
  type QualityCounts,
  type QualityRow,
  type QualityScope,
} from './measures.ts';

/** By scope and measure. */
export type QualityTotals = Readonly<Record<string, QualityRow>>;

const keyOf = ({ model, role, taskKind, measure }: QualityRow): string =>
  JSON.stringify([model, role, taskKind, measure]);

const nothing: QualityCount = { trials: 0, total: 0 };

const plus = (left: QualityCount, right: QualityCount): QualityCount => ({
  trials: left.trials + right.trials,
  total: left.total + right.total,
});

const addRow = (totals: QualityTotals, row: QualityRow): QualityTotals => {
  const key = keyOf(row);
  return { ...totals, [key]: { ...row, ...plus(totals[key] ?? nothing, row) } };
};

/** The totals with more counts. */
export const addCounts = (totals: QualityTotals, scope: QualityScope, counts: QualityCounts): QualityTotals =>
  rowsOf(scope, counts).reduce(addRow, totals);

export const sumTotals = (all: readonly QualityTotals[]): QualityTotals =>
  all.flatMap((totals) => Object.values(totals)).reduce(addRow, {});

/** The larger of each. */
export const mergeTotals = (known: QualityTotals, told: QualityTotals): QualityTotals => {
  const merged: Record<string, QualityRow> = { ...known };
  for (const [key, row] of Object.entries(told)) {
    const before = merged[key] ?? nothing;
    merged[key] = { ...row, trials: Math.max(before.trials, row.trials), total: Math.max(before.total, row.total) };
  }
  return merged;
};

/** What the later totals have more than the earlier ones. */
export const growthOf = (earlier: QualityTotals, later: QualityTotals): readonly QualityRow[] =>
  Object.entries(later).flatMap(([key, row]) => {
    const before = earlier[key] ?? nothing;
    const trials = row.trials - before.trials;
    const total = row.total - before.total;
    return trials > 0 || total > 0 ? [{ ...row, trials, total }] : [];
  });

/** Rows of one report; what is beyond is not counted, so that made-up names of models fill no memory. */
const maxRows = 1_000;

interface Sum {
  trials: number;
  total: number;
}

/** Sums counts until they are told. Changed in place: every call of a model adds to the same few of them. */
export class QualitySums {
  readonly #scopes = new Map<string, { readonly scope: QualityScope; readonly sums: Map<MeasureName, Sum> }>();
  #size = 0;

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  add(scope: QualityScope, counts: QualityCounts): void {
    const key = JSON.stringify([scope.model, scope.role, scope.taskKind]);
    let known = this.#scopes.get(key);
    if (known === undefined) {
      if (this.#size >= maxRows) return;
      known = { scope, sums: new Map() };
      this.#scopes.set(key, known);
    }
    for (const measure in counts) {
      if (!isMeasureName(measure)) continue;
      const { trials, total } = counts[measure] ?? nothing;
      const sum = known.sums.get(measure);
      if (sum !== undefined) {
        sum.trials += trials;
        sum.total += total;
      } else if (this.#size < maxRows) {
        known.sums.set(measure, { trials, total });
        this.#size += 1;
      }
    }
  }

  /** All rows, which are then gone from here. */
  drain(): readonly QualityRow[] {
    const rows = [...this.#scopes.values()].flatMap(({ scope, sums }) =>
      [...sums].map(([measure, sum]) => ({ ...scope, measure, ...sum })),
    );
    this.#scopes.clear();
    this.#size = 0;
    return rows;
  }
}
