/**
 * The verdict about one benchmark from pairs of times that were taken side by side. Two one-sided tests against the
 * smallest effect that matters: `slower` when it is shown that the time grew by more, `not_slower` when it is shown
 * that it grew by less, `undecided` when the pairs show neither. So noise ends as undecided and not as an alarm.
 */
import { chanceOfHigher, estimateShift } from './signed-rank.ts';

/** Times of the version before and of the change, taken one right after the other, in the same unit. */
export type Pair = readonly [before: number, change: number];

export const performanceVerdicts = ['slower', 'not_slower', 'undecided'] as const;
export type PerformanceVerdict = (typeof performanceVerdicts)[number];

export interface Comparison {
  readonly verdict: PerformanceVerdict;
  readonly pairs: number;
  /** Time of the change as a share of the time before: 1.1 takes a tenth longer. */
  readonly ratio: number;
  /** The ratio lies between them, but for twice `level`. */
  readonly low: number;
  readonly high: number;
  /** The chance of such pairs if the change were slower by no more than what matters. */
  readonly chance: number;
}

export interface Rule {
  /** Growth that matters: 0.05 is a twentieth. */
  readonly smallestEffect: number;
  /** How often a verdict may be wrong, for each side. */
  readonly level: number;
}

/** For benchmarks in isolates, and for answers under load, which are noisier. */
export const benchRule: Rule = { smallestEffect: 0.05, level: 0.05 };
export const loadRule: Rule = { smallestEffect: 0.1, level: 0.05 };

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

const isUsable = ([before, change]: Pair): boolean =>
  before > 0 && change > 0 && Number.isFinite(before) && Number.isFinite(change);

/** Pairs that are no times are left out. */
export const comparePairs = (pairs: readonly Pair[], rule: Rule): Comparison => {
  const logs = pairs.filter(isUsable).map(([before, change]) => Math.log(change / before));
  const bound = Math.log(1 + rule.smallestEffect);
  const chance = chanceOfHigher(logs.map((log) => log - bound));
  const chanceNot = chanceOfHigher(logs.map((log) => bound - log));
  const { middle, low, high } = estimateShift(logs, rule.level);
  return {
    verdict: chance <= rule.level ? 'slower' : chanceNot <= rule.level ? 'not_slower' : 'undecided',
    pairs: logs.length,
    ratio: rounded(Math.exp(middle)),
    low: rounded(Math.exp(low)),
    high: rounded(Math.exp(high)),
    chance,
  };
};

/**
 * Several comparisons with one level for all of them together (Holm, "A Simple Sequentially Rejective Multiple Test
 * Procedure", 1979): a benchmark that was slower by itself may be undecided among many.
 */
export const compareAll = <Name>(
  named: readonly { readonly name: Name; readonly pairs: readonly Pair[] }[],
  rule: Rule,
): readonly (Comparison & { readonly name: Name })[] => {
  const compared = named.map(({ name, pairs }) => ({ name, ...comparePairs(pairs, rule) }));
  const ordered = compared.toSorted((left, right) => left.chance - right.chance);
  const firstKept = ordered.findIndex(({ chance }, at) => chance > rule.level / (ordered.length - at));
  const slower = new Set(firstKept === -1 ? ordered : ordered.slice(0, firstKept));
  return compared.map((each) =>
    each.verdict === 'slower' && !slower.has(each) ? { ...each, verdict: 'undecided' } : each,
  );
};
