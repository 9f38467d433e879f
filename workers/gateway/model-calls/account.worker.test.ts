/** Allowances under lost answers and isolates that die: the limit holds, and nothing that was used is out of sight. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Amounts } from '../../../shared/domain/budget/amounts.ts';
import { noApiCalls, type ApiCallRow } from '../../../shared/domain/budget/api-calls.ts';
import {
  applyStatement,
  committedOf,
  decideGrant,
  grantTo,
  newHolder,
  standingOf,
  type HolderRow,
} from '../../../shared/domain/budget/giver.ts';
import { toSentGrant } from '../../../shared/domain/budget/usage.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import { testCreateClock } from '../../../shared/ports/clock.ts';
import { WorkspaceAccount, type AccountWorkspace } from './account.ts';

const amounts = (tokens: number): Amounts => ({ tokens, costMicros: 0, steps: 1 });

/** A workspace with a limit of tokens, by the same pure functions as the real one. */
class FakeWorkspace implements AccountWorkspace {
  holders: Readonly<Record<string, HolderRow>> = {};
  requests = 0;
  readonly #batches = new Map<string, number>();
  readonly #maxTokens: number | undefined;

  constructor(maxTokens?: number) {
    this.#maxTokens = maxTokens;
  }

  extendCallGrant: AccountWorkspace['extendCallGrant'] = async ({ holderId, ...request }) => {
    const row = applyStatement(this.holders[holderId] ?? newHolder, request);
    this.holders = { ...this.holders, [holderId]: row };
    if (this.#maxTokens === undefined) return ok({ status: 'granted', grant: { type: 'unlimited' } });
    const giver = {
      scope: 'workspace' as const,
      limits: { maxTokens: this.#maxTokens },
      holders: this.holders,
      elapsedMs: 0,
    };
    const decision = decideGrant(giver, holderId, request);
    if (decision.status !== 'granted') return ok(decision);
    this.holders = { ...this.holders, [holderId]: grantTo(row, decision.granted) };
    return ok({ status: 'granted', grant: toSentGrant(decision) });
  };

  reportCalls: AccountWorkspace['reportCalls'] = async ({ holderId, batch, rows, ...statement }) => {
    const row = applyStatement(this.holders[holderId] ?? newHolder, statement);
    this.holders = { ...this.holders, [holderId]: row };
    if (batch > (this.#batches.get(holderId) ?? 0)) {
      this.#batches.set(holderId, batch);
      this.requests += rows.reduce((sum, { requests }) => sum + requests, 0);
    }
    return ok({ limited: this.#maxTokens !== undefined, qualityFactors: {} });
  };
}

const row: ApiCallRow = { ...noApiCalls, day: '2026-11-26', keyId: 'k', model: 'm', requests: 1 };
const lost = err({ type: 'service.unavailable', detail: 'lost' } as const);

const newIsolate = (name: string, workspace: FakeWorkspace, loses: () => boolean) => {
  const clock = testCreateClock();
  const work: Promise<void>[] = [];
  let names = 0;
  const account = new WorkspaceAccount({
    clock,
    newName: () => {
      names += 1;
      return `${name}-${names}`;
    },
    pause: async (ms) => {
      clock.advance(ms);
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
    ask: async <Value>(call: (to: AccountWorkspace) => Promise<Result<Value>>): Promise<Result<Value>> => {
      const fate = loses();
      const answer = await call(workspace);
      return fate ? lost : answer;
    },
  });
  const background = (promise: Promise<void>): void => void work.push(promise);
  const rest = async (): Promise<void> => {
    for (let done = 0; done < work.length; done += 1) await work[done];
  };
  return { account, clock, background, rest };
};

const calls = fc.array(
  fc.record({
    isolate: fc.nat(2),
    need: fc.integer({ min: 1, max: 500 }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    dies: fc.boolean(),
  }),
  { minLength: 1, maxLength: 25 },
);

describe('an allowance', () => {
  it('holds a limit of all isolates but for less than one call, whatever is lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        calls,
        fc.integer({ min: 1, max: 4_000 }),
        fc.array(fc.boolean()),
        async (course, maxTokens, losses) => {
          const workspace = new FakeWorkspace(maxTokens);
          let asked = 0;
          // Lost answers are few in the end, so that every report arrives at last.
          const loses = (): boolean => losses[asked++] ?? false;
          const isolates = ['a', 'b', 'c'].map((name) => newIsolate(name, workspace, loses));
          const made = await Promise.all(
            course.map(async ({ isolate, need, part, dies }) => {
              const at = isolates[isolate];
              if (at === undefined) return { used: 0, isDead: false, was: false };
              const { status } = await at.account.reserve({ need: amounts(need) }, at.background);
              if (status !== 'reserved') return { used: 0, isDead: false, was: false };
              await new Promise((resolve) => setTimeout(resolve, 0));
              const used = Math.round(need * part);
              // A call of which nobody tells any more may have used all it was allowed.
              if (dies) return { used: need, isDead: true, was: true };
              at.account.settle(amounts(need), amounts(used), row, at.background);
              return { used, isDead: false, was: true };
            }),
          );
          for (const { rest } of isolates) await rest();
          const total = made.reduce((sum, { used }) => sum + used, 0);
          const { committed, used } = standingOf(workspace.holders);
          expect(total).toBeLessThan(maxTokens + 500);
          expect(committed.tokens).toBeGreaterThanOrEqual(total);
          const told = made.filter(({ was, isDead }) => was && !isDead);
          expect(workspace.requests).toBe(told.length);
          expect(used.tokens).toBe(told.reduce((sum, call) => sum + call.used, 0));
          // An isolate all of whose calls have ended holds nothing.
          for (const [index, name] of ['a-1', 'b-1', 'c-1'].entries()) {
            const holder = workspace.holders[name];
            const calls = made.filter((_, at) => course[at]?.isolate === index && made[at]?.was === true);
            if (holder === undefined || calls.some(({ isDead }) => isDead)) continue;
            expect(committedOf(holder)).toEqual(holder.used);
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  it('is asked for again after a rest, under another name after a long one', async () => {
    const workspace = new FakeWorkspace();
    const { account, clock, background, rest } = newIsolate('a', workspace, () => false);
    const call = async (): Promise<void> => {
      expect(await account.reserve({ need: amounts(5) }, background)).toEqual({ status: 'reserved' });
      account.settle(amounts(5), amounts(3), row, background);
      await rest();
    };
    await call();
    expect(account.tryReserve({ need: amounts(5) })).toBe(true);
    account.settle(amounts(5), amounts(2), row, background);
    await rest();
    clock.advance(5_000);
    expect(account.tryReserve({ need: amounts(5) })).toBe(false);
    clock.advance(11 * 60_000);
    await call();
    expect(Object.entries(workspace.holders).map(([name, { used }]) => [name, used.tokens])).toEqual([
      ['a-1', 5],
      ['a-2', 3],
    ]);
    expect([workspace.requests, account.isIdle]).toEqual([3, true]);
  });
});
