import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Turnstile, type AdmissionPolicy } from './turnstile.ts';

const policy: AdmissionPolicy = { maxConcurrent: 8, startsPerSecond: 50, leaseMs: 3_000, graceMs: 500 };

interface Caller {
  readonly id: number;
  /** Stops asking at its n-th question, without leaving. */
  readonly diesAtQuestion: number;
  readonly diesWhileRunning: boolean;
  readonly callMs: number;
  questions: number;
}

interface Start {
  readonly id: number;
  readonly at: number;
}

/** A turnstile with callers that behave as the adapter does, over a clock that is only counted. */
class World {
  readonly turnstile = new Turnstile(policy);
  readonly starts: Start[] = [];
  readonly alive = new Set<number>();
  mostRunning = 0;
  readonly #events: { at: number; order: number; run: (now: number) => void }[] = [];
  #order = 0;

  schedule(at: number, run: (now: number) => void): void {
    this.#order += 1;
    this.#events.push({ at, order: this.#order, run });
  }

  /** `skew(now)` is what the callers' clock shows. */
  run(skew: (now: number) => number): void {
    for (let steps = 0; steps < 200_000; steps += 1) {
      this.#events.sort((left, right) => right.at - left.at || right.order - left.order);
      const event = this.#events.pop();
      if (event === undefined) return;
      event.run(event.at);
      this.mostRunning = Math.max(this.mostRunning, this.turnstile.running);
    }
    throw new Error(`callers wait for ever, at ${skew(0)}`);
  }

  enter(at: number, plan: Omit<Caller, 'id' | 'questions'>, skew: (now: number) => number): void {
    this.schedule(at, (now) => {
      const caller = { ...plan, id: this.turnstile.enter(skew(now)), questions: 0 };
      this.#ask(caller, now, skew);
    });
  }

  #ask(caller: Caller, now: number, skew: (now: number) => number): void {
    caller.questions += 1;
    if (caller.questions > caller.diesAtQuestion) return;
    const turn = this.turnstile.ask(caller.id, skew(now));
    if (!turn.admitted) {
      expect(turn.askAgainMs).toBeGreaterThan(0);
      expect(turn.askAgainMs).toBeLessThanOrEqual(1_000);
      this.schedule(now + turn.askAgainMs, (later) => this.#ask(caller, later, skew));
      return;
    }
    this.starts.push({ id: caller.id, at: now });
    if (caller.diesWhileRunning) return;
    for (let renewal = 1_000; renewal < caller.callMs; renewal += 1_000) {
      this.schedule(now + renewal, (later) => this.turnstile.renew(caller.id, skew(later)));
    }
    this.schedule(now + caller.callMs, () => this.turnstile.leave(caller.id));
  }
}

const plan = fc.record({
  enterAt: fc.nat(2_000),
  callMs: fc.nat(8_000),
  diesAtQuestion: fc.oneof(
    { weight: 4, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
    { weight: 1, arbitrary: fc.nat(4) },
  ),
  diesWhileRunning: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

describe('a turnstile', () => {
  it('lets all callers through that live, in order, under both caps, whoever dies and however the clock jumps', () => {
    const jumps = fc.array(fc.record({ at: fc.nat(20_000), byMs: fc.constantFrom(-3_600_000, 3_600_000, 5_000) }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.array(plan, { minLength: 1, maxLength: 60, size: 'max' }), jumps, (plans, skews) => {
        const skew = (now: number): number =>
          1e9 + now + skews.filter(({ at }) => at <= now).reduce((sum, { byMs }) => sum + byMs, 0);
        const world = new World();
        for (const { enterAt, ...rest } of plans) world.enter(enterAt, rest, skew);
        // Comes when everybody else is through or dead, and finds nothing in its way.
        world.enter(900_000, { callMs: 1, diesAtQuestion: Number.POSITIVE_INFINITY, diesWhileRunning: false }, skew);
        world.run(skew);
        const { starts } = world;
        const immortal = plans.filter(({ diesAtQuestion }) => diesAtQuestion === Number.POSITIVE_INFINITY);
        expect(starts.length).toBeGreaterThanOrEqual(immortal.length + 1);
        expect(starts.map(({ id }) => id)).toEqual(starts.map(({ id }) => id).toSorted((left, right) => left - right));
        expect(world.mostRunning).toBeLessThanOrEqual(policy.maxConcurrent);
        for (const [index, { at }] of starts.entries()) {
          const before = starts[index - 1]?.at ?? Number.NEGATIVE_INFINITY;
          // A jump forward looks like time that passed: it may let one call start early.
          if (skews.some((jump) => jump.byMs > 0 && jump.at > before && jump.at <= at)) continue;
          expect(at - before).toBeGreaterThanOrEqual(1_000 / policy.startsPerSecond - 1e-6);
        }
        expect(world.turnstile.waiting).toBe(0);
      }),
      { numRuns: 40 },
    );
  }, 30_000);

  it('gives the places of running calls that died to others, and those of the living to nobody', () => {
    const turnstile = new Turnstile(policy);
    const running = Array.from({ length: policy.maxConcurrent }, (_, index) => {
      const caller = turnstile.enter(index * 20);
      expect(turnstile.ask(caller, index * 20).admitted).toBe(true);
      return caller;
    });
    const next = turnstile.enter(200);
    const [dead, ...living] = running;
    let admittedAt: number | undefined;
    for (let now = 200; now < 10_000 && admittedAt === undefined; now += 100) {
      for (const caller of living) turnstile.renew(caller, now);
      if (turnstile.ask(next, now).admitted) admittedAt = now;
    }
    expect(dead).toBe(1);
    expect(admittedAt).toBe(policy.leaseMs + 100);
    expect(turnstile.running).toBe(policy.maxConcurrent);
  });

  it('keeps the order of a whole queue over a stall of the process', () => {
    const turnstile = new Turnstile(policy);
    const first = turnstile.enter(0);
    const second = turnstile.enter(0);
    expect(turnstile.ask(first, 0).admitted).toBe(true);
    const third = turnstile.enter(0);
    expect(turnstile.ask(second, 0).admitted).toBe(false);
    // Nobody could ask for a minute; the last one comes first.
    expect(turnstile.ask(third, 60_000).admitted).toBe(false);
    expect(turnstile.ask(second, 60_000).admitted).toBe(true);
  });
});
