import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { benchRule, compareAll, comparePairs, type Pair } from './compare-pairs.ts';
import { createRandom, noises, simulatePairs, type Noise } from './noise.ts';
import { chanceOfHigher, criticalSum, estimateShift } from './signed-rank.ts';

describe('the signed-rank test', () => {
  // Wilcoxon and Wilcox, "Some Rapid Approximate Statistical Procedures" (1964), as in every textbook since.
  it.each([
    [5, 0, undefined],
    [6, 2, 0],
    [7, 3, 2],
    [8, 5, 3],
    [9, 8, 5],
    [10, 10, 8],
    [11, 13, 10],
    [12, 17, 13],
    [13, 21, 17],
    [14, 25, 21],
    [15, 30, 25],
    [16, 35, 29],
    [17, 41, 34],
    [18, 47, 40],
    [19, 53, 46],
    [20, 60, 52],
    [25, 100, 89],
  ])('has the critical values of the published table for %i pairs', (pairs, oneSided, twoSided) => {
    expect(criticalSum(pairs, 0.05)).toBe(oneSided);
    expect(criticalSum(pairs, 0.025)).toBe(twoSided);
  });

  it('is exact: all of n differences positive has the chance 1 / 2^n', () => {
    for (let pairs = 1; pairs <= 20; pairs += 1) {
      const differences = Array.from({ length: pairs }, (_, index) => index + 1);
      expect(chanceOfHigher(differences)).toBeCloseTo(0.5 ** pairs, 12);
    }
    expect(chanceOfHigher([])).toBe(1);
    expect(chanceOfHigher([0, 0])).toBe(1);
  });

  it('agrees with counting all signs, also with ties', () => {
    const small = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(small, (differences) => {
        const sizes = differences.filter((each) => each !== 0).map(Math.abs);
        const ranks = sizes.map((size) => {
          const lower = sizes.filter((other) => other < size).length;
          return lower + (sizes.filter((other) => other === size).length + 1) / 2;
        });
        const sumOf = (isPositive: (at: number) => boolean): number =>
          ranks.reduce((sum, rank, at) => sum + (isPositive(at) ? rank : 0), 0);
        const signs = differences.filter((each) => each !== 0).map((each) => each > 0);
        const found = sumOf((at) => signs[at] === true);
        let higher = 0;
        for (let mask = 0; mask < 2 ** ranks.length; mask += 1)
          if (sumOf((at) => (mask & (1 << at)) !== 0) >= found) higher += 1;
        expect(chanceOfHigher(differences)).toBeCloseTo(higher / 2 ** ranks.length, 10);
      }),
    );
  });

  it('estimates a shift with bounds around it', () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect(estimateShift(values, 0.05)).toEqual({ middle: 5.5, low: 3.5, high: 7.5 });
    expect(estimateShift([3], 0.05)).toEqual({
      middle: 3,
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
    });
  });
});

const pairsOf = (ratio: number, count: number): readonly Pair[] =>
  Array.from({ length: count }, (_, index): Pair => [100 + index, (100 + index) * ratio * (1 + 0.001 * (index % 3))]);

describe('the verdict about a benchmark', () => {
  it('needs more than growth: it has to be more than what matters', () => {
    expect(comparePairs(pairsOf(1.3, 20), benchRule)).toMatchObject({ verdict: 'slower', pairs: 20 });
    expect(comparePairs(pairsOf(1.02, 20), benchRule).verdict).toBe('not_slower');
    expect(comparePairs(pairsOf(0.5, 20), benchRule).verdict).toBe('not_slower');
    expect(comparePairs(pairsOf(1.3, 3), benchRule).verdict).toBe('undecided');
    expect(
      comparePairs(
        [
          [0, 1],
          [Number.NaN, 1],
        ],
        benchRule,
      ),
    ).toMatchObject({ verdict: 'undecided', pairs: 0 });
  });

  it('one of many has to be clearer', () => {
    const barely = { name: 'barely', pairs: pairsOf(1.3, 5) };
    expect(compareAll([barely], benchRule)[0]?.verdict).toBe('slower');
    const others = Array.from({ length: 5 }, (_, index) => ({ name: `same ${index}`, pairs: pairsOf(1, 20) }));
    expect(compareAll([barely, ...others], benchRule).map(({ verdict }) => verdict)).toEqual([
      'undecided',
      ...others.map(() => 'not_slower'),
    ]);
  });

  const share = (noise: Noise, ratio: number, verdict: string): number => {
    const random = createRandom(7);
    const runs = 300;
    let count = 0;
    for (let run = 0; run < runs; run += 1)
      if (comparePairs(simulatePairs(noise, ratio, 20, random), benchRule).verdict === verdict) count += 1;
    return count / runs;
  };

  it.each(noises)('under the noise "%s": alarms for nothing are rare, growth by a quarter is seen', (noise) => {
    expect(share(noise, 1, 'slower')).toBeLessThanOrEqual(0.01);
    expect(share(noise, 1 + benchRule.smallestEffect, 'slower')).toBeLessThanOrEqual(0.08);
    expect(share(noise, 1.25, 'slower')).toBeGreaterThan(0.9);
  });
});
