import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideHold, exceededError, type Holding, type HoldRequest, type QuotaStanding } from './decide-hold.ts';
import { parseQuotas } from './parse-quotas.ts';
import { quotaNames, quotas, type QuotaAmounts, type QuotaName } from './quotas.ts';

const counted: readonly QuotaName[] = ['projects', 'agents'];

/** A workspace's book in memory. */
class Book {
  readonly holders = new Map<string, Partial<Record<QuotaName, Holding>>>();
  readonly limits: Readonly<Record<QuotaName, number>>;

  constructor(limits: QuotaAmounts) {
    this.limits = { projects: 100, agents: 100, apps: 100, storedBytes: 100, ...limits };
  }

  used(quota: QuotaName): number {
    return [...this.holders.values()].reduce((sum, holdings) => sum + (holdings[quota]?.amount ?? 0), 0);
  }

  standing(holder: string, quota: QuotaName): QuotaStanding {
    const held = this.holders.get(holder)?.[quota] ?? { amount: 0, revision: 0 };
    return { limit: this.limits[quota], used: this.used(quota), held };
  }

  ask(holder: string, request: HoldRequest) {
    const standings = Object.fromEntries(quotaNames.map((quota) => [quota, this.standing(holder, quota)]));
    const decision = decideHold(standings, request);
    if (decision.type === 'held') {
      const own = { ...this.holders.get(holder) };
      for (const quota of quotaNames) {
        const amount = decision.amounts[quota];
        const revision = Math.max(request.revision, own[quota]?.revision ?? 0);
        if (amount !== undefined) own[quota] = { amount, revision };
      }
      this.holders.set(holder, own);
    }
    return decision;
  }
}

const request = fc.record({
  holder: fc.constantFrom('a', 'b', 'c'),
  mode: fc.constantFrom('all' as const, 'part' as const),
  projects: fc.nat(8),
  agents: fc.nat(30),
  late: fc.boolean(),
});

describe('holding of a quota', () => {
  it('never passes the limit, takes nothing away that is not given back, and is the same when it comes twice', () => {
    fc.assert(
      fc.property(fc.nat(12), fc.nat(40), fc.array(request, { maxLength: 30 }), (projects, agents, requests) => {
        const book = new Book({ projects, agents });
        for (const [index, { holder, mode, late, ...amounts }] of requests.entries()) {
          const revision = late ? 0 : index + 1;
          const before = counted.map((quota) => book.standing(holder, quota).held);
          const first = book.ask(holder, { revision, amounts, mode });
          for (const [at, quota] of counted.entries()) {
            expect(book.used(quota)).toBeLessThanOrEqual(book.limits[quota]);
            const was = before[at] ?? { amount: 0, revision: 0 };
            const wanted = revision < was.revision ? was.amount : amounts[quota as 'agents' | 'projects'];
            expect(book.standing(holder, quota).held.amount).toBeGreaterThanOrEqual(Math.min(was.amount, wanted));
          }
          expect(book.ask(holder, { revision, amounts, mode })).toEqual(first);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives the last of it to one of two, and again when that one gives it back', () => {
    const book = new Book({ projects: 1 });
    const one: HoldRequest = { revision: 1, amounts: { projects: 1 }, mode: 'all' };
    expect(book.ask('a', one).type).toBe('held');
    expect(book.ask('b', one)).toEqual({ type: 'exceeded', quota: 'projects', wanted: 1, limit: 1, used: 1 });
    book.ask('a', { revision: 2, amounts: { projects: 0 }, mode: 'fact' });
    expect(book.ask('b', one).type).toBe('held');
    // The first request of a, late.
    book.ask('a', one);
    expect(book.used('projects')).toBe(1);
  });

  it('lets nothing grow while more is stored than may be, and notes facts all the same', () => {
    const book = new Book({ storedBytes: 10 });
    book.ask('a', { revision: 1, amounts: { storedBytes: 11, projects: 1 }, mode: 'fact' });
    const refused = book.ask('b', { revision: 1, amounts: { projects: 1 }, mode: 'all' });
    expect(refused).toMatchObject({ type: 'exceeded', quota: 'storedBytes', limit: 10, used: 11 });
    expect(book.ask('a', { revision: 2, amounts: { agents: 3 }, mode: 'part' })).toMatchObject({
      amounts: { agents: 0 },
    });
    book.ask('a', { revision: 3, amounts: { storedBytes: 1 }, mode: 'fact' });
    expect(book.ask('b', { revision: 1, amounts: { projects: 1 }, mode: 'all' }).type).toBe('held');
  });

  it('names quota, limit, use and what to do', () => {
    const error = exceededError({ type: 'exceeded', quota: 'agents', wanted: 3, limit: 10, used: 9 });
    expect(error.type).toBe('quota.exceeded');
    expect(error.detail).toMatch(/“agents”.*limit is 10, 9 are used, and 3 more.*make pools smaller/);
  });
});

describe('quotas as a variable', () => {
  it('are read by name, and refused with the entry at fault', () => {
    expect(parseQuotas(' projects=3, agents = 40 ,')).toEqual({ ok: true, value: { projects: 3, agents: 40 } });
    expect(parseQuotas('')).toEqual({ ok: true, value: {} });
    expect(parseQuotas('poets=3')).toMatchObject({ ok: false, error: expect.stringContaining('"poets=3" is not') });
    expect(parseQuotas('constructor=3')).toMatchObject({ ok: false });
    expect(parseQuotas('agents=-1')).toMatchObject({ ok: false });
    expect(parseQuotas('agents=1,agents=2')).toMatchObject({ ok: false });
  });

  it('have a usual limit each', () => {
    expect(quotaNames.every((name) => quotas[name].usual > 0)).toBe(true);
  });
});
