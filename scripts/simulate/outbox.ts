/** The outbox of a simulated object. Mirrors `durable-objects/platform/outbox.ts`. */
import { decideFailure, decideInterruption } from '../../shared/domain/engine/backoff.ts';
import { deliveryAttempts, deliveryBackoff } from '../../shared/domain/engine/decide-delivery.ts';
import type { SimulatedObject } from './object.ts';
import type { Process } from './scheduler.ts';

export interface OutboxEntry {
  readonly id: number;
  readonly lane: string;
  readonly kind: string;
  readonly payload: unknown;
  readonly attempts: number;
  readonly interruptions: number;
  readonly nextAt: number;
  readonly isStarted: boolean;
}

export type Deliver = (payload: never, deliveryId: string) => Process;

/** What is on disk. */
export class OutboxRows {
  readonly rows = new Map<number, OutboxEntry>();
  readonly deadLetters: OutboxEntry[] = [];
  made = 0;
}

const timerName = 'platform.outbox';
const safetyMs = 1_000;

export class Outbox {
  readonly #object: SimulatedObject;
  readonly #deliverers = new Map<string, Deliver>();
  readonly #busy = new Set<string>();

  constructor(object: SimulatedObject) {
    this.#object = object;
    object.timers.on(timerName, () => this.#onTimer());
  }

  on(kind: string, deliver: Deliver): void {
    this.#deliverers.set(kind, deliver);
  }

  enqueue(lane: string, kind: string, payload: unknown): void {
    const { outboxRows, store, simulation, timers } = this.#object;
    outboxRows.made += 1;
    const id = outboxRows.made;
    const { now } = simulation;
    const entry = { id, lane, kind, payload, attempts: 0, interruptions: 0, nextAt: now, isStarted: false };
    if (simulation.isMutated('lost-outbox')) outboxRows.rows.set(id, entry);
    else {
      store.put(outboxRows.rows, id, entry);
      timers.ensure(timerName, now + safetyMs);
    }
    const { epoch } = this.#object;
    simulation.scheduler.at(now, () => {
      if (this.#object.epoch === epoch) this.#drain();
    });
  }

  recover(): void {
    const { outboxRows, simulation, timers } = this.#object;
    const { now } = simulation;
    if (simulation.isMutated('lost-outbox')) outboxRows.rows.clear();
    for (const entry of outboxRows.rows.values()) {
      if (!entry.isStarted) continue;
      const subject = `${entry.lane}/${entry.id}`;
      const decision = decideInterruption(entry.interruptions, { now, dueAt: now, subject });
      if (decision.type === 'park') this.#park(entry);
      else this.#put({ ...entry, interruptions: decision.count, nextAt: decision.dueAt, isStarted: false });
    }
    const next = this.#nextAt();
    if (next !== undefined) timers.ensure(timerName, next);
  }

  *#onTimer(): Process {
    this.#drain();
    yield 0;
  }

  #drain(): void {
    const { simulation } = this.#object;
    for (const entry of this.#heads()) {
      if (this.#busy.has(entry.lane) || entry.nextAt > simulation.now) continue;
      this.#busy.add(entry.lane);
      simulation.scheduler.spawn(this.#object, this.#deliver(entry));
    }
    this.#setTimer();
  }

  *#deliver(entry: OutboxEntry): Process {
    const { store, outboxRows, name, simulation } = this.#object;
    this.#put({ ...entry, isStarted: true });
    const deliver = this.#deliverers.get(entry.kind);
    try {
      // SAFETY: entries of a kind are made in one place, with what its deliverer takes.
      if (deliver !== undefined) yield* deliver(entry.payload as never, `${name}/outbox/${entry.id}`);
    } catch (failure) {
      if (failure instanceof Error) throw failure;
      this.#failed(entry);
      return;
    }
    store.remove(outboxRows.rows, entry.id);
    simulation.trace(name, () => `delivered ${entry.kind} ${entry.id} of ${entry.lane}`);
    this.#next(entry.lane);
  }

  #failed(entry: OutboxEntry): void {
    const { simulation } = this.#object;
    const decision = decideFailure(entry.attempts, {
      attempts: deliveryAttempts,
      now: simulation.now,
      subject: `${entry.lane}/${entry.id}`,
      backoff: deliveryBackoff,
    });
    if (decision.type === 'park') this.#park({ ...entry, attempts: decision.count });
    else this.#put({ ...entry, attempts: decision.count, nextAt: decision.dueAt, isStarted: false });
    this.#next(entry.lane);
  }

  #next(lane: string): void {
    this.#busy.delete(lane);
    this.#drain();
  }

  /** The timer stands at the earliest lane that waits; what is under way is looked after by this instance. */
  #setTimer(): void {
    const next = this.#nextAt();
    if (next === undefined) this.#object.timers.cancel(timerName);
    else if (this.#busy.size === 0) this.#object.timers.set(timerName, next);
    else this.#object.timers.ensure(timerName, this.#object.simulation.now + safetyMs);
  }

  /** The first entry of each lane. */
  #heads(): readonly OutboxEntry[] {
    const heads: OutboxEntry[] = [];
    for (const entry of this.#object.outboxRows.rows.values()) {
      const place = heads.findIndex(({ lane }) => lane === entry.lane);
      if (place === -1) heads.push(entry);
      else if (entry.id < (heads[place]?.id ?? 0)) heads[place] = entry;
    }
    return heads;
  }

  #nextAt(): number | undefined {
    if (this.#object.outboxRows.rows.size === 0) return undefined;
    let earliest: number | undefined;
    for (const { nextAt } of this.#heads()) if (earliest === undefined || nextAt < earliest) earliest = nextAt;
    return earliest;
  }

  #park(entry: OutboxEntry): void {
    this.#object.store.remove(this.#object.outboxRows.rows, entry.id);
    this.#object.store.push(this.#object.outboxRows.deadLetters, entry);
  }

  #put(entry: OutboxEntry): void {
    this.#object.store.put(this.#object.outboxRows.rows, entry.id, entry);
  }
}
