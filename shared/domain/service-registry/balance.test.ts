import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pickInstance, type Candidate, type Turns } from './balance.ts';

const candidate = (key: string, weight = 100, over: Partial<Candidate> = {}): Candidate => ({
  key,
  weight,
  inFlight: 0,
  load: 0,
  ...over,
});

const weighted = (candidates: readonly Candidate[], count: number): readonly string[] => {
  let turns: Turns = {};
  return Array.from({ length: count }, () => {
    const pick = pickInstance(candidates, 'weighted', turns, '');
    if (pick === undefined) throw new Error('nobody was picked');
    ({ turns } = pick);
    return pick.key;
  });
};

const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 });
const named = (all: readonly number[]): readonly Candidate[] =>
  all.map((weight, index) => candidate(`i${index}`, weight));

describe('weighted', () => {
  it('spreads out what nginx spreads out so', () => {
    expect(weighted([candidate('a', 5), candidate('b', 1), candidate('c', 1)], 7).join('')).toBe('aabacaa');
  });

  it('gives a canary of one in a hundred exactly one in a hundred', () => {
    const picks = weighted([candidate('stable', 99), candidate('canary', 1)], 1_000);
    expect(picks.filter((key) => key === 'canary')).toHaveLength(10);
  });

  it('gives each exactly its share in any run of as many requests as there is weight', () => {
    fc.assert(
      fc.property(weights, (all) => {
        const total = all.reduce((sum, weight) => sum + weight, 0);
        const picks = weighted(named(all), total);
        expect(named(all).map(({ key }) => picks.filter((one) => one === key).length)).toEqual(all);
      }),
    );
  });
});

describe('sticky', () => {
  const pick = (candidates: readonly Candidate[], text: string) => pickInstance(candidates, 'sticky', {}, text)?.key;

  it('moves only the texts of the instance that went', () => {
    fc.assert(
      fc.property(weights, fc.array(fc.string(), { minLength: 1, maxLength: 30 }), fc.nat(), (all, texts, which) => {
        const before = named(all);
        const gone = before[which % before.length]?.key;
        const after = before.filter(({ key }) => key !== gone);
        for (const text of texts) {
          const held = pick(before, text);
          expect(pick(before.toReversed(), text)).toBe(held);
          if (held !== gone) expect(pick(after, text)).toBe(held);
        }
      }),
    );
  });

  it('shares texts out by weight', () => {
    const candidates = [candidate('a', 75), candidate('b', 25)];
    const picks = Array.from({ length: 8_000 }, (_entry, index) => pick(candidates, `user ${index}`));
    const share = picks.filter((key) => key === 'a').length / picks.length;
    expect(share).toBeGreaterThan(0.72);
    expect(share).toBeLessThan(0.78);
  });
});

describe('least loaded', () => {
  it('picks whoever has the least to do for their weight', () => {
    const busy = [
      candidate('a', 100, { inFlight: 3 }),
      candidate('b', 100, { inFlight: 1 }),
      candidate('c', 100, { load: 1 }),
    ];
    expect(pickInstance(busy, 'least-loaded', {}, '')?.key).toBe('b');
    const strong = [candidate('a', 300, { inFlight: 3 }), candidate('b', 100, { inFlight: 1 })];
    expect(pickInstance(strong, 'least-loaded', {}, '')?.key).toBe('a');
  });

  it('never leaves more than one request between two of the same kind', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 100 }), (ends) => {
        const inFlight = [0, 0, 0];
        let turns: Turns = {};
        for (const end of ends) {
          const picked = pickInstance(
            inFlight.map((count, index) => candidate(String(index), 1, { inFlight: count })),
            'least-loaded',
            turns,
            '',
          );
          turns = picked?.turns ?? {};
          const index = Number(picked?.key);
          expect(inFlight[index]).toBe(Math.min(...inFlight));
          inFlight[index] = (inFlight[index] ?? 0) + 1;
          if (end < 3) inFlight[end] = Math.max(0, (inFlight[end] ?? 0) - 1);
        }
      }),
    );
  });
});

it.each(['weighted', 'least-loaded', 'sticky'] as const)(
  '%s picks one of those there are, and nobody of none',
  (policy) => {
    expect(pickInstance([], policy, { gone: 7 }, 'x')).toBeUndefined();
    expect(pickInstance([candidate('only')], policy, { gone: 7 }, 'x')?.key).toBe('only');
  },
);
