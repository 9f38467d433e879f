/** The size of a pool under any course of a queue, of work and of time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PoolSettings } from '../../protocol/pools.ts';
import type { AgentId } from '../ids.ts';
import { decidePool, type PoolDecision, type PooledAgent, type PoolSituation } from './decide-pool.ts';

const settings: PoolSettings = { role: 'backend', minimum: 1, maximum: 4, targetLoad: 2, coolDownSeconds: 60 };

const agent = (index: number, holds = false, idleSince = 0): PooledAgent => ({
  agentId: `agt_${index}` as AgentId,
  holds,
  idleSince,
});

const agents = (count: number, working = 0): readonly PooledAgent[] =>
  Array.from({ length: count }, (_, index) => agent(index, index < working));

const situation = (more: Partial<PoolSituation> = {}): PoolSituation => ({
  settings,
  agents: agents(1, 1),
  queued: 0,
  room: Number.POSITIVE_INFINITY,
  now: 1_000_000,
  ...more,
});

const poolSettings: fc.Arbitrary<PoolSettings> = fc
  .record({
    minimum: fc.integer({ min: 1, max: 6 }),
    more: fc.nat(8),
    targetLoad: fc.constantFrom(0.5, 1, 2, 3.5),
    coolDownSeconds: fc.integer({ min: 1, max: 100 }),
  })
  .map(({ minimum, more, ...rest }) => ({ role: 'backend', minimum, maximum: minimum + more, ...rest }));

/** A pool in time: the queue and the work are what the test says, the agents what the decisions made of them. */
class Course {
  agents: readonly PooledAgent[];
  queued = 0;
  now = 0;
  lastChange: PoolSituation['lastChange'];
  readonly settings: PoolSettings;
  readonly changes: { readonly direction: 'grew' | 'shrank'; readonly at: number }[] = [];

  constructor(of: PoolSettings) {
    this.settings = of;
    this.agents = agents(of.minimum);
  }

  situation(): PoolSituation {
    const { lastChange } = this;
    return situation({
      settings: this.settings,
      agents: this.agents,
      queued: this.queued,
      now: this.now,
      ...(lastChange === undefined ? {} : { lastChange }),
    });
  }

  /** Some agents take tasks, others hand theirs in. */
  work(which: readonly boolean[]): void {
    this.agents = this.agents.map((one, index) => {
      const holds = which[index % which.length] ?? false;
      return { ...one, holds, idleSince: one.holds && !holds ? this.now : one.idleSince };
    });
  }

  decide(): PoolDecision {
    const decision = decidePool(this.situation());
    if (decision.type === 'hold') return decision;
    const direction = decision.type === 'grow' ? 'grew' : 'shrank';
    if (decision.type === 'grow') {
      const more = decision.to - this.agents.length;
      const first = this.changes.length * 1_000;
      this.agents = [
        ...this.agents,
        ...Array.from({ length: more }, (_, index) => agent(first + 100 + index, false, this.now)),
      ];
    } else {
      const gone = decision.agentIds.map((agentId) => this.agents.find((one) => one.agentId === agentId));
      expect(gone.every((one) => one?.holds === false)).toBe(true);
      this.agents = this.agents.filter(({ agentId }) => !decision.agentIds.includes(agentId));
    }
    this.lastChange = { direction, at: this.now };
    this.changes.push(this.lastChange);
    return decision;
  }
}

const moment = fc.record({
  queued: fc.nat(30),
  holds: fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
  passedMs: fc.nat(120_000),
});

describe('the size of a pool', () => {
  it('stays within its bounds, keeps holders of tasks, does not flap, and comes to rest, whatever happens', () => {
    fc.assert(
      fc.property(poolSettings, fc.array(moment, { maxLength: 40 }), (of, moments) => {
        const course = new Course(of);
        for (const { queued, holds, passedMs } of moments) {
          course.now += passedMs;
          course.work(holds);
          course.queued = queued;
          course.decide();
          expect(course.agents.length).toBeGreaterThanOrEqual(of.minimum);
          expect(course.agents.length).toBeLessThanOrEqual(of.maximum);
          // With nothing new there is nothing more to do.
          expect(course.decide().type).toBe('hold');
        }
        for (const [index, change] of course.changes.entries()) {
          const before = course.changes[index - 1];
          if (before !== undefined && before.direction !== change.direction) {
            expect(change.at - before.at).toBeGreaterThanOrEqual(of.coolDownSeconds * 1_000);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('converges to what a lasting queue asks for, by the times that it names itself', () => {
    fc.assert(
      fc.property(poolSettings, moment, moment, (of, first, lasting) => {
        const course = new Course(of);
        course.queued = first.queued;
        course.decide();
        course.work(lasting.holds);
        course.queued = lasting.queued;
        let dueAt: number | undefined = course.now;
        for (let step = 0; dueAt !== undefined && step < 40; step += 1) {
          course.now = Math.max(course.now, dueAt);
          const decision = course.decide();
          dueAt = decision.type === 'hold' ? decision.dueAt : course.now;
        }
        const working = course.agents.filter(({ holds }) => holds).length;
        const wanted = Math.min(of.maximum, Math.ceil(lasting.queued / of.targetLoad));
        expect(dueAt).toBeUndefined();
        expect(course.agents.length).toBe(Math.max(of.minimum, working, wanted));
      }),
      { numRuns: 500 },
    );
  });

  it('grows by the queue to as many as the target load asks for', () => {
    expect(decidePool(situation({ queued: 2 }))).toEqual({ type: 'hold', short: 0 });
    expect(decidePool(situation({ queued: 3 }))).toEqual({ type: 'grow', to: 2, reason: 'queue' });
    expect(decidePool(situation({ queued: 11 }))).toEqual({ type: 'grow', to: 4, reason: 'queue' });
  });

  it('grows no further than there is room, and says what is missing', () => {
    expect(decidePool(situation({ queued: 11, room: 1 }))).toEqual({ type: 'grow', to: 2, reason: 'queue' });
    expect(decidePool(situation({ queued: 11, room: 0 }))).toEqual({ type: 'hold', short: 3 });
  });

  it('lets the newest idle agents go after the cool-down, never one that holds a task', () => {
    const four = [agent(0), agent(1, true), agent(2), agent(3)];
    expect(decidePool(situation({ agents: four, now: 59_999 }))).toEqual({ type: 'hold', dueAt: 60_000, short: 0 });
    const shrunk = decidePool(situation({ agents: four, now: 60_000 }));
    expect(shrunk).toEqual({ type: 'shrink', reason: 'idle', agentIds: ['agt_0', 'agt_2', 'agt_3'] });
  });

  it('follows new bounds at once, as far as agents are free', () => {
    const lastChange = { direction: 'grew' as const, at: 999_999 };
    const four = [agent(0, true), agent(1, true), agent(2, true), agent(3, false, 999_999)];
    const lower = { ...settings, maximum: 2 };
    const expected = { type: 'shrink', reason: 'above_maximum', agentIds: ['agt_3'] };
    expect(decidePool(situation({ settings: lower, agents: four, lastChange }))).toEqual(expected);
    const higher = { ...settings, minimum: 3 };
    const grown = { type: 'grow', to: 3, reason: 'below_minimum' };
    expect(decidePool(situation({ settings: higher, lastChange: { direction: 'shrank', at: 999_999 } }))).toEqual(
      grown,
    );
  });
});
