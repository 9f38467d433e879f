/**
 * What leaves for other objects or D1. An entry is written in the transaction that made the change, so neither exists
 * without the other, and is delivered at least once, in order within its lane. A lane waits for its head; the other
 * lanes go on. A head that keeps failing is parked as a dead letter and frees its lane.
 *
 * An entry's row is the truth; the drain only holds which lanes are under way in this instance.
 */

import { decideFailure, decideInterruption } from '../../shared/domain/engine/backoff.ts';
import { deliveryAttempts, deliveryBackoff, latestLaneDueAt } from '../../shared/domain/engine/decide-delivery.ts';
import { decodeJson, encodeRowJson } from './json-text.ts';
import { type DeadLetter, type OutboxEntry, OutboxTable } from './outbox-table.ts';
import { causeOf, type Report, withDeadline } from './retry.ts';
import type { Storage } from './storage.ts';
import type { Timers } from './timers.ts';

/** Hands one payload over; resolves when the receiver has it for good. Throws to be tried again. */
export type Deliver = (
  payload: unknown,
  delivery: {
    /** The same over all attempts, for the receiver to recognise a repeat. */
    readonly deliveryId: string;
    /** Counts from 1 over failures and interruptions. */
    readonly attempt: number;
  },
) => Promise<void>;

export interface OutboxOptions {
  /** The object's lasting name, the beginning of every delivery id. */
  readonly object: string;
  readonly timers: Timers;
  /** Keeps the object alive while it drains. */
  readonly waitUntil?: (promise: Promise<unknown>) => void;
  readonly now?: () => number;
  readonly report?: Report;
  /** Time for one delivery; 15 s unless told. */
  readonly timeoutMs?: number;
  /** Failures before an entry becomes a dead letter; 10 unless told. */
  readonly attempts?: number;
}

const timerName = 'platform.outbox';
/** How long after an enqueue the timer looks, should the drain that starts at once be lost with the object. */
const safetyMs = 1_000;
const lanesAtOnce = 6;
/** Dead letters kept in one object; the oldest beyond them are dropped and reported. */
const deadLettersKept = 1_000;
/** Room for a drain of many slow lanes; the timer starts another one when it is over. */
const drainTimeoutMs = 5 * 60_000;

export class Outbox {
  readonly #storage: Storage;
  readonly #table: OutboxTable;
  readonly #options: OutboxOptions;
  readonly #now: () => number;
  readonly #deliverers = new Map<string, Deliver>();
  /** Lanes with a delivery under way in this instance. */
  readonly #busy = new Map<string, Promise<void>>();
  #draining: Promise<void> | undefined;
  #enqueued = false;
  #wake = Promise.withResolvers<void>();

  constructor(storage: Storage, options: OutboxOptions) {
    this.#storage = storage;
    this.#table = new OutboxTable(storage);
    this.#options = options;
    this.#now = options.now ?? Date.now;
    options.timers.on(timerName, () => this.#drain(), {
      timeoutMs: drainTimeoutMs,
      attempts: Number.POSITIVE_INFINITY,
    });
    storage.onCommit(() => {
      if (this.#enqueued) this.kick();
    });
  }

  /** Says how a kind is delivered. @throws Error when the kind has a way already. */
  on(kind: string, deliver: Deliver): void {
    if (this.#deliverers.has(kind)) throw new Error(`Outbox kind "${kind}" is delivered already.`);
    this.#deliverers.set(kind, deliver);
  }

  /** Adds an entry at the end of its lane. Inside a transaction. @throws PayloadRefused above 1 MB or not JSON. */
  enqueue(entry: { readonly lane: string; readonly kind: string; readonly payload: unknown }): void {
    this.#storage.requireTransaction('Outbox.enqueue');
    const payload = encodeRowJson(entry.payload, `The payload of outbox entry "${entry.kind}"`);
    const now = this.#now();
    this.#table.add({ lane: entry.lane, kind: entry.kind, payload, enqueuedAt: now });
    this.#options.timers.ensure({ name: timerName, dueAt: now + safetyMs });
    this.#enqueued = true;
  }

  /** Starts draining now, one drain at a time. Each commit that enqueued does it; a timer drains in any case. */
  kick(): void {
    this.#enqueued = false;
    const drained = this.#drain();
    this.#options.waitUntil?.(drained);
  }

  /** Parked entries, oldest first. */
  deadLetters(): readonly DeadLetter[] {
    return this.#table.deadLetters();
  }

  /** Puts a dead letter back at its old place in its lane, with all its attempts; false when there is none of that id. */
  replay(id: number): boolean {
    return this.#storage.transaction(() => {
      const replayed = this.#table.unpark(id, this.#now());
      if (replayed) this.#options.timers.ensure({ name: timerName, dueAt: this.#now() });
      this.#enqueued ||= replayed;
      return replayed;
    });
  }

  /** Entries not yet delivered, dead letters apart. */
  pending(): number {
    return this.#table.pending();
  }

  /** Delivers what is due now and ends when no delivery is under way. */
  flush(): Promise<void> {
    return this.#drain();
  }

  /** Called by the constructor of the object: frees the entries of a dead instance and sees that a timer drains. */
  recover(): void {
    const now = this.#now();
    this.#storage.transaction(() => {
      this.#table.boundLanes(latestLaneDueAt(now));
      for (const entry of this.#table.started()) {
        const subject = `${entry.lane}/${entry.id}`;
        const decision = decideInterruption(entry.interruptions, { now, dueAt: now, subject });
        if (decision.type === 'park') {
          this.#park(entry, `Interrupted ${decision.count} times while it was delivered.`, now);
        } else this.#table.interrupted(entry, decision.count, decision.dueAt);
      }
      const next = this.#table.earliest();
      if (next !== undefined) this.#options.timers.ensure({ name: timerName, dueAt: next });
    });
  }

  async #drain(): Promise<void> {
    this.#wake.resolve();
    this.#draining ??= this.#deliverAll().finally(() => {
      this.#draining = undefined;
    });
    try {
      await this.#draining;
    } catch (thrown) {
      // The rows are as they were and the timer is set: the next drain goes on from there.
      this.#report('broken', 'drain', causeOf(thrown));
    }
  }

  async #deliverAll(): Promise<void> {
    // A microtask later, so that the deliveries do not run inside the caller that kicked.
    await Promise.resolve();
    this.#table.boundLanes(latestLaneDueAt(this.#now()));
    for (;;) {
      this.#wake = Promise.withResolvers<void>();
      this.#startLanes();
      if (this.#busy.size === 0) break;
      await Promise.race([...this.#busy.values(), this.#wake.promise]);
    }
    const next = this.#table.earliest();
    if (next === undefined) this.#options.timers.cancel(timerName);
    else this.#options.timers.set({ name: timerName, dueAt: next });
  }

  #startLanes(): void {
    for (const lane of this.#table.dueLanes(this.#now(), lanesAtOnce + this.#busy.size)) {
      if (this.#busy.size >= lanesAtOnce) return;
      if (this.#busy.has(lane)) continue;
      const delivery = this.#deliverHead(lane).finally(() => {
        this.#busy.delete(lane);
      });
      this.#busy.set(lane, delivery);
    }
  }

  async #deliverHead(lane: string): Promise<void> {
    const entry = this.#table.takeHead(lane, this.#now());
    if (entry === undefined) return;
    const what = `The delivery of "${entry.kind}" (${entry.id})`;
    try {
      const deliver = this.#deliverers.get(entry.kind);
      if (deliver === undefined) throw new Error(`Nothing delivers outbox kind "${entry.kind}".`);
      const payload = decodeJson(entry.payload, `The payload of outbox entry ${entry.id}`);
      const delivery = {
        deliveryId: `${this.#options.object}/outbox/${entry.id}`,
        attempt: entry.attempts + entry.interruptions + 1,
      };
      await withDeadline(deliver(payload, delivery), this.#options.timeoutMs ?? 15_000, what);
    } catch (thrown) {
      this.#failed(entry, causeOf(thrown));
      return;
    }
    this.#storage.transaction(() => {
      this.#table.delivered(entry, this.#now());
    });
  }

  #failed(entry: OutboxEntry, cause: string): void {
    const subject = `${entry.lane}/${entry.id}`;
    const now = this.#now();
    const attempts = this.#options.attempts ?? deliveryAttempts;
    const decision = decideFailure(entry.attempts, { attempts, now, subject, backoff: deliveryBackoff });
    const isParked = decision.type === 'park';
    this.#storage.transaction(() => {
      if (isParked) this.#park({ ...entry, attempts: decision.count }, cause, now);
      else this.#table.failed(entry, decision.count, decision.dueAt, cause);
    });
    if (isParked || decision.count === 1) this.#report(isParked ? 'parked' : 'failed', subject, cause);
  }

  #park(entry: OutboxEntry, cause: string, now: number): void {
    this.#table.park(entry, cause, now);
    for (const { lane, id } of this.#table.boundDeadLetters(deadLettersKept)) {
      this.#report('dropped', `${lane}/${id}`, `More than ${deadLettersKept} dead letters.`);
    }
  }

  #report(status: 'failed' | 'parked' | 'dropped' | 'broken', subject: string, cause: string): void {
    this.#options.report?.({ part: 'outbox', status, subject, cause });
  }
}
