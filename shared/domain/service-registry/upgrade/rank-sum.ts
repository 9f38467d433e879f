/**
 * The rank-sum test for two samples that were counted in the same ordered classes (Mann and Whitney, "On a test of whether
 * one of two random variables is stochastically larger than the other", Annals of Mathematical Statistics 18, 1947), with the
 * normal approximation, its correction for ties and for continuity
 * (https://en.wikipedia.org/wiki/Mann%E2%80%93Whitney_U_test). Only the order of the classes counts, so one very slow answer
 * weighs no more than a slow one.
 */

/** The upper tail of the normal distribution, by Abramowitz and Stegun, 7.1.26 (error below 1.5e-7). */
const upperTail = (z: number): number => {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const half = (series * Math.exp(-x * x)) / 2;
  return z >= 0 ? half : 1 - half;
};

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/**
 * The chance that values of one kind would come out as high as those of `first`, or higher, beside those of `second`: small
 * when `first` is the higher one. Whole counts by class, lowest class first. 1 when a sample is empty, or all is one class.
 */
export const chanceOfHigherRanks = (first: readonly number[], second: readonly number[]): number => {
  const [firstCount, secondCount] = [sum(first), sum(second)];
  const all = firstCount + secondCount;
  if (firstCount === 0 || secondCount === 0) return 1;
  let below = 0;
  let higher = 0;
  let ties = 0;
  for (let at = 0; at < Math.max(first.length, second.length); at += 1) {
    const [one, other] = [first[at] ?? 0, second[at] ?? 0];
    higher += one * (below + other / 2);
    below += other;
    ties += (one + other) ** 3 - (one + other);
  }
  const variance = ((firstCount * secondCount) / 12) * (all + 1 - ties / (all * Math.max(1, all - 1)));
  if (!(variance > 0)) return 1;
  return upperTail((higher - (firstCount * secondCount) / 2 - 0.5) / Math.sqrt(variance));
};
