/**
 * An object's life as its operators see and steer it: the phase it is in, being deactivated in good order, and coming
 * back. Only an order to stop and having stopped are written down; every other phase is seen.
 */
import { nextPhase, phaseOf, takesCommands } from '../../shared/domain/lifecycle/phase.ts';
import { err, type AppError, type Result } from '../../shared/errors/result.ts';
import type { ObjectLifecycle } from '../../shared/rpc/managed-object.ts';
import { DeadLetters } from './dead-letters.ts';
import type { Outbox } from './outbox.ts';
import { causeOf, type Report, withDeadline } from './retry.ts';
import { statement, type Participant, type Storage } from './storage.ts';
import type { Timers } from './timers.ts';

type PauseRow = {
  readonly phase: 'deactivating' | 'inactive';
  readonly since: number;
  readonly reason: string | null;
  readonly ordered_by: string;
};

const selectPause = statement<[], PauseRow>`SELECT phase, since, reason, ordered_by FROM object_pause`;
const insertPause = statement<[since: number, reason: string | null, by: string]>`
  INSERT INTO object_pause (id, phase, since, reason, ordered_by) VALUES (1, 'deactivating', ?, ?, ?)`;
const markInactive = statement<[since: number]>`UPDATE object_pause SET phase = 'inactive', since = ?`;
const deletePause = statement`DELETE FROM object_pause`;
const selectLife = statement<[], { initialized_at: number }>`SELECT initialized_at FROM object_life`;

/** For what runs to end, and once more for what waits to be delivered. */
const drainMs = 15_000;
/** A timer that is due this soon is work, not rest. */
const soonMs = 2_000;

export interface LifecycleDeskParts {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly outbox: Outbox;
  readonly now: () => number;
  readonly report: Report;
  readonly waitUntil: (work: Promise<unknown>) => void;
  /** Why the object is parked. */
  readonly failure: () => AppError | undefined;
  /** The object's own hooks. */
  readonly activate: () => void;
  readonly deactivate: () => void | Promise<void>;
}

export class LifecycleDesk implements Participant {
  readonly #parts: LifecycleDeskParts;
  /** The pause as it is on disk; undefined when it was not read yet. */
  #pause: PauseRow | null | undefined;
  #draining: Promise<void> | undefined;

  constructor(parts: LifecycleDeskParts) {
    this.#parts = parts;
    parts.storage.enlist(this);
  }

  /** Forgets what was read; called after a rollback. */
  invalidate(): void {
    this.#pause = undefined;
  }

  /** Whether neither timers nor `activate` run. */
  get isPaused(): boolean {
    return this.#kept() !== null;
  }

  /**
   * Brings timers and work to what is written down: after a load, where a drain may have been cut off, and after each
   * committed change of it.
   */
  follow(): void {
    const { timers, outbox, activate } = this.#parts;
    const pause = this.#kept();
    if (pause === null) {
      if (!timers.isPaused) return;
      timers.resume();
      activate();
      outbox.kick();
      return;
    }
    timers.pause();
    if (pause.phase === 'deactivating') this.#startDrain();
  }

  /** Before a command: revives an inactive object, and says why one that is being deactivated takes none. */
  admit(): AppError | undefined {
    const pause = this.#kept();
    if (pause === null) return undefined;
    if (takesCommands(pause.phase)) {
      this.#parts.storage.transaction(() => this.revive());
      this.follow();
      return undefined;
    }
    return {
      type: 'service.unavailable',
      detail:
        'The object is being deactivated and takes nothing new. Try again in some seconds; the next command revives it.',
    };
  }

  view(): ObjectLifecycle {
    const { storage, timers, outbox, failure, now } = this.#parts;
    const pause = this.#kept();
    const initializedAt = storage.first(selectLife)?.initialized_at;
    const unreadable = failure();
    const { next } = timers;
    const working = timers.running > 0 || outbox.pending() > 0 || (next !== undefined && next <= now() + soonMs);
    const phase = phaseOf({
      initialized: initializedAt !== undefined,
      unreadable: unreadable !== undefined,
      ...(pause === null ? {} : { kept: pause.phase }),
      working,
    });
    return {
      phase,
      ...(pause === null ? {} : { since: pause.since, by: pause.ordered_by }),
      ...(pause === null || pause.reason === null ? {} : { reason: pause.reason }),
      ...(initializedAt === undefined ? {} : { initializedAt }),
      ...(unreadable === undefined ? {} : { failure: unreadable.detail }),
      work: {
        running: timers.running,
        deliveries: outbox.pending(),
        deadLetters: new DeadLetters({ outbox, timers }).list().length,
        ...(next === undefined ? {} : { nextTimerAt: next }),
      },
      storageBytes: storage.sql.databaseSize,
    };
  }

  /** Writes the order down; `follow` after the commit carries it out. Inside a transaction. A repeat changes nothing. */
  deactivate(order: { readonly reason?: string; readonly by: string }): Result<ObjectLifecycle> {
    const { phase } = this.view();
    if (phase === 'failed' || phase === 'initializing') {
      return err({ type: 'resource.conflict', detail: `The object is ${phase}; there is nothing to deactivate.` });
    }
    if (nextPhase(phase, 'deactivate') !== undefined) {
      this.#parts.storage.run(insertPause, this.#parts.now(), order.reason ?? null, order.by);
      this.#pause = undefined;
    }
    return { ok: true, value: this.view() };
  }

  /** Ends the pause, if there is one; `follow` after the commit carries it out. Inside a transaction. */
  revive(): ObjectLifecycle {
    this.#parts.storage.run(deletePause);
    this.#pause = undefined;
    return this.view();
  }

  #kept(): PauseRow | null {
    // Every command asks, and nearly always there is none: that is remembered as well.
    if (this.#pause === undefined) this.#pause = this.#parts.storage.first(selectPause) ?? null;
    return this.#pause;
  }

  #startDrain(): void {
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = undefined;
    });
    this.#parts.waitUntil(this.#draining);
  }

  async #drain(): Promise<void> {
    const { storage, timers, outbox, now, deactivate, report } = this.#parts;
    // Not inside the transaction that wrote the order.
    await scheduler.wait(0);
    const end = async (what: string, work: Promise<unknown>): Promise<void> => {
      try {
        await withDeadline(work, drainMs, what);
      } catch (thrown) {
        // What does not end in time ends later, or is taken up again when the object is revived.
        report({ part: 'lifecycle', status: 'failed', subject: what, cause: causeOf(thrown) });
      }
    };
    await end('What runs', Promise.all([deactivate(), timers.settled()]));
    await end('What waits to be delivered', outbox.flush());
    storage.transaction(() => {
      if (this.#kept()?.phase === 'deactivating') storage.run(markInactive, now());
    });
    this.#pause = undefined;
  }
}
