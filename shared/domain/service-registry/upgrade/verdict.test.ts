import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addMeasures,
  classesOf,
  faultShare,
  medianMs,
  noMeasure,
  noteRequest,
  timeClasses,
  timeClassOf,
  type Measure,
} from './measure.ts';
import { chanceOfHigherRanks } from './rank-sum.ts';
import { compareVersions, falseStopLevel, isLookDue, levelOfLook } from './verdict.ts';

const measureOf = (times: readonly (number | undefined)[]): Measure => times.reduce(noteRequest, noMeasure);

/** A stream of numbers from 0 to 1 (mulberry32), so that a run is the same each time. */
const numbersFrom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

describe('measures', () => {
  it('put each time into the one class whose bounds hold it, and add up whatever the order', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), (ms) => {
        const at = timeClassOf(ms);
        expect(at).toBeGreaterThanOrEqual(0);
        expect(at).toBeLessThan(timeClasses);
        if (at < timeClasses - 1) expect(ms).toBeLessThanOrEqual(5 * 1.25 ** at * (1 + 1e-9));
        if (at > 0) expect(ms).toBeGreaterThan(5 * 1.25 ** (at - 1) * (1 - 1e-9));
      }),
    );
    const times = fc.array(fc.option(fc.nat(100_000), { nil: undefined }), { maxLength: 50 });
    fc.assert(
      fc.property(times, times, (one, other) => {
        expect(addMeasures(measureOf(one), measureOf(other))).toEqual(measureOf([...other, ...one]));
      }),
    );
    expect(medianMs(noMeasure)).toBeUndefined();
    expect(medianMs(measureOf([1, 100, 100, undefined]))).toBe(114);
    expect(faultShare(measureOf([1, undefined]))).toBe(0.5);
    expect([classesOf(1.25), classesOf(1.5), classesOf(2)]).toEqual([1, 2, 3]);
  });
});

describe('the rank-sum test', () => {
  /** For each way to choose 7 of 14 places: the chance of a rank sum as high as its own, by counting all of them. */
  it('agrees with the exact distribution, counted out, within what the approximation allows', () => {
    const places = 14;
    const choices = Array.from({ length: 2 ** places }, (_, bits) =>
      Array.from({ length: places }, (_place, at) => (bits >> at) & 1),
    ).filter((choice) => choice.reduce((all, one) => all + one, 0) === places / 2);
    const rankSum = (choice: readonly number[]): number => choice.reduce((all, one, at) => all + one * (at + 1), 0);
    const sums = choices.map(rankSum);
    for (const [index, choice] of choices.entries()) {
      if (index % 50 !== 0) continue;
      const exact = sums.filter((sum) => sum >= rankSum(choice)).length / sums.length;
      const other = choice.map((one) => 1 - one);
      expect(Math.abs(chanceOfHigherRanks(choice, other) - exact)).toBeLessThan(0.01);
    }
  });

  it('says nothing of samples that are empty or all alike, and both ways together never more than it may', () => {
    expect(chanceOfHigherRanks([0, 0], [5, 5])).toBe(1);
    expect(chanceOfHigherRanks([9, 0], [5, 0])).toBe(1);
    const counts = fc.array(fc.nat(30), { minLength: 3, maxLength: 8 });
    fc.assert(
      fc.property(counts, counts, (one, other) => {
        const chance = chanceOfHigherRanks(one, other);
        expect(chance).toBeGreaterThanOrEqual(0);
        expect(chance).toBeLessThanOrEqual(1);
        // Turned around, at most the one that is higher is shown to be higher.
        expect(Math.min(chance, chanceOfHigherRanks(other, one))).toBeLessThanOrEqual(1);
        if (chance < 0.4) expect(chanceOfHigherRanks(other, one)).toBeGreaterThan(0.5);
      }),
    );
  });
});

describe('the verdict', () => {
  it('spends no more than its level over however many looks', () => {
    let spent = 0;
    for (let look = 1; look <= 100_000; look += 1) spent += levelOfLook(look);
    expect(spent).toBeLessThan(falseStopLevel);
    expect(spent).toBeGreaterThan(0.99 * falseStopLevel);
  });

  /** Requests in the proportion 1 to 9; how many of the new version until it is stopped, or undefined. */
  const runUntilStopped = (seed: number, fault: (isNew: boolean) => number, ms: (isNew: boolean) => number) => {
    const next = numbersFrom(seed);
    let [fresh, old] = [noMeasure, noMeasure];
    let [looks, lookedAt] = [0, 0];
    for (let request = 0; request < 3_000; request += 1) {
      const isNew = request % 10 === 0;
      const time = next() < fault(isNew) ? undefined : ms(isNew) * (0.5 + next());
      if (isNew) fresh = noteRequest(fresh, time);
      else old = noteRequest(old, time);
      if (!isNew || !isLookDue(fresh.requests, lookedAt)) continue;
      looks += 1;
      lookedAt = fresh.requests;
      const verdict = compareVersions(fresh, old, 1.5, looks);
      if (verdict.worse !== undefined) return { after: fresh.requests, why: verdict.worse };
    }
    return undefined;
  };

  it('finds a version that fails in three of ten within some tens of its requests', () => {
    const runs = Array.from({ length: 50 }, (_, seed) =>
      runUntilStopped(
        seed,
        (isNew) => (isNew ? 0.3 : 0.001),
        () => 40,
      ),
    );
    expect(runs.every((run) => run?.why === 'errors')).toBe(true);
    expect(Math.max(...runs.map((run) => run?.after ?? Infinity))).toBeLessThan(60);
  });

  it('finds a version that takes three times as long, and lets one pass that takes a tenth longer', () => {
    const slow = Array.from({ length: 20 }, (_, seed) =>
      runUntilStopped(
        seed,
        () => 0,
        (isNew) => (isNew ? 150 : 50),
      ),
    );
    expect(slow.every((run) => run?.why === 'latency')).toBe(true);
    const little = Array.from({ length: 20 }, (_, seed) =>
      runUntilStopped(
        seed,
        () => 0,
        (isNew) => (isNew ? 55 : 50),
      ),
    );
    expect(little.every((run) => run === undefined)).toBe(true);
  });

  it('stops hardly ever a version that is no worse, also where both fail often', () => {
    const runs = Array.from({ length: 400 }, (_, seed) =>
      runUntilStopped(
        seed,
        () => 0.1,
        () => 40,
      ),
    );
    expect(runs.filter((run) => run !== undefined).length).toBeLessThanOrEqual(5);
  });

  it('needs no old requests to see that everything fails, and no certainty about a rise that is nothing', () => {
    const failing = measureOf(Array.from({ length: 6 }, () => undefined));
    expect(compareVersions(failing, noMeasure, 1.5, 1).worse).toBe('errors');
    expect(compareVersions(measureOf([undefined, 5, 5, 5, 5]), noMeasure, 1.5, 1).worse).toBeUndefined();
    const many = { ...noMeasure, requests: 1_000_000, faults: 5_000 };
    expect(compareVersions(many, { ...many, faults: 1_000 }, 1.5, 1).worse).toBeUndefined();
  });
});
