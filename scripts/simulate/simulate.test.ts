import { describe, expect, it } from 'vitest';
import { isMutation, type Mutation, mutations } from './mutations.ts';
import { parseOptions } from './options.ts';
import { runSchedule } from './schedule.ts';
import { addTotals, noTotals, totalsOf } from './totals.ts';

const names = Object.keys(mutations).filter(isMutation);

/** What each bug breaks, in words of the invariant that notices it. */
const signs: Readonly<Record<Mutation, RegExp>> = {
  'no-intent': /happened 2 times|was begun 2 times/,
  'redo-unsafe': /unsafe effect .* (happened|was begun)/,
  'skip-lookup': /lookup effect .* happened 2 times/,
  'unstable-key': /effect .* happened 2 times/,
  'no-dedupe': /took message .* twice/,
  'no-fence': /a holder with token .* wrote/,
  'ack-before-commit': /lost|is not there|is paused/,
  'effect-after-cancel': /began after its run had ended/,
  'used-up-alarm': /for ever|is active in|neither ended/,
  'lost-outbox': /lost|came out of order|for ever/,
};

describe('the simulator', { timeout: 300_000 }, () => {
  it('finds no broken promise in three thousand schedules, and they are hard ones', () => {
    let totals = noTotals;
    for (let seed = 1; seed <= 3_000; seed += 1) totals = addTotals(totals, totalsOf(runSchedule({ seed })));
    expect(totals.failures).toEqual([]);
    const { kills = 0, dropped = 0, duplicated = 0, effects = 0, parked = 0, settled = 0, pauses = 0 } = totals.counts;
    expect(kills).toBeGreaterThan(3_000);
    expect(dropped).toBeGreaterThan(1_000);
    expect(duplicated).toBeGreaterThan(1_000);
    expect(effects).toBeGreaterThan(10_000);
    for (const count of [parked, settled, pauses]) expect(count).toBeGreaterThan(20);
    expect(totals.outcomes['completed']).toBeGreaterThan(1_000);
    expect(totals.outcomes['cancelled']).toBeGreaterThan(100);
  });

  it('makes the same schedule of the same seed, whatever ran before', () => {
    const first = [17, 404, 1_999].map((seed) => runSchedule({ seed }));
    runSchedule({ seed: 5 });
    expect([17, 404, 1_999].map((seed) => runSchedule({ seed }))).toEqual(first);
  });

  it('tells what happens, without changing it', () => {
    const lines: string[] = [];
    const told = runSchedule({ seed: 12, trace: (line) => lines.push(line) });
    expect(told).toEqual(runSchedule({ seed: 12 }));
    expect(lines.length).toBeGreaterThan(20);
    expect(lines[0]).toMatch(/^ +\d+ ms {2}\S+ /);
  });

  it.each(names)('notices the bug %s', (mutation) => {
    let found: readonly string[] = [];
    for (let seed = 1; found.length === 0 && seed <= 6_000; seed += 1) {
      found = runSchedule({ seed, mutation }).violations;
    }
    expect(found.join('\n')).toMatch(signs[mutation]);
  });
});

describe('its command line', () => {
  it('reads what it is given and says what it cannot use', () => {
    expect(parseOptions([])).toMatchObject({ schedules: 100_000, firstSeed: 1, seed: undefined });
    expect(parseOptions(['--seed', '7', '--trace', '--mutate', 'no-fence'])).toMatchObject({
      seed: 7,
      trace: true,
      mutation: 'no-fence',
    });
    expect(parseOptions(['--help', '--nonsense'])).toBeUndefined();
    expect(() => parseOptions(['--schedules', 'many'])).toThrow('takes a whole number of at least 1, not many');
    expect(() => parseOptions(['--mutate', 'nothing'])).toThrow('There is no mutation nothing');
    expect(() => parseOptions(['--trace'])).toThrow('--trace needs --seed');
    expect(() => parseOptions(['--nonsense'])).toThrow('--nonsense is no option');
  });
});
