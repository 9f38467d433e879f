/**
 * Counts on their way to the workspace. Agents and projects tell totals since their beginning, which only grow: taking
 * the larger of each is harmless however often and in which order they arrive, and what is new in them is counted once.
 * Isolates tell rows, in numbered batches.
 */
import { rowsOf, type QualityCount, type QualityCounts, type QualityRow, type QualityScope } from './measures.ts';

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

/** Sums rows until they are told. */
export class QualitySums {
  readonly #rows = new Map<string, QualityRow>();

  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  add(scope: QualityScope, counts: QualityCounts): void {
    for (const row of rowsOf(scope, counts)) {
      const key = keyOf(row);
      const known = this.#rows.get(key);
      if (known !== undefined || this.#rows.size < maxRows) {
        this.#rows.set(key, known === undefined ? row : { ...row, ...plus(known, row) });
      }
    }
  }

  /** All rows, which are then gone from here. */
  drain(): readonly QualityRow[] {
    const rows = [...this.#rows.values()];
    this.#rows.clear();
    return rows;
  }
}
