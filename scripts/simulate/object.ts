/**
 * A Durable Object of the simulation: a host with a store and the shared parts, which dies and is loaded again. The
 * parts are as thin as the real ones; what they decide is decided by `shared/domain/engine`.
 */
import { Journal, type StepRow } from './journal.ts';
import { Outbox, type OutboxEntry, OutboxRows } from './outbox.ts';
import type { Future } from './scheduler.ts';
import type { Mortal, Simulation } from './simulation.ts';
import { Store } from './store.ts';
import { type TimerRow, TimerRows, Timers } from './timers.ts';

/** What a call ends with when its message, its answer, or the object it went to was lost. */
export const connectionLost = { lost: true } as const;

/** How long a caller waits for an object that does not answer. */
const patienceMs = 15_000;

/** What is on an object's disk. */
export interface Disk {
  readonly timers: ReadonlyMap<string, TimerRow>;
  readonly alarm: number | undefined;
  readonly outbox: ReadonlyMap<number, OutboxEntry>;
  readonly journal: ReadonlyMap<string, StepRow>;
  readonly replies: ReadonlyMap<string, { readonly reply: unknown }>;
  readonly made: readonly [timers: number, outbox: number];
  /** The subclass's own: its log and its lists. */
  readonly own: unknown;
}

export abstract class SimulatedObject implements Mortal {
  readonly name: string;
  readonly simulation: Simulation;
  readonly store: Store;
  readonly timerRows = new TimerRows();
  readonly outboxRows = new OutboxRows();
  readonly journalRows = new Map<string, StepRow>();
  readonly #replies = new Map<string, { readonly reply: unknown }>();
  epoch = 0;
  pausedUntil = 0;
  timers: Timers;
  outbox: Outbox;
  journal: Journal;
  #isLoaded = false;
  #upAt = 0;
  /** Calls that are being served; they end with the object. */
  readonly #serving = new Set<Future<never>>();

  constructor(name: string, simulation: Simulation) {
    this.name = name;
    this.simulation = simulation;
    const { scheduler, random } = simulation;
    this.store = new Store((done) => {
      const { epoch } = this;
      scheduler.at(scheduler.now + random.between(1, simulation.faults.diskMs), () => {
        if (this.epoch === epoch) done();
      });
    });
    this.timers = new Timers(this);
    this.outbox = new Outbox(this);
    this.journal = new Journal(this);
    simulation.objects.push(this);
  }

  /** Registers handlers, as the constructor of a real object does. */
  protected abstract wire(): void;

  /** Each time it is loaded. */
  protected activate(): void {}

  load(): void {
    if (this.#isLoaded) return;
    this.#isLoaded = true;
    if (this.epoch > 0) {
      this.timers = new Timers(this);
      this.outbox = new Outbox(this);
      this.journal = new Journal(this);
    }
    this.wire();
    this.timers.recover();
    this.outbox.recover();
    this.activate();
  }

  crash(upAt: number): void {
    this.epoch += 1;
    this.#isLoaded = false;
    this.#upAt = upAt;
    this.pausedUntil = 0;
    this.store.crash();
    const { scheduler } = this.simulation;
    for (const reply of this.#serving) scheduler.at(scheduler.now + 2, () => reply.reject(connectionLost));
    this.#serving.clear();
    this.watchAlarm();
  }

  /** Has the runtime fire the alarm when it is due, whether the object is loaded then or not. */
  watchAlarm(): void {
    const { alarm } = this.timerRows;
    if (alarm === undefined) return;
    const { scheduler } = this.simulation;
    const at = Math.max(alarm, this.#upAt, scheduler.now);
    if (this.#watched?.alarm === alarm && this.#watched.at <= at && this.#watched.at >= scheduler.now) return;
    this.#watched = { alarm, at };
    scheduler.at(at, () => this.#fireAlarm(alarm));
  }

  #watched: { readonly alarm: number; readonly at: number } | undefined;

  #fireAlarm(alarm: number): void {
    const { scheduler } = this.simulation;
    if (this.#watched?.alarm === alarm) this.#watched = undefined;
    if (this.timerRows.alarm !== alarm) return;
    if (scheduler.now < this.#upAt) {
      this.watchAlarm();
      return;
    }
    if (this.pausedUntil > scheduler.now) {
      scheduler.at(this.pausedUntil, () => this.#fireAlarm(alarm));
      return;
    }
    const { timerRows } = this;
    // Used up: whoever needs it again has to set it. A kill before the disk knows lets it fire once more.
    this.store.change(() => {
      timerRows.alarm = alarm;
    });
    timerRows.alarm = undefined;
    this.load();
    this.timers.fire();
  }

  /** The disk as it is, for other schedules to begin with. Only after a crash: the object must not go on. */
  copyDisk(): Disk {
    const { timerRows, outboxRows } = this;
    return {
      timers: timerRows.rows,
      alarm: timerRows.alarm,
      outbox: outboxRows.rows,
      journal: this.journalRows,
      replies: this.#replies,
      made: [timerRows.made, outboxRows.made],
      own: this.copyOwn(),
    };
  }

  /** Begins with a disk that another object left, `upAt` being when the runtime is there. */
  beginWith(disk: Disk, upAt: number): void {
    const { timerRows, outboxRows } = this;
    for (const [name, row] of disk.timers) timerRows.rows.set(name, row);
    for (const [id, entry] of disk.outbox) outboxRows.rows.set(id, entry);
    for (const [key, row] of disk.journal) this.journalRows.set(key, row);
    for (const [id, reply] of disk.replies) this.#replies.set(id, reply);
    [timerRows.made, outboxRows.made] = disk.made;
    timerRows.alarm = disk.alarm;
    this.beginWithOwn(disk.own);
    this.#upAt = upAt;
    this.watchAlarm();
  }

  protected abstract copyOwn(): unknown;
  protected abstract beginWithOwn(own: unknown): void;

  /** Settles when what was written is on disk: nothing leaves the object before. Undefined when it is already. */
  get unflushed(): Future<void> | undefined {
    return this.store.whenFlushed;
  }

  /** A repeated command id answers the first reply. */
  once<Reply>(commandId: string, handle: () => Reply): Reply {
    const known = this.#replies.get(commandId);
    // SAFETY: the reply was kept for a command of this id, which always has this type.
    if (known !== undefined && !this.simulation.isMutated('no-dedupe')) return known.reply as Reply;
    const reply = handle();
    this.store.put(this.#replies, commandId, { reply });
    return reply;
  }

  /** A message of a caller arrives. */
  serve<Reply>(handle: () => Reply, reply: Future<Reply> | undefined): void {
    const { scheduler } = this.simulation;
    if (scheduler.now < this.#upAt) {
      if (reply !== undefined) scheduler.at(scheduler.now + 2, () => reply.reject(connectionLost));
      return;
    }
    if (this.pausedUntil > scheduler.now) {
      // What has gathered meanwhile comes in while its own work goes on already.
      const at = this.pausedUntil + this.simulation.random.between(0, 150);
      scheduler.at(at, () => this.serve(handle, reply));
      // Whoever called does not wait for ever, and calls again.
      if (reply !== undefined) scheduler.at(scheduler.now + patienceMs, () => reply.reject(connectionLost));
      return;
    }
    this.load();
    // SAFETY: the set only rejects them.
    const pending = reply as Future<never> | undefined;
    if (pending !== undefined) this.#serving.add(pending);
    const value = handle();
    const { unflushed, epoch } = this;
    const respond = (): void => {
      if (reply === undefined || pending === undefined || this.epoch !== epoch) return;
      this.#serving.delete(pending);
      scheduler.at(scheduler.now + this.simulation.random.between(1, 15), () => reply.resolve(value));
    };
    scheduler.waiting(this);
    if (unflushed === undefined || this.simulation.isMutated('ack-before-commit')) respond();
    else unflushed.whenSettled(respond);
  }
}
