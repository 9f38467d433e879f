import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noAmounts, type Amounts } from './amounts.ts';
import { applyStatement, committedOf, grantTo, newHolder, standingOf, type Giver, type GrantRequest } from './giver.ts';
import type { Grant } from './holder.ts';
import { passOn } from './pass-on.ts';

const amounts = (tokens: number, steps = 1): Amounts => ({ tokens, costMicros: 0, steps });
const held = (tokens: number, more: Partial<Extract<Grant, { type: 'limited' }>> = {}): Grant => ({
  type: 'limited',
  granted: amounts(tokens, 0),
  dimensions: ['tokens'],
  tight: false,
  ...more,
});
const request: GrantRequest = { revision: 1, used: noAmounts, hold: noAmounts, need: amounts(100) };
const free: Giver = { scope: 'project', limits: {}, holders: {}, elapsedMs: 0 };

describe('what a project passes on', () => {
  it('is unlimited where neither it nor its workspace limits anything', () => {
    expect(passOn(free, 'a', request, { type: 'unlimited' }, 0)).toMatchObject({ status: 'granted', dimensions: [] });
  });

  it('has to be asked of the workspace when it does not know, holds too little, or its time is over', () => {
    expect(passOn(free, 'a', request, undefined, 0)).toEqual({ status: 'ask_workspace' });
    expect(passOn(free, 'a', request, held(99), 0)).toEqual({ status: 'ask_workspace' });
    expect(passOn(free, 'a', request, held(5_000, { until: 10 }), 10)).toEqual({ status: 'ask_workspace' });
    expect(passOn(free, 'a', request, held(100), 0)).toMatchObject({ status: 'granted', granted: amounts(100) });
  });

  it('is the stricter of both, with the time that ends first', () => {
    const giver: Giver = { ...free, limits: { maxTokens: 300, maxSteps: 9, maxWallMs: 1_000 }, elapsedMs: 200 };
    const passed = passOn(giver, 'a', request, held(100_000, { until: 650 }), 50);
    expect(passed).toMatchObject({ status: 'granted', wallLeftMs: 600 });
    if (passed.status !== 'granted') return;
    expect(new Set(passed.dimensions)).toEqual(new Set(['tokens', 'steps']));
    expect(passed.granted.tokens).toBeLessThanOrEqual(300);
  });

  it('is refused by the project’s own limit before the workspace is asked', () => {
    const done = { revision: 1, used: amounts(50), granted: amounts(50) };
    const giver: Giver = { ...free, limits: { maxTokens: 50 }, holders: { done } };
    expect(passOn(giver, 'a', request, undefined, 0)).toMatchObject({
      status: 'exhausted',
      exhaustion: { scope: 'project', limit: 50, used: 50 },
    });
  });

  it('never exceeds what the project holds, whoever asks for how much and how often', () => {
    const asks = fc.array(fc.record({ agent: fc.constantFrom('a', 'b', 'c'), need: fc.integer({ min: 1, max: 500 }) }));
    fc.assert(
      fc.property(asks, fc.integer({ min: 1, max: 3_000 }), (steps, holds) => {
        let holders: Giver['holders'] = {};
        for (const { agent, need } of steps) {
          const row = holders[agent] ?? newHolder;
          // What was granted before is used up: the agent keeps just that.
          const taken = committedOf(row);
          const next: GrantRequest = { revision: row.revision + 1, used: taken, hold: taken, need: amounts(need) };
          holders = { ...holders, [agent]: applyStatement(row, next) };
          const passed = passOn({ ...free, holders }, agent, next, held(holds), 0);
          if (passed.status !== 'granted') continue;
          holders = { ...holders, [agent]: grantTo(holders[agent] ?? newHolder, passed.granted) };
          expect(standingOf(holders).committed.tokens).toBeLessThanOrEqual(holds);
          expect(passOn({ ...free, holders }, agent, next, held(holds), 0)).toMatchObject({ granted: passed.granted });
        }
      }),
    );
  });
});
