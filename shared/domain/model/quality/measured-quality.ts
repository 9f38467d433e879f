/**
 * What was measured of a model, as one factor on what benchmarks let expect of it: 1 for a model that does as expected or
 * that nobody has measured, less for one that does worse. Each share counts as the mean of a beta distribution with the
 * share's prior (https://en.wikipedia.org/wiki/Beta_distribution#Bayesian_inference): few trials move it little.
 */
import { shares, type MeasureName } from './measures.ts';
import type { Sample } from './fisher.ts';

/** So many imagined trials stand for the prior. */
const priorTrials = 20;
/** What was measured counts half after so long without a trial: the model may be another one by now. */
const halfLifeMs = 7 * 86_400_000;
const lowest = 0.02;
const highest = 1.25;

export interface MeasuredShare {
  readonly measure: MeasureName;
  readonly recent: Sample;
  /** Of the last trial, milliseconds since the epoch. */
  readonly at: number;
}

const hitRatio = ({ measure, recent, at }: MeasuredShare, now: number): number => {
  const share = shares[measure];
  // Whether the provider answers at all is known better by whoever has just called it.
  if (share === undefined || share.about === 'service') return 1;
  const weight = 0.5 ** (Math.max(0, now - at) / halfLifeMs);
  const trials = recent.trials * weight;
  const missed = (recent.misses * weight + share.prior * priorTrials) / (trials + priorTrials);
  return (1 - missed) / (1 - share.prior);
};

/** From 0.02 to 1.25: the product over all shares of hits measured by hits expected. */
export const qualityFactor = (measured: readonly MeasuredShare[], now: number): number =>
  Math.min(
    highest,
    Math.max(
      lowest,
      measured.reduce((factor, share) => factor * hitRatio(share, now), 1),
    ),
  );

/** The quality that selection uses, from 0 to 100, out of that of benchmarks and the factor. */
export const measuredQuality = (benchmark: number, factor: number): number =>
  Math.round(Math.min(100, benchmark * factor));
