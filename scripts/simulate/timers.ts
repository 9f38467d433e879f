/** The timers of a simulated object, over its one alarm. Mirrors `durable-objects/platform/timers.ts`. */
import { decideFailure, decideInterruption } from '../../shared/domain/engine/backoff.ts';
import { mustSet, timerAttempts, timerBackoff } from '../../shared/domain/engine/decide-timer.ts';
import type { SimulatedObject } from './object.ts';
import type { Process } from './scheduler.ts';

export interface TimerRow {
  readonly id: number;
  readonly name: string;
  readonly dueAt: number;
  readonly attempts: number;
  readonly interruptions: number;
  readonly isStarted: boolean;
}

/** What is on disk. */
export class TimerRows {
  readonly rows = new Map<string, TimerRow>();
  /** What the runtime's alarm is set to. */
  alarm: number | undefined;
  deadLetters = 0;
  made = 0;
}

/** What one loaded instance holds. */
export class Timers {
  readonly #object: SimulatedObject;
  readonly #handlers = new Map<string, () => Process>();
  readonly #running = new Set<string>();

  constructor(object: SimulatedObject) {
    this.#object = object;
  }

  on(name: string, handle: () => Process): void {
    this.#handlers.set(name, handle);
  }

  set(name: string, dueAt: number): void {
    const { rows } = this.#object.timerRows;
    this.#object.timerRows.made += 1;
    const id = this.#object.timerRows.made;
    this.#put({ id, name, dueAt, attempts: 0, interruptions: 0, isStarted: false });
    if (rows.size > 0) this.arm();
  }

  ensure(name: string, dueAt: number): void {
    const row = this.#object.timerRows.rows.get(name);
    if (mustSet(row && { dueAt: row.dueAt, isRunning: row.isStarted }, dueAt)) this.set(name, dueAt);
  }

  cancel(name: string): void {
    if (!this.#object.timerRows.rows.has(name)) return;
    this.#object.store.remove(this.#object.timerRows.rows, name);
    this.arm();
  }

  /** In the constructor: rows of a dead instance are freed, and the alarm is set anew. */
  recover(): void {
    const { now } = this.#object.simulation;
    for (const row of this.#object.timerRows.rows.values()) {
      if (!row.isStarted) continue;
      const decision = decideInterruption(row.interruptions, { now, dueAt: row.dueAt, subject: row.name });
      if (decision.type === 'park') this.#park(row);
      else this.#put({ ...row, isStarted: false, interruptions: decision.count, dueAt: decision.dueAt });
    }
    if (this.#object.timerRows.rows.size === 0) return;
    this.arm();
  }

  fire(): void {
    if (!this.#object.simulation.isMutated('used-up-alarm')) this.arm();
    this.startDue();
  }

  /** Starts what is due; each handler is a process of its own. */
  startDue(): void {
    const { now, scheduler } = this.#object.simulation;
    for (const row of this.#object.timerRows.rows.values()) {
      if (row.dueAt > now || this.#running.has(row.name)) continue;
      this.#running.add(row.name);
      this.#put({ ...row, isStarted: true });
      scheduler.spawn(this.#object, this.#runOne(row));
    }
    if (!this.#object.simulation.isMutated('used-up-alarm')) this.arm();
  }

  /** Sets the alarm to the earliest due row; while a handler runs the instance itself looks after the rest. */
  arm(): void {
    const { timerRows, store, simulation } = this.#object;
    const earliest = this.#earliest();
    if (earliest !== timerRows.alarm) {
      const before = timerRows.alarm;
      store.change(() => {
        timerRows.alarm = before;
      });
      timerRows.alarm = earliest;
    }
    if (this.#running.size === 0) this.#object.watchAlarm();
    else {
      const waiting = this.#earliest(true);
      if (waiting === undefined) return;
      const { epoch } = this.#object;
      simulation.scheduler.at(waiting, () => {
        if (this.#object.epoch === epoch && this.#running.size > 0) this.startDue();
      });
    }
  }

  *#runOne(row: TimerRow): Process {
    const { timerRows, store, simulation } = this.#object;
    try {
      const handle = this.#handlers.get(row.name);
      if (handle !== undefined) yield* handle();
    } catch (failure) {
      if (failure instanceof Error) throw failure;
      this.#running.delete(row.name);
      this.#failed(row);
      return;
    }
    this.#running.delete(row.name);
    simulation.trace(this.#object.name, () => `timer ${row.name} ended`);
    // By id: a timer that was set again while its handler ran is another row.
    if (timerRows.rows.get(row.name)?.id === row.id) store.remove(timerRows.rows, row.name);
    this.arm();
  }

  #failed(row: TimerRow): void {
    const { timerRows, simulation } = this.#object;
    if (timerRows.rows.get(row.name)?.id === row.id) {
      const rules = { attempts: timerAttempts, now: simulation.now, subject: row.name, backoff: timerBackoff };
      const decision = decideFailure(row.attempts, rules);
      if (decision.type === 'park') this.#park(row);
      else this.#put({ ...row, attempts: decision.count, dueAt: decision.dueAt, isStarted: false });
    }
    this.arm();
  }

  #park(row: TimerRow): void {
    this.#object.store.remove(this.#object.timerRows.rows, row.name);
    this.#object.timerRows.deadLetters += 1;
  }

  #put(row: TimerRow): void {
    this.#object.store.put(this.#object.timerRows.rows, row.name, row);
  }

  #earliest(isWaiting = false): number | undefined {
    let earliest: number | undefined;
    for (const row of this.#object.timerRows.rows.values()) {
      if (isWaiting && (row.isStarted || this.#running.has(row.name))) continue;
      if (earliest === undefined || row.dueAt < earliest) earliest = row.dueAt;
    }
    return earliest;
  }
}
