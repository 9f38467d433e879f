/**
 * Fisher's exact test for two shares, one-sided (R. A. Fisher, "On the interpretation of χ² from contingency tables, and
 * the calculation of P", Journal of the Royal Statistical Society 85, 1922; the sum of hypergeometric probabilities as in
 * https://en.wikipedia.org/wiki/Fisher%27s_exact_test). It holds for samples of any size, and is never more eager than
 * its level says.
 */

export interface Sample {
  readonly trials: number;
  readonly misses: number;
}

const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/** ln n!, by Stirling's series (https://dlmf.nist.gov/5.11#E1) with an error below 1e-12 from 15 on. */
const logFactorial = (count: number): number => {
  if (count < 15) {
    let product = 1;
    for (let factor = 2; factor <= count; factor += 1) product *= factor;
    return Math.log(product);
  }
  const x = count + 1;
  const series = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1_260 * x ** 5) - 1 / (1_680 * x ** 7);
  return (x - 0.5) * Math.log(x) - x + halfLogTwoPi + series;
};

const logChoose = (from: number, count: number): number =>
  logFactorial(from) - logFactorial(count) - logFactorial(from - count);

/**
 * How likely it is, if both samples are of one kind, that as many or more of all the misses fall into `recent`. Whole
 * numbers; misses are at most the trials.
 */
export const chanceOfAsManyMisses = (recent: Sample, baseline: Sample): number => {
  const trials = recent.trials + baseline.trials;
  const misses = recent.misses + baseline.misses;
  const most = Math.min(recent.trials, misses);
  const all = logChoose(trials, misses);
  let chance = 0;
  for (let count = recent.misses; count <= most; count += 1) {
    if (misses - count > baseline.trials) continue;
    chance += Math.exp(logChoose(recent.trials, count) + logChoose(baseline.trials, misses - count) - all);
  }
  return Math.min(1, chance);
};
