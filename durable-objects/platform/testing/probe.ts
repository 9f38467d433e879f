/** A managed object with one event-sourced counter, whose timers and outbox lead to the ledger of the tests. */

import {
  type Aggregate,
  EventStore,
  type FiredTimer,
  type JournalRow,
  ManagedObject,
  type Problem,
  type Step,
  type StepOutcome,
} from '../index.ts';
import { clock, failures, outside } from './controls.ts';

export type ProbeEvent =
  | { readonly type: 'added'; readonly amount: number }
  | { readonly type: 'noted'; readonly text: string };
export interface ProbeState {
  readonly total: number;
  readonly count: number;
}

export const probeAggregate: Aggregate<ProbeState, ProbeEvent> = {
  initial: { total: 0, count: 0 },
  stateVersion: 1,
  eventTypes: { added: true, noted: true },
  refuse: ({ total }) => (total > 1_000_000 ? 'The total follows rules of a later version.' : undefined),
  evolve: (state, event) => {
    switch (event.type) {
      case 'added':
        return { total: state.total + event.amount, count: state.count + 1 };
      case 'noted':
        return { total: state.total, count: state.count + 1 };
    }
  },
};

const laterTypes = { added: true, noted: true, doubled: true } as const;

/** The same in a later version of the code: it knows one more event, and a second version of another. */
const laterAggregate: Aggregate<ProbeState, ProbeEvent> = {
  initial: probeAggregate.initial,
  stateVersion: 1,
  eventTypes: laterTypes,
  eventVersions: { added: 2 },
  upcast: { added: { 1: (payload) => payload } },
  evolve: (state, event) => {
    const type: string = event.type;
    return type === 'doubled'
      ? { total: state.total * 2, count: state.count + 1 }
      : probeAggregate.evolve(state, event, 0);
  },
};

const migrations = [
  { id: 1, name: 'note', up: 'CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT' },
];

export class Probe extends ManagedObject {
  /** What the hooks did in this instance. */
  readonly hooks: string[] = [];
  readonly problems: Problem[] = [];
  readonly store = new EventStore(this.storage, failures.later ? laterAggregate : probeAggregate, {
    snapshotEvery: 10,
  });

  constructor(ctx: DurableObjectState, env: unknown, now: () => number = clock.now) {
    super(ctx, env, { migrations, now });
    for (const name of ['plain', 'failing', 'slow', 'other']) {
      this.timers.on(name, async (timer: FiredTimer) => {
        await outside(`timer:${name}`, timer.key, timer.attempt);
      });
    }
    this.timers.on('plan', () => this.#plan());
    this.outbox.on('note', async (payload, delivery) => {
      await outside(`outbox:${String(payload)}`, delivery.deliveryId, delivery.attempt);
    });
  }

  protected override initialize(): void {
    if (failures.initialize) throw new Error('initialize fails');
    this.hooks.push('initialize');
    this.storage.sql.exec("INSERT INTO note (text) VALUES ('initialized')");
  }

  protected override activate(): void {
    this.hooks.push(`activate at ${this.store.sequence}`);
  }

  protected override reportProblem(problem: Problem): void {
    this.problems.push(problem);
  }

  override fetch(request: Request): Response {
    return this.sockets.accept(request);
  }

  /** Adds amounts as events, in one transaction. */
  add(amounts: readonly number[]): ProbeState {
    return this.transact(() => {
      this.store.append(
        amounts.map((amount) => ({ type: 'added', amount }) as const),
        this.now(),
      );
      return this.store.state;
    });
  }

  /** As many transactions of one event each, in one turn. */
  addEach(count: number): void {
    for (let index = 0; index < count; index += 1) {
      this.transact(() => void this.store.append([{ type: 'added', amount: 1 }], this.now()));
    }
  }

  state(): ProbeState & { readonly sequence: number } {
    return { ...this.store.state, sequence: this.store.sequence };
  }

  /** The sequences of the events after one. */
  page(after: number): readonly number[] {
    return this.store.read({ after, limit: 1_000 }).map(({ sequence }) => sequence);
  }

  /** Appends events of about that many characters each, in one transaction. */
  addLarge(count: number, length: number): void {
    this.transact(() => {
      for (let index = 0; index < count; index += 1) {
        this.store.append([{ type: 'noted', text: 'x'.repeat(length) }], this.now());
      }
    });
  }

  setTimer(timer: { name: string; key?: string; dueAt: number; payload?: unknown }): void {
    this.timers.set(timer);
  }

  /** Puts notes into lanes, in one transaction with one event each. */
  post(notes: readonly { readonly lane: string; readonly text: string }[]): void {
    this.transact(() => {
      for (const { lane, text } of notes) this.outbox.enqueue({ lane, kind: 'note', payload: text });
      this.store.append(
        notes.map(() => ({ type: 'added', amount: 1 }) as const),
        this.now(),
      );
    });
  }

  /** Runs a step whose effect is the ledger's `step:<key>`; its result is added to the counter as it settles. */
  async step(key: string, effectClass: Step<unknown>['effectClass']): Promise<StepOutcome<unknown>> {
    return this.journal.run<unknown>({
      key,
      effectClass,
      execute: ({ idempotencyKey, attempt }) => outside(`step:${key}`, idempotencyKey, attempt),
      ...(effectClass === 'lookup' ? { lookup: ({ idempotencyKey }) => lookUp(`lookup:${key}`, idempotencyKey) } : {}),
      onSettled: (outcome) => {
        if (outcome.status === 'done') this.store.append([{ type: 'added', amount: 1 }], this.now());
      },
    });
  }

  settle(key: string, decision: 'done' | 'redo' | 'abandon', value?: unknown): boolean {
    return this.journal.settle(key, decision, value);
  }

  doubts(): readonly JournalRow[] {
    return this.journal.inDoubt();
  }

  halt(): Promise<void> {
    return this.stop('the test stops it');
  }

  protected override deactivate(): void {
    this.storage.sql.exec("INSERT INTO note (text) VALUES ('deactivated')");
  }

  /** When the runtime will fire the alarm. */
  alarmAt(): Promise<number | null> {
    return this.ctx.storage.getAlarm();
  }

  notes(): readonly string[] {
    return this.storage.sql
      .exec<{ text: string }>('SELECT text FROM note ORDER BY id')
      .toArray()
      .map((row) => row.text);
  }

  /** A piece of work with every kind of effect: it ends with one event and one note, however often it is stopped. */
  async #plan(): Promise<void> {
    for (const effectClass of ['idempotent', 'lookup', 'pure'] as const) {
      const outcome = await this.step(effectClass, effectClass);
      if (outcome.status !== 'done') throw new Error(`Step ${effectClass} is ${outcome.status}.`);
    }
    this.transact(() => {
      this.inbox.once('plan', {}, this.now(), () => {
        this.outbox.enqueue({ lane: 'plan', kind: 'note', payload: 'finished' });
        this.store.append([{ type: 'added', amount: 100 }], this.now());
      });
    });
  }

  /** The shared parts, for the tests that run inside the object. */
  get parts() {
    const { storage, journal, inbox, timers, outbox, sockets } = this;
    return { storage, journal, inbox, timers, outbox, sockets };
  }
}

const lookUp = async (name: string, key: string): Promise<{ found: true; value: unknown } | { found: false }> => {
  const value = await outside(name, key, 0);
  return value === undefined ? { found: false } : { found: true, value };
};
