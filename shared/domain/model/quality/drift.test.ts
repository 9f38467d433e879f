import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acceptDrift,
  alarmLevel,
  blockTrials,
  isAlarmed,
  minBaselineTrials,
  newDrift,
  noteTrials,
  recentBlocks,
  recentOf,
  shareOf,
  type DriftState,
} from './drift.ts';
import { chanceOfAsManyMisses } from './fisher.ts';

/** mulberry32 (public domain, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c): numbers from 0 to 1. */
const seeded = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
};

const blockOf = (share: number, random: () => number, trials = blockTrials) => ({
  trials,
  misses: Array.from({ length: trials }, random).filter((drawn) => drawn < share).length,
});

/** Feeds blocks; answers the state and how many of them raised an alarm, each of which a person accepts at once. */
const run = (state: DriftState, blocks: number, share: number, random: () => number) => {
  let raised = 0;
  for (let block = 0; block < blocks; block += 1) {
    const next = noteTrials(state, blockOf(share, random));
    if (next.change?.type === 'raised') raised += 1;
    state = next.change?.type === 'raised' ? { ...acceptDrift(next.state), baseline: state.baseline } : next.state;
  }
  return { state, raised };
};

/** How many blocks until the alarm; undefined when there is none within `most`. */
const blocksUntilAlarm = (state: DriftState, share: number, random: () => number, most: number) => {
  for (let block = 1; block <= most; block += 1) {
    const next = noteTrials(state, blockOf(share, random));
    if (next.change?.type === 'raised') return { block, state: next.state };
    ({ state } = next);
  }
  return undefined;
};

describe('the exact test', () => {
  it('is the tail of the hypergeometric distribution', () => {
    // The lady tasting tea, from Fisher's own book: all four right by chance is 1 in 70.
    expect(chanceOfAsManyMisses({ trials: 4, misses: 4 }, { trials: 4, misses: 0 })).toBeCloseTo(1 / 70, 10);
    expect(chanceOfAsManyMisses({ trials: 4, misses: 3 }, { trials: 4, misses: 1 })).toBeCloseTo(17 / 70, 10);
    expect(chanceOfAsManyMisses({ trials: 20, misses: 0 }, { trials: 40, misses: 0 })).toBe(1);
  });

  it('adds up to one over all outcomes, and falls with every miss', () => {
    const size = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(size, size, fc.nat(120), (recent, baseline, drawn) => {
        const misses = Math.min(drawn, recent + baseline);
        const least = Math.max(0, misses - baseline);
        let before = 1 + 1e-9;
        for (let count = least; count <= Math.min(recent, misses); count += 1) {
          const chance = chanceOfAsManyMisses(
            { trials: recent, misses: count },
            { trials: baseline, misses: misses - count },
          );
          if (count === least) expect(chance).toBeCloseTo(1, 8);
          expect(chance).toBeLessThanOrEqual(before);
          before = chance;
        }
      }),
    );
  });
});

describe('a model that does not change', () => {
  it.each([0.005, 0.02, 0.1, 0.3, 0.6, 0.95])('raises hardly a false alarm at a share of %f', (share) => {
    const blocks = 8_000;
    const { raised } = run(newDrift, blocks, share, seeded(Math.round(share * 1_000)));
    // Two comparisons a block at that level: a mean of at most 8; four standard deviations above it.
    const mean = blocks * 2 * alarmLevel;
    expect(raised).toBeLessThanOrEqual(mean + 4 * Math.sqrt(mean));
  });

  it('raises none before there is a baseline', () => {
    const random = seeded(1);
    let state = newDrift;
    for (let trials = 0; trials < minBaselineTrials; trials += blockTrials) {
      const next = noteTrials(state, blockOf(trials === 0 ? 0 : 1, random));
      expect(next.change).toBeUndefined();
      ({ state } = next);
    }
  });
});

describe('a model that becomes worse', () => {
  const settled = (share: number, seed: number) => run(newDrift, 30, share, seeded(seed)).state;

  it('is told within one block when nearly everything fails, within ten when a fifth does', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      expect(blocksUntilAlarm(settled(0.02, seed), 0.8, seeded(-seed), 1)?.block).toBe(1);
      expect(blocksUntilAlarm(settled(0.02, seed), 0.2, seeded(-seed), 10)).toBeDefined();
    }
  });

  it('stays told while it is so, and closes by itself when the figures return', () => {
    const random = seeded(7);
    let state = blocksUntilAlarm(settled(0.02, 3), 0.7, random, 3)?.state ?? newDrift;
    for (let block = 0; block < 200; block += 1) {
      const next = noteTrials(state, blockOf(0.7, random));
      expect(next.change?.type).toBe('updated');
      ({ state } = next);
    }
    const changes: unknown[] = [];
    while (isAlarmed(state) && changes.length < 20) {
      const next = noteTrials(state, blockOf(0.02, random));
      changes.push(next.change?.type);
      ({ state } = next);
    }
    expect(changes.at(-1)).toBe('closed');
    expect(changes.length).toBeGreaterThanOrEqual(2);
    // What was bad meanwhile is in no baseline.
    expect(shareOf(state.baseline)).toBeLessThan(0.1);
  });

  it('is the new normal once a person takes it so', () => {
    const random = seeded(9);
    let state = blocksUntilAlarm(settled(0.02, 4), 0.5, random, 3)?.state ?? newDrift;
    for (let block = 0; block < 4; block += 1) ({ state } = noteTrials(state, blockOf(0.5, random)));
    state = acceptDrift(state);
    expect(isAlarmed(state)).toBe(false);
    expect(shareOf(state.baseline)).toBeGreaterThan(0.3);
    expect(run(state, 100, 0.5, random).raised).toBe(0);
  });
});

it('keeps its shape whatever comes, and forgets no trial before the baseline is full', () => {
  const reports = fc.array(
    fc
      .record({ trials: fc.integer({ min: 1, max: 70 }), missed: fc.double({ min: 0, max: 1, noNaN: true }) })
      .map(({ trials, missed }) => ({ trials, misses: trials * missed })),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(reports, (all) => {
      let state = newDrift;
      let wasAlarmed = false;
      let fed = 0;
      for (const report of all) {
        const next = noteTrials(state, report);
        fed += report.trials;
        if (next.change?.type === 'raised') expect(isAlarmed(state)).toBe(false);
        if (next.change?.type === 'closed') expect(isAlarmed(state)).toBe(true);
        ({ state } = next);
        wasAlarmed ||= isAlarmed(state);
        expect(state.blocks.length).toBeLessThanOrEqual(recentBlocks);
        for (const sample of [state.current, state.baseline, recentOf(state), ...state.blocks]) {
          expect(sample.misses).toBeLessThanOrEqual(sample.trials + 1e-6);
        }
        const kept = [state.current, state.baseline, ...state.blocks].reduce((sum, { trials }) => sum + trials, 0);
        if (!wasAlarmed && fed <= 2_000) expect(kept).toBe(fed);
      }
      expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    }),
  );
});
