/**
 * The queue before a provider: at most so many calls at once, at most so many starts a second, first come first
 * served. Deterministic: no clock and no timer of its own.
 *
 * Callers ask again by themselves instead of being woken, because they belong to objects that can die at any instant
 * without leaving: nobody waits for another one's timer, a caller that stopped asking is passed over, and a running
 * call that is no longer renewed gives its place back.
 */
import { quietStartRate, takeStart, type StartRate } from './start-rate.ts';

export interface AdmissionPolicy {
  readonly maxConcurrent: number;
  readonly startsPerSecond: number;
  /** A running call must be renewed within this time. */
  readonly leaseMs: number;
  /** A waiting caller that asks so much later than it was told is gone. */
  readonly graceMs: number;
}

export const defaultAdmissionPolicy: AdmissionPolicy = {
  maxConcurrent: 64,
  startsPerSecond: 50,
  leaseMs: 30_000,
  graceMs: 5_000,
};

export type Turn = { readonly admitted: true } | { readonly admitted: false; readonly askAgainMs: number };

const longestWaitMs = 1_000;
const shortestWaitMs = 20;

export class Turnstile {
  readonly #policy: AdmissionPolicy;
  /** Caller → until when its place is kept. */
  readonly #running = new Map<number, number>();
  /** Caller → until when it is expected to ask again; in the order of coming. Callers are numbered upwards. */
  readonly #waiting = new Map<number, number>();
  #rate: StartRate = quietStartRate;
  #lastCaller = 0;
  #seenAt: number | undefined;
  #time = 0;

  constructor(policy: AdmissionPolicy) {
    this.#policy = policy;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Takes the last place in the queue. */
  enter(now: number): number {
    const time = this.#tick(now);
    this.#lastCaller += 1;
    this.#waiting.set(this.#lastCaller, time + longestWaitMs + this.#policy.graceMs);
    return this.#lastCaller;
  }

  /** Whether the caller may go now, else when it is to ask again. */
  ask(caller: number, now: number): Turn {
    const time = this.#tick(now);
    const { graceMs, maxConcurrent, startsPerSecond, leaseMs } = this.#policy;
    this.#waiting.set(caller, time + longestWaitMs + graceMs);
    const first = this.#first(time);
    const start = takeStart(this.#rate, time, { perSecond: startsPerSecond, burst: 1 });
    const isFull = this.#running.size >= maxConcurrent && !this.#freeLostPlaces(time);
    if (first === caller && start.starts && !isFull) {
      this.#waiting.delete(caller);
      this.#running.set(caller, time + leaseMs);
      this.#rate = start.rate;
      return { admitted: true };
    }
    const ahead = Math.max(0, caller - first) * (1_000 / startsPerSecond);
    const waitMs = ahead + (start.starts ? 0 : start.waitMs);
    const shortest = isFull || start.starts ? shortestWaitMs : 0;
    return { admitted: false, askAgainMs: Math.min(longestWaitMs, Math.max(shortest, waitMs)) };
  }

  /** Says that a running call is still there. */
  renew(caller: number, now: number): void {
    const time = this.#tick(now);
    this.#running.set(caller, time + this.#policy.leaseMs);
  }

  /** Leaves the queue or the place, whichever it has. */
  leave(caller: number): void {
    this.#waiting.delete(caller);
    this.#running.delete(caller);
  }

  /** The first one in the queue that still asks. */
  #first(time: number): number {
    for (const [caller, expectedBy] of this.#waiting) {
      if (expectedBy >= time) return caller;
      this.#waiting.delete(caller);
    }
    return this.#lastCaller;
  }

  #freeLostPlaces(time: number): boolean {
    for (const [caller, until] of this.#running) if (until < time) this.#running.delete(caller);
    return this.#running.size < this.#policy.maxConcurrent;
  }

  /**
   * Time as the queue counts it: never backwards, and never by more than a second at once. So neither a jump of the
   * clock nor a stall of the whole process makes everybody late, and a jump forward lets one call start early at most.
   */
  #tick(now: number): number {
    const passedMs = now - (this.#seenAt ?? now);
    this.#seenAt = now;
    this.#time += Math.min(longestWaitMs, Math.max(0, passedMs));
    return this.#time;
  }
}
