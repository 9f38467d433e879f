import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decideReject,
  decideTake,
  defaultGroupSettings,
  judgeLease,
  retryDelayMs,
  takesType,
  type Cursor,
  type GroupSettings,
  type LeaseRef,
  type Outstanding,
} from './group.ts';

interface Event {
  readonly sequence: number;
  readonly key: string | undefined;
}

/** A group over a topic in memory, driven by the decisions alone. */
class Model {
  readonly settings: GroupSettings;
  now = 1_000;
  cursor: Cursor = { next: 1, leases: 0 };
  readonly events: Event[] = [];
  readonly rows = new Map<number, Outstanding>();
  readonly settled = new Set<number>();
  readonly dead = new Set<number>();
  readonly handed: (LeaseRef & { readonly until: number })[] = [];

  constructor(settings: GroupSettings) {
    this.settings = settings;
  }

  publish(key: string | undefined): void {
    this.events.push({ sequence: this.events.length + 1, key });
  }

  pull(limit: number): readonly Outstanding[] {
    const outstanding = [...this.rows.values()]
      .toSorted((left, right) => left.sequence - right.sequence)
      .map((row) => ({ ...row, presence: 'kept' as const }));
    const fresh = this.events
      .filter(({ sequence }) => sequence >= this.cursor.next)
      .slice(0, limit + this.settings.maxOutstanding);
    const taking = decideTake(this.settings, this.cursor, outstanding, fresh, {
      now: this.now,
      limit,
      leaseMs: this.settings.leaseMs,
      end: this.events.length,
    });
    for (const { row } of taking.dead) {
      this.rows.delete(row.sequence);
      this.dead.add(row.sequence);
    }
    for (const row of taking.taken) this.#checkHandingOut(row, outstanding);
    for (const row of taking.put) this.rows.set(row.sequence, row);
    this.cursor = taking.cursor;
    for (const { sequence, lease, dueAt } of taking.taken) this.handed.push({ sequence, lease, until: dueAt });
    expect(taking.taken.length).toBeLessThanOrEqual(limit);
    return taking.taken;
  }

  acknowledge(ref: LeaseRef): string {
    const verdict = judgeLease(ref, this.rows.get(ref.sequence), this.#know(ref));
    if (verdict === 'good') {
      this.rows.delete(ref.sequence);
      this.settled.add(ref.sequence);
    }
    return verdict;
  }

  reject(ref: LeaseRef): void {
    const row = this.rows.get(ref.sequence);
    if (judgeLease(ref, row, this.#know(ref)) !== 'good' || row === undefined) return;
    const decision = decideReject(row, this.settings, { now: this.now, seed: 'g', delayMs: undefined });
    if (decision.type === 'retry') this.rows.set(ref.sequence, decision.row);
    else {
      this.rows.delete(ref.sequence);
      this.dead.add(ref.sequence);
    }
  }

  check(): void {
    for (const { sequence } of this.events) {
      const places = [
        sequence >= this.cursor.next,
        this.rows.has(sequence),
        this.settled.has(sequence),
        this.dead.has(sequence),
      ].filter(Boolean);
      expect([sequence, places.length]).toEqual([sequence, 1]);
    }
    expect(this.rows.size).toBeLessThanOrEqual(this.settings.maxOutstanding);
    for (const row of this.rows.values()) expect(row.attempts).toBeLessThanOrEqual(this.settings.maxAttempts);
    const last = new Map(this.handed.map((lease) => [lease.lease, lease]));
    expect(last.size).toBe(this.handed.length);
  }

  #know(ref: LeaseRef) {
    return { cursor: this.cursor, isDead: this.dead.has(ref.sequence) };
  }

  #checkHandingOut(row: Outstanding, before: readonly Outstanding[]): void {
    const held = before.find(({ sequence }) => sequence === row.sequence);
    // Nobody else holds it at this moment.
    if (held?.isLeased === true) expect(held.dueAt).toBeLessThanOrEqual(this.now);
    if (this.settings.order === 'none' || row.key === undefined) return;
    const earlier = this.events.filter(({ sequence, key }) => key === row.key && sequence < row.sequence);
    for (const { sequence } of earlier) expect(this.settled.has(sequence) || this.dead.has(sequence)).toBe(true);
  }
}

const step = fc.oneof(
  fc.record({ type: fc.constant('publish' as const), key: fc.constantFrom('a', 'b', undefined) }),
  fc.record({ type: fc.constant('pull' as const), limit: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ type: fc.constantFrom('acknowledge' as const, 'reject' as const), index: fc.nat(60) }),
  fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 300 }) }),
);

const settingsArbitrary = fc.record({
  order: fc.constantFrom('none' as const, 'key' as const),
  maxAttempts: fc.integer({ min: 1, max: 4 }),
  maxOutstanding: fc.integer({ min: 1, max: 6 }),
});

describe('a consumer group', () => {
  it('never loses an event, hands one to one consumer at a time, and keeps the order of keys where it is asked to', () => {
    fc.assert(
      fc.property(settingsArbitrary, fc.array(step, { maxLength: 120 }), (over, steps) => {
        const model = new Model({
          ...defaultGroupSettings,
          leaseMs: 100,
          backoffBaseMs: 50,
          backoffCapMs: 200,
          ...over,
        });
        for (const move of steps) {
          if (move.type === 'publish') model.publish(move.key);
          else if (move.type === 'pull') model.pull(move.limit);
          else if (move.type === 'wait') model.now += move.ms;
          else {
            // Any lease that was ever given, also one that ran out long ago.
            const ref = model.handed[move.index % Math.max(1, model.handed.length)];
            if (ref !== undefined) model[move.type](ref);
          }
          model.check();
        }
        // From here on every consumer does its work: all that is left is settled or was given up.
        for (let round = 0; round < 400 && model.settled.size + model.dead.size < model.events.length; round += 1) {
          model.now += 300;
          for (const row of model.pull(5)) model.acknowledge(row);
          model.check();
        }
        expect(model.settled.size + model.dead.size).toBe(model.events.length);
      }),
      { numRuns: 300 },
    );
  });

  it('gives up what nobody settles after the last attempt, and nothing before', () => {
    const model = new Model({ ...defaultGroupSettings, leaseMs: 10, maxAttempts: 3 });
    model.publish('a');
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      expect(model.pull(1)).toMatchObject([{ sequence: 1, attempts: attempt }]);
      model.now += 10;
    }
    expect(model.pull(1)).toEqual([]);
    expect([...model.dead]).toEqual([1]);
  });

  it('takes a late acknowledgement until the event was handed out again, and answers a repeated one alike', () => {
    const model = new Model({ ...defaultGroupSettings, leaseMs: 10 });
    model.publish(undefined);
    model.publish(undefined);
    const [first, second] = model.pull(2);
    if (first === undefined || second === undefined) throw new Error('nothing was handed out');
    model.now += 20;
    expect(model.acknowledge(first)).toBe('good');
    expect(model.acknowledge(first)).toBe('done');
    const [again] = model.pull(1);
    expect(again).toMatchObject({ sequence: 2, attempts: 2 });
    expect(model.acknowledge(second)).toBe('stale');
    expect(model.acknowledge({ sequence: 3, lease: 1 })).toBe('stale');
    expect(model.acknowledge({ sequence: 1, lease: 99 })).toBe('stale');
  });

  it('gives up what retention took and forgets what a newer event has replaced', () => {
    const row = { key: 'k', attempts: 1, lease: 1, isLeased: false, dueAt: 0 };
    const taking = decideTake(
      { ...defaultGroupSettings, order: 'key' },
      { next: 4, leases: 2 },
      [
        { ...row, sequence: 1, presence: 'dropped' },
        { ...row, sequence: 2, presence: 'compacted' },
        { ...row, sequence: 3, presence: 'kept' },
      ],
      [],
      { now: 5, limit: 10, leaseMs: 10, end: 3 },
    );
    expect(taking.dead.map((parked) => parked.row.sequence)).toEqual([1]);
    expect(taking.replaced.map(({ sequence }) => sequence)).toEqual([2]);
    expect(taking.taken).toMatchObject([{ sequence: 3, attempts: 2, lease: 3, dueAt: 15 }]);
  });
});

describe('the types of a group', () => {
  it.each([
    [[], 'anything', true],
    [['task.failed'], 'task.failed', true],
    [['task.failed'], 'task.failed.again', false],
    [['gates.*', 'task.failed'], 'gates.evaluated', true],
    [['gates.*'], 'gates', false],
    [['*'], 'anything', true],
  ])('%j and an event %s: %s', (types, type, expected) => {
    expect(takesType({ types }, type)).toBe(expected);
  });
});

describe('the pause after a failure', () => {
  it('is anything from nothing to its longest, which doubles up to the cap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.string(), (failures, seed) => {
        const delay = retryDelayMs(failures, seed, { backoffBaseMs: 100, backoffCapMs: 5_000 });
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(Math.min(5_000, 100 * 2 ** (failures - 1)));
      }),
    );
    const delays = Array.from({ length: 400 }, (_, index) =>
      retryDelayMs(1, `seed-${index}`, { backoffBaseMs: 1_000, backoffCapMs: 5_000 }),
    );
    // Full jitter: the whole width is used.
    expect(Math.min(...delays)).toBeLessThan(100);
    expect(Math.max(...delays)).toBeGreaterThan(900);
  });
});
