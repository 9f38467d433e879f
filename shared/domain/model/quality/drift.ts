/**
 * Whether one share of one model has become worse. Trials gather in blocks; when a block is full, it alone and the latest
 * five together are each compared with all that came before them, by Fisher's exact test. Each block is tested once, so
 * that a model that does not change raises a false alarm for at most one block in a thousand, however often it is looked
 * at. While an alarm stands, nothing of what comes goes into the baseline; it ends by itself after two calm blocks.
 */
import { chanceOfAsManyMisses, type Sample } from './fisher.ts';

/** Trials that make a block. */
export const blockTrials = 20;
/** Blocks that are looked at together. */
export const recentBlocks = 5;
/** A baseline of fewer trials says nothing. */
export const minBaselineTrials = 40;
/** The chance of a false alarm of each of the two comparisons: a thousandth together. */
export const alarmLevel = 0.0005;
/** A rise by less than this is no reason to call anybody, however certain it is. */
export const minRise = 0.05;
/** A block that is as likely as this under the baseline is calm. */
const calmLevel = 0.05;
const calmBlocks = 2;
/** A baseline of more trials is halved, so that the old counts less and less. */
const maxBaselineTrials = 2_000;

/** Of one share of one model; plain JSON. */
export interface DriftState {
  /** Not full yet. Misses may be broken numbers. */
  readonly current: Sample;
  /** The latest full ones, newest last, at most five. */
  readonly blocks: readonly Sample[];
  /** All before them. */
  readonly baseline: Sample;
  /** Calm blocks in a row; absent while no alarm stands. */
  readonly calm?: number;
}

export interface DriftFigures {
  readonly recent: Sample;
  readonly baseline: Sample;
  /** How likely the recent figures are for a model that did not change. */
  readonly chance: number;
}

export type DriftChange = { readonly type: 'raised' | 'closed' | 'updated' } & DriftFigures;

const nothing: Sample = { trials: 0, misses: 0 };

export const newDrift: DriftState = { current: nothing, blocks: [], baseline: nothing };

export const isAlarmed = ({ calm }: DriftState): boolean => calm !== undefined;

const add = (left: Sample, right: Sample): Sample => ({
  trials: left.trials + right.trials,
  misses: left.misses + right.misses,
});

const sum = (samples: readonly Sample[]): Sample => samples.reduce(add, nothing);

export const shareOf = ({ trials, misses }: Sample): number => (trials === 0 ? 0 : misses / trials);

/** Whole misses, for the test: those of the recent down and those of the baseline up, so that rounding raises nothing. */
const compare = (recent: Sample, baseline: Sample): DriftFigures => ({
  recent,
  baseline,
  chance: chanceOfAsManyMisses(
    { trials: recent.trials, misses: Math.floor(recent.misses) },
    { trials: baseline.trials, misses: Math.min(baseline.trials, Math.ceil(baseline.misses)) },
  ),
});

const isWorse = ({ recent, baseline, chance }: DriftFigures): boolean =>
  baseline.trials >= minBaselineTrials && chance < alarmLevel && shareOf(recent) - shareOf(baseline) >= minRise;

const intoBaseline = (baseline: Sample, blocks: readonly Sample[]): Sample => {
  const all = add(baseline, sum(blocks));
  if (all.trials <= maxBaselineTrials) return all;
  const trials = Math.ceil(all.trials / 2);
  return { trials, misses: Math.min(trials, all.misses / 2) };
};

interface Step {
  readonly state: DriftState;
  readonly change?: DriftChange;
}

const watch = (state: DriftState, block: Sample): Step => {
  const blocks = [...state.blocks, block];
  const older = blocks.slice(0, -1);
  const single = compare(block, add(state.baseline, sum(older)));
  if (isWorse(single)) {
    const baseline = intoBaseline(state.baseline, older);
    return {
      state: { current: nothing, blocks: [block], baseline, calm: 0 },
      change: { type: 'raised', ...single },
    };
  }
  const latest = blocks.slice(-recentBlocks);
  const baseline = intoBaseline(state.baseline, blocks.slice(0, -recentBlocks));
  const several = compare(sum(latest), baseline);
  if (latest.length === recentBlocks && isWorse(several)) {
    return { state: { current: nothing, blocks: latest, baseline, calm: 0 }, change: { type: 'raised', ...several } };
  }
  return { state: { current: nothing, blocks: latest, baseline } };
};

const watchAlarmed = (state: DriftState, block: Sample): Step => {
  const figures = compare(block, state.baseline);
  const isCalm = figures.chance > calmLevel || shareOf(block) <= shareOf(state.baseline);
  const calm = isCalm ? (state.calm ?? 0) + 1 : 0;
  const { baseline } = state;
  if (calm >= calmBlocks) {
    const blocks = [...state.blocks, block].slice(-calmBlocks);
    return { state: { current: nothing, blocks, baseline }, change: { type: 'closed', ...figures } };
  }
  const blocks = [...state.blocks, block].slice(-recentBlocks);
  return { state: { current: nothing, blocks, baseline, calm }, change: { type: 'updated', ...figures } };
};

/** More trials. They are judged when they fill the block; a report of many trials is one block. */
export const noteTrials = (state: DriftState, trials: Sample): Step => {
  const current = add(state.current, trials);
  if (current.trials < blockTrials) return { state: { ...state, current } };
  return isAlarmed(state) ? watchAlarmed(state, current) : watch(state, current);
};

/** A person takes what is as the new normal: the alarm ends, and the baseline is made of the latest blocks. */
export const acceptDrift = ({ current, blocks }: DriftState): DriftState => ({
  current,
  blocks: [],
  baseline: sum(blocks),
});

/** What it does of late: the blocks and what came since, and of the baseline no more than one block's worth. */
export const recentOf = ({ current, blocks, baseline }: DriftState): Sample => {
  const latest = add(current, sum(blocks));
  const part = Math.min(1, blockTrials / Math.max(1, baseline.trials));
  return add(latest, { trials: baseline.trials * part, misses: baseline.misses * part });
};
