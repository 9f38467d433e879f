import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addAmounts, noAmounts, type Amounts, type BudgetLimits } from './amounts.ts';
import { checkBudget } from './check.ts';
import { describeExhaustion, describePause } from './exhaustion.ts';
import {
  applyStatement,
  committedOf,
  decideGrant,
  newHolder,
  standingOf,
  type GrantRequest,
  type HolderRow,
  type Statement,
} from './giver.ts';
import { ask, forgetGrant, mayBegin, newHolderState, receive, reserve, settle, state, type Holder } from './holder.ts';

const amounts = (tokens: number, steps = 1): Amounts => ({ tokens, costMicros: tokens * 3, steps });

interface Seat {
  holder: Holder;
  /** What the call under way set aside, and what it will have used. */
  call?: { readonly reserved: Amounts; readonly used: Amounts };
  /** The size of the next call. */
  need: Amounts;
  status: 'working' | 'waiting' | 'stopped';
}

/** A giver, its holders, and the letters between them, which may be late, repeated or out of order. */
class World {
  readonly limits: BudgetLimits;
  readonly seats: Seat[];
  rows: Record<string, HolderRow> = {};
  letters: { readonly holder: number; readonly statement: Statement }[] = [];
  largestCall = noAmounts;

  constructor(limits: BudgetLimits, seats: number) {
    this.limits = limits;
    this.seats = Array.from({ length: seats }, () => ({
      holder: newHolderState,
      need: amounts(1),
      status: 'working' as const,
    }));
  }

  take(index: number, statement: Statement): void {
    this.rows = { ...this.rows, [index]: applyStatement(this.rows[index] ?? newHolder, statement) };
  }

  answer(index: number, request: GrantRequest): ReturnType<typeof decideGrant> {
    this.take(index, request);
    const giver = { scope: 'project' as const, limits: this.limits, holders: this.rows, elapsedMs: 0 };
    const decision = decideGrant(giver, String(index), request);
    const row = this.rows[index] ?? newHolder;
    if (decision.status === 'granted') this.rows = { ...this.rows, [index]: { ...row, granted: decision.granted } };
    return decision;
  }

  /** One agent goes on: begins its call, or asks for it first. `lost`: the answer never arrives. */
  begin(index: number, need: Amounts, lost: boolean): void {
    const seat = this.seats[index];
    if (seat === undefined || seat.call !== undefined || seat.status === 'stopped') return;
    if (!mayBegin(seat.holder, need, 0)) {
      const asked = ask(seat.holder, need);
      seat.holder = asked.holder;
      const decision = this.answer(index, asked.request);
      if (lost) return;
      seat.status = decision.status === 'wait' ? 'waiting' : decision.status === 'exhausted' ? 'stopped' : 'working';
      if (decision.status !== 'granted') return;
      const { granted, dimensions, tight } = decision;
      const grant = { type: 'limited' as const, granted, dimensions, tight };
      seat.holder = receive(seat.holder, asked.request.revision, grant);
      if (!mayBegin(seat.holder, need, 0)) throw new Error('A grant does not cover the call it was given for.');
    }
    this.largestCall = {
      ...need,
      tokens: Math.max(this.largestCall.tokens, need.tokens),
      costMicros: Math.max(this.largestCall.costMicros, need.costMicros),
    };
    seat.holder = reserve(seat.holder, need);
    seat.call = { reserved: need, used: { ...need, tokens: Math.floor(need.tokens / 3), costMicros: need.tokens } };
  }

  /** The call ends, or the agent's object dies and books what the call is thought to have used. */
  end(index: number): void {
    const seat = this.seats[index];
    if (seat?.call === undefined) return;
    seat.holder = settle(seat.holder, seat.call.reserved, seat.call.used);
    delete seat.call;
  }

  report(index: number, release: boolean): void {
    const seat = this.seats[index];
    if (seat === undefined) return;
    const stated = state(seat.holder, release);
    seat.holder = stated.holder;
    this.letters.push({ holder: index, statement: stated.statement });
  }

  deliver(position: number, keep: boolean): void {
    const letter = this.letters[position % Math.max(1, this.letters.length)];
    if (letter === undefined) return;
    this.take(letter.holder, letter.statement);
    if (!keep) this.letters = this.letters.filter((other) => other !== letter);
  }

  used(): Amounts {
    return this.seats.map(({ holder }) => holder.used).reduce(addAmounts, noAmounts);
  }

  /** Used, and what calls under way may still use. */
  atMost(): Amounts {
    return this.seats.map(({ holder }) => addAmounts(holder.used, holder.reserved)).reduce(addAmounts, noAmounts);
  }
}

const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('begin' as const),
      seat: fc.nat(4),
      tokens: fc.integer({ min: 1, max: 400 }),
      lost: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('end' as const), seat: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('report' as const), seat: fc.nat(4), release: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('deliver' as const), position: fc.nat(20), keep: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('forget' as const), seat: fc.nat(4) }) },
);

const play = (world: World, step: typeof action extends fc.Arbitrary<infer Step> ? Step : never): void => {
  switch (step.type) {
    case 'begin':
      world.begin(step.seat % world.seats.length, amounts(step.tokens), step.lost);
      return;
    case 'end':
      world.end(step.seat % world.seats.length);
      return;
    case 'report':
      world.report(step.seat % world.seats.length, step.release);
      return;
    case 'deliver':
      world.deliver(step.position, step.keep);
      return;
    case 'forget': {
      const seat = world.seats[step.seat % world.seats.length];
      if (seat !== undefined) seat.holder = forgetGrant(seat.holder);
    }
  }
};

const limits = fc.record(
  {
    maxTokens: fc.integer({ min: 1, max: 5_000 }),
    maxCostMicros: fc.integer({ min: 1, max: 15_000 }),
    maxSteps: fc.integer({ min: 1, max: 30 }),
  },
  { requiredKeys: [] },
);

describe('grants', () => {
  it('never let all holders together use more than the limit and one call, whatever is lost, late or repeated', () => {
    fc.assert(
      fc.property(
        limits,
        fc.integer({ min: 1, max: 5 }),
        fc.array(action, { maxLength: 200 }),
        (budget, seats, steps) => {
          const world = new World(budget, seats);
          for (const step of steps) {
            play(world, step);
            const most = world.atMost();
            const { largestCall } = world;
            expect(most.tokens).toBeLessThan((budget.maxTokens ?? Infinity) + Math.max(1, largestCall.tokens));
            expect(most.costMicros).toBeLessThan(
              (budget.maxCostMicros ?? Infinity) + Math.max(1, largestCall.costMicros),
            );
            expect(most.steps).toBeLessThanOrEqual(budget.maxSteps ?? Infinity);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('leave nothing behind and strand nobody: in the end the budget is used up or everybody was served', () => {
    fc.assert(
      fc.property(
        limits,
        fc.integer({ min: 1, max: 5 }),
        fc.array(action, { maxLength: 120 }),
        (budget, seats, steps) => {
          const world = new World(budget, seats);
          for (const step of steps) play(world, step);
          for (let round = 0; round < 400; round += 1) {
            for (const index of world.seats.keys()) {
              world.end(index);
              world.report(index, true);
            }
            while (world.letters.length > 0) world.deliver(0, false);
            for (const index of world.seats.keys()) world.begin(index, amounts(100), false);
          }
          for (const index of world.seats.keys()) world.end(index);
          for (const index of world.seats.keys()) world.report(index, true);
          while (world.letters.length > 0) world.deliver(0, false);
          const { used, committed } = standingOf(world.rows);
          expect(committed).toEqual(used);
          expect(used).toEqual(world.used());
          const reached =
            used.tokens >= (budget.maxTokens ?? Infinity) ||
            used.costMicros >= (budget.maxCostMicros ?? Infinity) ||
            used.steps >= (budget.maxSteps ?? Infinity);
          expect(reached).toBe(Object.keys(budget).length > 0);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('gives a holder several calls at once while much is left, and one call when little is', () => {
    const request: GrantRequest = { revision: 1, used: noAmounts, hold: noAmounts, need: amounts(100) };
    const giver = { scope: 'project' as const, holders: { a: { ...newHolder, revision: 1 } }, elapsedMs: 0 };
    expect(decideGrant({ ...giver, limits: { maxTokens: 100_000 } }, 'a', request)).toMatchObject({
      status: 'granted',
      tight: false,
      granted: { tokens: 900 },
    });
    expect(decideGrant({ ...giver, limits: { maxTokens: 50 } }, 'a', request)).toMatchObject({
      status: 'granted',
      tight: true,
      granted: { tokens: 100 },
    });
  });

  it('waits for what others hold, and says what is used up when nobody holds anything', () => {
    const request: GrantRequest = { revision: 1, used: noAmounts, hold: noAmounts, need: amounts(10) };
    const busy: HolderRow = { revision: 1, used: amounts(60), granted: amounts(100) };
    const giver = { scope: 'workspace' as const, limits: { maxTokens: 100 }, elapsedMs: 0 };
    expect(decideGrant({ ...giver, holders: { busy } }, 'a', request)).toEqual({ status: 'wait' });
    const done = { ...busy, used: amounts(120) };
    expect(decideGrant({ ...giver, holders: { done } }, 'a', request)).toEqual({
      status: 'exhausted',
      exhaustion: { scope: 'workspace', dimension: 'tokens', limit: 100, used: 120 },
    });
    expect(committedOf(done)).toEqual(amounts(120));
  });

  it('ends with the wall time, whatever is left of the rest', () => {
    const request: GrantRequest = { revision: 1, used: noAmounts, hold: noAmounts, need: amounts(10) };
    const giver = { scope: 'project' as const, limits: { maxWallMs: 1_000, maxTokens: 500 }, holders: {} };
    expect(decideGrant({ ...giver, elapsedMs: 400 }, 'a', request)).toMatchObject({ wallLeftMs: 600 });
    expect(decideGrant({ ...giver, elapsedMs: 1_000 }, 'a', request)).toMatchObject({
      exhaustion: { dimension: 'wallMs', limit: 1_000, used: 1_000 },
    });
  });

  it('does not spend money on a model whose price is not known', () => {
    const request: GrantRequest = {
      revision: 1,
      used: noAmounts,
      hold: noAmounts,
      need: amounts(10),
      unpricedModel: 'openai/mystery',
    };
    const giver = { scope: 'workspace' as const, holders: {}, elapsedMs: 0 };
    const refused = decideGrant({ ...giver, limits: { maxCostMicros: 500 } }, 'a', request);
    expect(refused.status === 'exhausted' && describeExhaustion(refused.exhaustion)).toContain('openai/mystery');
    expect(decideGrant({ ...giver, limits: { maxTokens: 500 } }, 'a', request).status).toBe('granted');
  });

  it('drops an answer to a request that was made again', () => {
    const first = ask(newHolderState, amounts(5));
    const second = ask(first.holder, amounts(5));
    const late = receive(second.holder, first.request.revision, { type: 'unlimited' });
    expect(mayBegin(late, amounts(5), 0)).toBe(false);
    expect(mayBegin(receive(late, second.request.revision, { type: 'unlimited' }), amounts(5), 0)).toBe(true);
  });
});

describe('checkBudget', () => {
  const standing = { used: amounts(90, 3), reserved: noAmounts, elapsedMs: 500, need: amounts(1) };

  it('admits a call while anything is left of everything', () => {
    expect(checkBudget('run', undefined, standing)).toBeUndefined();
    expect(
      checkBudget('run', { maxTokens: 91, maxSteps: 4, maxCostMicros: 271, maxWallMs: 501 }, standing),
    ).toBeUndefined();
  });

  it('names scope, dimension, limit and use of what is used up', () => {
    expect(checkBudget('run', { maxTokens: 90 }, standing)).toEqual({
      scope: 'run',
      dimension: 'tokens',
      limit: 90,
      used: 90,
    });
    expect(checkBudget('agent', { maxSteps: 3 }, standing)).toMatchObject({ dimension: 'steps', used: 3 });
    expect(checkBudget('agent', { maxCostMicros: 10 }, standing)).toMatchObject({ dimension: 'costMicros', used: 270 });
    const overtime = checkBudget('run', { maxWallMs: 500 }, standing);
    expect(overtime).toMatchObject({ dimension: 'wallMs', used: 500 });
  });

  it('lets a tool hand in what the last tokens were paid for', () => {
    const need = { tokens: 0, costMicros: 0, steps: 1 };
    expect(checkBudget('run', { maxTokens: 10, maxCostMicros: 1 }, { ...standing, need })).toBeUndefined();
    expect(checkBudget('run', { maxSteps: 3 }, { ...standing, need })).toMatchObject({ dimension: 'steps' });
    const holders = { a: { revision: 1, used: amounts(500), granted: amounts(500) } };
    const giver = { scope: 'project' as const, limits: { maxTokens: 10 }, holders, elapsedMs: 0 };
    const request: GrantRequest = { revision: 2, used: amounts(500), hold: amounts(500), need };
    expect(decideGrant(giver, 'a', request).status).toBe('granted');
    expect(decideGrant(giver, 'a', { ...request, need: amounts(1) }).status).toBe('exhausted');
  });

  it('is told in words a person can act on', () => {
    const exhaustion = {
      scope: 'project' as const,
      dimension: 'costMicros' as const,
      limit: 2_500_000,
      used: 2_510_000,
    };
    expect(describePause(exhaustion)).toBe(
      'The budget of the project is used up: $2.51 of $2.50 allowed. Raise the budget of the project (aidevos budget set), then resume the project: nothing is lost.',
    );
  });
});
