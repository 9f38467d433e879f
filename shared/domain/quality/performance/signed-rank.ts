/**
 * The signed-rank test of Wilcoxon ("Individual Comparisons by Ranking Methods", 1945) for paired values, exact by the
 * distribution of the rank sums, with mid-ranks for ties and without differences of zero. It asks nothing of the shape
 * of the noise but that it is symmetric, so one outlier counts as one pair and not by its size.
 */

/** More pairs than that would need large tables; runs take fewer. */
export const mostPairs = 200;

interface Ranked {
  /** Twice the sum of the ranks of the positive differences: mid-ranks are halves. */
  readonly doubledSum: number;
  /** Twice the rank of each difference. */
  readonly doubledRanks: readonly number[];
}

const rank = (differences: readonly number[]): Ranked => {
  const ordered = differences
    .filter((difference) => difference !== 0)
    .map((difference) => ({ size: Math.abs(difference), isPositive: difference > 0 }))
    .sort((left, right) => left.size - right.size);
  const doubledRanks: number[] = [];
  for (let from = 0; from < ordered.length;) {
    let to = from;
    while (to + 1 < ordered.length && ordered[to + 1]?.size === ordered[from]?.size) to += 1;
    for (let at = from; at <= to; at += 1) doubledRanks.push(from + to + 2);
    from = to + 1;
  }
  const doubledSum = ordered.reduce((sum, { isPositive }, at) => sum + (isPositive ? (doubledRanks[at] ?? 0) : 0), 0);
  return { doubledSum, doubledRanks };
};

/** How likely each (doubled) rank sum is when signs fall by chance. */
const distribution = (doubledRanks: readonly number[]): Float64Array => {
  const total = doubledRanks.reduce((sum, each) => sum + each, 0);
  const chances = new Float64Array(total + 1);
  chances[0] = 1;
  let reached = 0;
  for (const each of doubledRanks) {
    reached += each;
    for (let sum = reached; sum >= 0; sum -= 1)
      chances[sum] = ((chances[sum] ?? 0) + (sum >= each ? (chances[sum - each] ?? 0) : 0)) / 2;
  }
  return chances;
};

/**
 * The chance of a rank sum at least as high as the one found when the differences lie around zero: small when they are
 * mostly positive. 1 without a difference.
 */
export const chanceOfHigher = (differences: readonly number[]): number => {
  const { doubledSum, doubledRanks } = rank(differences.slice(0, mostPairs));
  const chances = distribution(doubledRanks);
  let chance = 0;
  for (let sum = doubledSum; sum < chances.length; sum += 1) chance += chances[sum] ?? 0;
  return Math.min(1, chance);
};

/** The highest rank sum W of n pairs without ties with P(rank sum ≤ W) ≤ chance; undefined when there is none. */
export const criticalSum = (pairs: number, chance: number): number | undefined => {
  const chances = distribution(Array.from({ length: pairs }, (_, index) => 2 * (index + 1)));
  let sum = 0;
  for (let doubled = 0; doubled < chances.length; doubled += 2) {
    sum += chances[doubled] ?? 0;
    if (sum > chance) return doubled === 0 ? undefined : doubled / 2 - 1;
  }
  return undefined;
};

/** The middle of all means of two differences (Hodges and Lehmann, 1963), and the bounds that belong to the test. */
export const estimateShift = (
  differences: readonly number[],
  chance: number,
): { readonly middle: number; readonly low: number; readonly high: number } => {
  const values = differences.slice(0, mostPairs);
  const means: number[] = [];
  for (const [at, value] of values.entries()) for (const other of values.slice(at)) means.push((value + other) / 2);
  means.sort((left, right) => left - right);
  const { length } = means;
  if (length === 0) return { middle: Number.NaN, low: Number.NaN, high: Number.NaN };
  const middle = ((means[Math.floor((length - 1) / 2)] ?? 0) + (means[Math.floor(length / 2)] ?? 0)) / 2;
  const cut = criticalSum(values.length, chance);
  return {
    middle,
    low: cut === undefined ? Number.NEGATIVE_INFINITY : (means[cut] ?? Number.NEGATIVE_INFINITY),
    high: cut === undefined ? Number.POSITIVE_INFINITY : (means[length - 1 - cut] ?? Number.POSITIVE_INFINITY),
  };
};
