/**
 * Many named timers over the object's one alarm. The alarm is always set to the earliest due row, so a later timer can
 * never push an earlier one back, and this file alone sets it. A row stays due while its handler runs: whatever
 * happens to the object meanwhile, the alarm that is set already brings it back.
 *
 * The alarm handler does not throw, because the platform gives up after a few tries and then forgets the alarm;
 * failures are counted here, delayed here, and end as dead letters that can be replayed.
 */

import { decideFailure, decideInterruption } from '../../shared/domain/engine/backoff.ts';
import {
  isInCrowd,
  longestResumeMs,
  mustSet,
  rebaseTimer,
  timerAttempts,
  timerBackoff,
} from '../../shared/domain/engine/decide-timer.ts';
import { decodeJson, encodeRowJson } from './json-text.ts';
import { causeOf, type Report, withDeadline } from './retry.ts';
import { resumeTurns } from './resume-turns.ts';
import type { Participant, Storage } from './storage.ts';
import { type TimerDeadLetter, type TimerRow, TimerTable } from './timer-table.ts';

/** What a handler is given. `attempt` counts from 1 over failures and interruptions. */
export interface FiredTimer {
  readonly name: string;
  readonly key: string;
  readonly payload: unknown;
  readonly attempt: number;
}

export type TimerHandler = (timer: FiredTimer) => void | Promise<void>;

export interface TimerHandlerOptions {
  /** Time for one run, after which it counts as failed; 5 minutes unless told. */
  readonly timeoutMs?: number;
  /** Failures before the timer becomes a dead letter; 8 unless told. */
  readonly attempts?: number;
}

/** The part of `ctx.storage` that holds the alarm. */
export type AlarmSlot = Pick<DurableObjectStorage, 'setAlarm' | 'deleteAlarm'>;

interface Registration {
  readonly handle: TimerHandler;
  readonly timeoutMs: number;
  readonly attempts: number;
}

const defaultTimeoutMs = 5 * 60_000;
/** An alarm may run for 15 minutes; nothing new is started in the last ten, so that the longest handler ends in time. */
const startingMs = 5 * 60_000;
const concurrency = 32;
/** Dead letters kept in one object; the oldest beyond them are dropped and reported. */
const deadLettersKept = 1_000;
/** What is overdue by more than this has been missed by the alarm. */
const overdueMs = 5_000;
/** Before the alarm is tried again when even the bookkeeping of a firing failed. */
const repairDelayMs = 5_000;

export class Timers implements Participant {
  readonly #storage: Storage;
  readonly #table: TimerTable;
  readonly #alarm: AlarmSlot;
  readonly #now: () => number;
  readonly #report: Report;
  readonly #object: string;
  readonly #handlers = new Map<string, Registration>();
  /** Rows whose handler runs in this instance, by `name` and `key`. */
  readonly #running = new Map<string, Promise<void>>();
  /** What the alarm is known to be set to: null = not set, undefined = not known. */
  #armedAt: number | null | undefined;
  /** Until when work that was late at the object's start waits, once; 0 when it need not. */
  #resumeAt = 0;
  #wasCutOff = false;
  #isPaused = false;
  /** The clock when the rows were last known to be set at no later moment. */
  #latest = Number.POSITIVE_INFINITY;
  #firing: Promise<void> | undefined;
  #wake = Promise.withResolvers<void>();

  constructor(
    storage: Storage,
    options: {
      readonly alarm: AlarmSlot;
      /** The object's lasting name, by which late objects are spread. */
      readonly object?: string;
      readonly now?: () => number;
      readonly report?: Report;
    },
  ) {
    this.#storage = storage;
    this.#table = new TimerTable(storage);
    this.#alarm = options.alarm;
    this.#object = options.object ?? '';
    this.#now = options.now ?? Date.now;
    this.#report = options.report ?? (() => undefined);
    storage.enlist(this);
  }

  /**
   * Says what a timer of that name does. Handlers are idempotent: a handler that was interrupted runs again.
   * @throws Error when the name has a handler already.
   */
  on(name: string, handle: TimerHandler, options: TimerHandlerOptions = {}): void {
    if (this.#handlers.has(name)) throw new Error(`Timer "${name}" has a handler already.`);
    this.#handlers.set(name, {
      handle,
      timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
      attempts: options.attempts ?? timerAttempts,
    });
  }

  /** Sets a timer; one of the same name and key is replaced, also while its handler runs (it then fires once more). */
  set(timer: {
    readonly name: string;
    readonly key?: string;
    readonly dueAt: number;
    readonly payload?: unknown;
  }): void {
    if (!Number.isSafeInteger(Math.round(timer.dueAt))) {
      throw new RangeError(`Timer "${timer.name}": dueAt is ${timer.dueAt}, not a time in milliseconds.`);
    }
    const payload = encodeRowJson(timer.payload, `The payload of timer "${timer.name}"`);
    this.#storage.transaction(() => {
      const setAt = this.#now();
      this.#table.put({ name: timer.name, key: timer.key ?? '', dueAt: Math.round(timer.dueAt), setAt, payload });
      this.#rebase(setAt);
      this.#arm();
    });
    this.#wake.resolve();
  }

  /** `set`, unless one of the same name and key is due at that time or earlier and does not run yet. */
  ensure(timer: {
    readonly name: string;
    readonly key?: string;
    readonly dueAt: number;
    readonly payload?: unknown;
  }): void {
    const row = this.#table.find(timer.name, timer.key ?? '');
    const existing = row && { dueAt: row.dueAt, isRunning: row.startedAt !== undefined };
    if (mustSet(existing, timer.dueAt)) this.set(timer);
  }

  /** Removes a timer; a handler that runs is not stopped, but not repeated either. */
  cancel(name: string, key = ''): void {
    this.#storage.transaction(() => {
      this.#table.removeByKey(name, key);
      this.#arm();
    });
  }

  /** When the named timer is due, if it is set. */
  dueAt(name: string, key = ''): number | undefined {
    return this.#table.find(name, key)?.dueAt;
  }

  /** Timers that failed too often, oldest first. */
  deadLetters(): readonly TimerDeadLetter[] {
    return this.#table.deadLetters();
  }

  /** Sets a dead letter again, due now, with all its attempts; false when there is none of that id. */
  replay(id: number): boolean {
    return this.#storage.transaction(() => {
      const replayed = this.#table.replay(id, this.#now());
      if (replayed) this.#arm();
      return replayed;
    });
  }

  /**
   * Called by the constructor of the object: frees the rows of a dead instance and sets the alarm anew, so that any
   * request repairs an alarm that was lost.
   */
  recover(): void {
    const now = this.#now();
    this.#storage.transaction(() => {
      this.#rebase(now);
      for (const row of this.#table.started()) {
        this.#wasCutOff = true;
        const subject = `${row.name}/${row.key}`;
        const decision = decideInterruption(row.interruptions, { now, dueAt: row.dueAt, subject });
        if (decision.type === 'park') this.#park(row, `Interrupted ${decision.count} times while it ran.`);
        else this.#table.interrupted(row.id, decision.count, { dueAt: decision.dueAt, setAt: now });
      }
      if (this.#table.earliest() !== undefined) this.#arm();
    });
    this.#resumeAt = isInCrowd(this.#table.earliest(), now) ? resumeTurns.take(this.#object, now) : 0;
  }

  /** Starts no handler any more and gives the alarm up, until `resume`. The rows stay. */
  pause(): void {
    this.#isPaused = true;
    this.#wake.resolve();
    this.#arm();
  }

  resume(): void {
    this.#isPaused = false;
    this.#arm();
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** How many handlers run. */
  get running(): number {
    return this.#running.size;
  }

  /** When the object wakes by itself next. */
  get next(): number | undefined {
    return this.#table.earliest();
  }

  /** Ends when no handler runs. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Whether a handler was under way when the object's last instance died. */
  get wasCutOff(): boolean {
    return this.#wasCutOff;
  }

  /**
   * For whoever suspects that the object should have woken by itself: sets the alarm anew when something is overdue
   * and nothing runs, and puts right what a clock that went back has left. Cheap when all is well.
   */
  repair(): void {
    const now = this.#now();
    this.#storage.transaction(() => {
      this.#rebase(now);
      const earliest = this.#table.earliest();
      if (earliest === undefined) return;
      if (this.#firing === undefined && now - earliest >= overdueMs) this.#armedAt = undefined;
      this.#arm();
    });
  }

  /** Runs what is due, and what falls due meanwhile; ends when no handler runs. Called by `alarm()`. */
  async fire(): Promise<void> {
    if (this.#isPaused) return;
    this.#firing ??= this.#runDue().finally(() => {
      this.#firing = undefined;
    });
    this.#wake.resolve();
    try {
      await this.#firing;
    } catch (thrown) {
      this.#report({ part: 'timers', status: 'broken', subject: 'alarm', cause: causeOf(thrown) });
      // Should this throw as well, the platform's own retries are the last resort.
      await this.#alarm.setAlarm(this.#now() + repairDelayMs);
    }
  }

  /** Runs nothing and keeps every row; the alarm comes again after `delayMs`. Called by `alarm()` of a parked object. */
  async defer(delayMs: number): Promise<void> {
    this.#armedAt = undefined;
    if (this.#table.earliest() !== undefined) await this.#alarm.setAlarm(this.#now() + delayMs);
  }

  /** Forgets what the alarm is set to; called after a rollback. */
  invalidate(): void {
    this.#armedAt = undefined;
  }

  async #runDue(): Promise<void> {
    // The alarm that fired is used up: set it again before anything else is done.
    this.#armedAt = undefined;
    this.#arm();
    await this.#resume();
    let startFrom = this.#now();
    for (;;) {
      this.#wake = Promise.withResolvers<void>();
      const now = this.#now();
      this.#storage.transaction(() => this.#rebase(now));
      // The time for starting is counted anew from where the clock went back to.
      startFrom = Math.min(startFrom, now);
      const mayStart = !this.#isPaused && now < startFrom + startingMs;
      if (mayStart) this.#startDue(now);
      this.#arm();
      if (this.#running.size === 0) return;
      await this.#anyChange(mayStart);
    }
  }

  /** Once after a start that came late: this object's turn among all that were late. */
  async #resume(): Promise<void> {
    const waitMs = this.#resumeAt - this.#now();
    this.#resumeAt = 0;
    if (waitMs > 0) await scheduler.wait(Math.min(waitMs, longestResumeMs));
  }

  #startDue(now: number): void {
    for (const row of this.#table.due(now, concurrency + this.#running.size)) {
      if (this.#running.size >= concurrency) return;
      const place = JSON.stringify([row.name, row.key]);
      if (this.#running.has(place)) continue;
      const run = this.#runOne(row).finally(() => {
        this.#running.delete(place);
      });
      this.#running.set(place, run);
    }
  }

  /** Resolves when a handler ends, a timer is set, or the next row falls due. */
  async #anyChange(mayStart: boolean): Promise<void> {
    const next = mayStart ? this.#table.earliestWaiting() : undefined;
    const delayMs = next === undefined ? undefined : Math.max(0, next - this.#now());
    const handlers = [...this.#running.values(), this.#wake.promise];
    // Rows that are due and wait for a free place are started when a handler ends.
    if (delayMs === undefined || delayMs === 0) return Promise.race(handlers);
    const { promise, resolve } = Promise.withResolvers<void>();
    const timeout = setTimeout(() => resolve(), Math.min(delayMs, startingMs));
    await Promise.race([...handlers, promise]);
    clearTimeout(timeout);
  }

  async #runOne(row: TimerRow): Promise<void> {
    this.#table.start(row.id, this.#now());
    const registration = this.#handlers.get(row.name);
    try {
      if (registration === undefined) throw new Error(`No handler is registered for timer "${row.name}".`);
      const timer = {
        name: row.name,
        key: row.key,
        payload: decodeJson(row.payload, `The payload of timer "${row.name}"`),
        attempt: row.attempts + row.interruptions + 1,
      };
      // The handler starts in a later microtask, so that one that blocks cannot keep the others from being marked.
      const run = Promise.resolve(timer).then(registration.handle);
      await withDeadline(run, registration.timeoutMs, `Timer "${row.name}"`);
    } catch (thrown) {
      this.#failed(row, registration?.attempts ?? timerAttempts, causeOf(thrown));
      return;
    }
    // By id: a timer that was set again while its handler ran is another row.
    this.#table.remove(row.id);
  }

  #failed(row: TimerRow, attempts: number, cause: string): void {
    const subject = row.key === '' ? row.name : `${row.name}/${row.key}`;
    const now = this.#now();
    const decision = decideFailure(row.attempts, { attempts, now, subject, backoff: timerBackoff });
    const isParked = decision.type === 'park';
    this.#storage.transaction(() => {
      if (isParked) this.#park({ ...row, attempts: decision.count }, cause);
      else this.#table.failed(row.id, decision.count, { dueAt: decision.dueAt, setAt: now }, cause);
    });
    if (isParked || decision.count === 1) {
      this.#report({ part: 'timers', status: isParked ? 'parked' : 'failed', subject, cause });
    }
  }

  #park(row: TimerRow, cause: string): void {
    this.#table.park(row, cause, this.#now());
    for (const dropped of this.#table.boundDeadLetters(deadLettersKept)) {
      const subject = `${dropped.name}/${dropped.key}`;
      this.#report({ part: 'timers', status: 'dropped', subject, cause: `More than ${deadLettersKept} dead letters.` });
    }
  }

  /** A clock that went back makes no timer wait longer than it would have waited when it was set. */
  #rebase(now: number): void {
    const isOnward = now >= this.#latest;
    this.#latest = now;
    if (isOnward) return;
    for (const row of this.#table.setAfter(now)) {
      const times = rebaseTimer(row, now);
      if (times !== undefined) this.#table.move(row.id, times);
    }
  }

  /** Sets the alarm to the earliest due row, running ones included. */
  #arm(): void {
    const next = this.#isPaused ? null : (this.#table.earliest() ?? null);
    if (next === this.#armedAt) return;
    this.#armedAt = next;
    const written = next === null ? this.#alarm.deleteAlarm() : this.#alarm.setAlarm(next);
    // A failed write breaks the object's output gate: the runtime resets the object, and its constructor arms again.
    written.catch((thrown: unknown) => {
      this.#armedAt = undefined;
      this.#report({ part: 'timers', status: 'broken', subject: 'alarm', cause: causeOf(thrown) });
    });
  }
}
