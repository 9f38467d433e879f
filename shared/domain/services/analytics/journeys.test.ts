import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { funnel, retention, type Doing } from './journeys.ts';
import { checkPeriod, intervalStart, intervalStarts } from './periods.ts';

const day = 24 * 60 * 60_000;
const doings = (text: string): readonly Doing[] =>
  text.split(' ').map((each) => {
    const [name = '', at = ''] = each.split('@');
    return { actor: 'a', name, at: Number(at) };
  });

describe('funnels', () => {
  it('count who got how far, in order and in time', () => {
    const people = [
      doings('view@1 cart@2 buy@3'),
      doings('cart@1 view@2 buy@3'),
      doings('view@1 cart@50 buy@51'),
      doings('view@1 view@40 cart@45'),
    ];
    expect(funnel(people, ['view', 'cart', 'buy'], 10).map(({ actors }) => actors)).toEqual([4, 2, 1]);
  });

  it('never grow from one step to the next', () => {
    const doing = fc.record({ actor: fc.constant('a'), name: fc.constantFrom('x', 'y', 'z'), at: fc.nat(50) });
    const sorted = fc.array(doing, { maxLength: 15 }).map((list) => [...list].sort((a, b) => a.at - b.at));
    fc.assert(
      fc.property(fc.array(sorted), fc.nat(50), (people, withinMs) => {
        const actors = funnel(people, ['x', 'y', 'z'], withinMs).map((step) => step.actors);
        expect([...actors].sort((a, b) => b - a)).toEqual(actors);
        expect(actors[0]).toBe(people.filter((list) => list.some(({ name }) => name === 'x')).length);
      }),
    );
  });
});

describe('retention', () => {
  it('says in which later days people came back', () => {
    const people = [
      doings(`join@${day} use@${day + 5} use@${day * 2} use@${day * 2 + 9}`),
      doings(`use@1 join@${day + 1} use@${day * 3}`),
      doings(`join@${day * 2}`),
    ];
    expect(retention(people, { first: 'join', returning: 'use', interval: 'day', to: day * 4 })).toEqual([
      { at: day, size: 2, returned: [1, 1, 1] },
      { at: day * 2, size: 1, returned: [0, 0] },
    ]);
  });
});

describe('intervals', () => {
  it('begin where the calendar says', () => {
    const at = Date.UTC(2026, 10, 26, 13, 14, 15);
    expect(intervalStart(at, 'week')).toBe(Date.UTC(2026, 10, 23));
    expect(intervalStart(at, 'hour')).toBe(Date.UTC(2026, 10, 26, 13));
    expect(intervalStarts({ from: at, to: at + 2 * day }, 'day')).toHaveLength(3);
  });

  it.each([
    [{ from: 1, to: 1 }, 'day', 'to'],
    [{ from: -1, to: 1 }, 'day', 'from'],
    [{ from: 0, to: Number.NaN }, 'day', 'to'],
    [{ from: 0, to: 1_001 * day }, 'day', 'interval'],
    [{ from: 0, to: 1 }, 'year', 'interval'],
  ])('%j by %s is refused for %s', (period, interval, field) => {
    expect(checkPeriod(period, interval as 'day')).toMatchObject([{ field }]);
  });
});
