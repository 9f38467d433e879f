/** How far the verdicts of performance tests can be trusted: how often they are wrong under four sorts of noise. */
import { benchRule, comparePairs } from '../../shared/domain/quality/performance/compare-pairs.ts';
import { createRandom, noises, simulatePairs, type Noise } from '../../shared/domain/quality/performance/noise.ts';

const runs = 2_000;
const pairs = 20;
/** Time of the change against the time before. */
const ratios = [1, 1.05, 1.1, 1.15, 1.25, 1.5] as const;

interface Shares {
  readonly slower: number;
  readonly notSlower: number;
  readonly undecided: number;
}

/** The shares of the verdicts over many runs; the same ones each time. */
const simulate = (noise: Noise, ratio: number): Shares => {
  const random = createRandom(20_261_127);
  const counts = { slower: 0, not_slower: 0, undecided: 0 };
  for (let run = 0; run < runs; run += 1)
    counts[comparePairs(simulatePairs(noise, ratio, pairs, random), benchRule).verdict] += 1;
  return { slower: counts.slower / runs, notSlower: counts.not_slower / runs, undecided: counts.undecided / runs };
};

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`.padStart(7);

export const measurePerformance = async (tell: (line: string) => void): Promise<object> => {
  const found: Record<string, Record<string, Shares>> = {};
  tell(`verdicts of ${runs} simulated runs of ${pairs} pairs; what matters is ${benchRule.smallestEffect * 100} %`);
  for (const noise of noises) {
    const row: Record<string, Shares> = {};
    for (const ratio of ratios) {
      const shares = simulate(noise, ratio);
      row[String(ratio)] = shares;
      tell(
        `  ${noise.padEnd(9)} time × ${ratio.toFixed(2)}: slower ${percent(shares.slower)}, not slower ${percent(shares.notSlower)}, undecided ${percent(shares.undecided)}`,
      );
    }
    found[noise] = row;
  }
  return { runs, pairs, rule: benchRule, shares: found };
};
