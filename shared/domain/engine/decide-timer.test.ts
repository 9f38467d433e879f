import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, decideFailure, decideInterruption, longestBackoffMs } from './backoff.ts';
import { deliveryBackoff, latestLaneDueAt } from './decide-delivery.ts';
import { decideFence } from './decide-fence.ts';
import { chooseTurn, isInCrowd, longestResumeMs, mustSet, rebaseTimer, type TakenTurns } from './decide-timer.ts';

const moment = fc.integer({ min: 1_700_000_000_000, max: 1_700_010_000_000 });

describe('rebaseTimer', () => {
  it('lets no timer wait longer than it would have waited when it was set, and moves none without a jump', () =>
    fc.assert(
      fc.property(moment, moment, fc.nat(10_000_000), (now, setAt, delayMs) => {
        const times = { setAt, dueAt: setAt + delayMs };
        const rebased = rebaseTimer(times, now);
        if (setAt <= now) expect(rebased).toBeUndefined();
        const after = rebased ?? times;
        expect(after.dueAt - now).toBeLessThanOrEqual(delayMs + 1_000);
        expect(rebaseTimer(after, now)).toBeUndefined();
        if (rebased !== undefined) expect(rebased).toEqual({ setAt: now, dueAt: now + delayMs });
      }),
    ));
});

describe('trying again', () => {
  it('waits longer each time, within its bounds, and ends', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.string(), fc.nat(40), (attempts, subject, before) => {
        const backoff = { baseMs: 500, capMs: 60_000 };
        const decision = decideFailure(before, { attempts, now: 1_000, subject, backoff });
        expect(decision.count).toBe(before + 1);
        expect(decision.type).toBe(before + 1 >= attempts ? 'park' : 'retry');
        if (decision.type === 'retry') {
          expect(decision.dueAt).toBe(1_000 + backoffMs(before + 1, subject, backoff));
          expect(decision.dueAt - 1_000).toBeGreaterThanOrEqual(375);
          expect(decision.dueAt - 1_000).toBeLessThanOrEqual(longestBackoffMs(backoff));
        }
      }),
    ));

  it('does not count an interruption as a failure, until it is one too many', () => {
    const rules = { now: 5_000, dueAt: 4_000, subject: 's' };
    expect(decideInterruption(0, rules)).toEqual({ type: 'retry', count: 1, dueAt: 4_000 });
    const slowed = decideInterruption(20, rules);
    expect(slowed).toMatchObject({ type: 'retry', count: 21 });
    expect(slowed.type === 'retry' && slowed.dueAt > 5_000 + 30_000).toBe(true);
    expect(slowed.type === 'retry' && slowed.dueAt <= latestLaneDueAt(5_000)).toBe(true);
    expect(decideInterruption(99, rules)).toEqual({ type: 'park', count: 100 });
    expect(longestBackoffMs(deliveryBackoff)).toBe(75_000);
  });
});

describe('mustSet', () => {
  it('writes only what would come too late', () => {
    expect(mustSet(undefined, 10)).toBe(true);
    expect(mustSet({ dueAt: 10, isRunning: false }, 10)).toBe(false);
    expect(mustSet({ dueAt: 11, isRunning: false }, 10)).toBe(true);
    expect(mustSet({ dueAt: 5, isRunning: true }, 10)).toBe(true);
  });
});

describe('a crowd of late objects', () => {
  it('begins at most eight in 20 ms, as soon as there is room', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), moment, (objects, now) => {
        let taken: TakenTurns = new Map();
        const spans = new Map<number, number>();
        for (let index = 0; index < objects; index += 1) {
          const turn = chooseTurn(taken, `workspace/agent/${index}`, now);
          ({ taken } = turn);
          expect(turn.at).toBeGreaterThanOrEqual(now);
          expect(turn.at).toBeLessThanOrEqual(now + Math.floor(index / 8) * 20);
          const span = Math.floor(turn.at / 20);
          spans.set(span, (spans.get(span) ?? 0) + 1);
        }
        expect(Math.max(...spans.values())).toBeLessThanOrEqual(8);
      }),
    ));

  it('keeps nobody waiting beyond a second, however many there are, and nobody who is on time', () => {
    let taken: TakenTurns = new Map();
    for (let index = 0; index < 5_000; index += 1) {
      const turn = chooseTurn(taken, `object ${index}`, 1_000_000);
      ({ taken } = turn);
      expect(turn.at - 1_000_000).toBeLessThanOrEqual(longestResumeMs);
    }
    expect(taken.size).toBe(51);
    // By name, so about a hundred each.
    expect(Math.max(...taken.values())).toBeLessThan(160);
    expect(isInCrowd(1_000_000 - 500, 1_000_000)).toBe(true);
    expect(isInCrowd(1_000_000 - 499, 1_000_000)).toBe(false);
    expect(isInCrowd(undefined, 1_000_000)).toBe(false);
  });
});

describe('decideFence', () => {
  it('lets the token only grow', () => {
    expect([decideFence(3, 2), decideFence(3, 3), decideFence(3, 4)]).toEqual(['refuse', 'pass', 'raise']);
  });
});
