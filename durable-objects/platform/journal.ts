/**
 * Effects on the outside, one row each. The intent is written before the effect and the result after it, so a step
 * that was killed in between is known to be in doubt; what happens then depends on what the effect can bear:
 *
 * - `pure` and `idempotent` run again, the latter under the same idempotency key;
 * - `lookup` first asks the other side whether it happened;
 * - `unsafe` is parked as `in_doubt` until somebody decides with `settle`, and is never redone by itself.
 *
 * The intent of `lookup` and `unsafe` steps is forced to disk (`sync`) before `execute` is called. For `pure` and
 * `idempotent` steps the output gate suffices: the runtime holds back each outgoing request until earlier writes are
 * on disk, and were the row lost, doing the step again would be harmless.
 */

import {
  decideAfterLookup,
  decideAfterThrow,
  decideSettlement,
  decideStep,
  type Settlement,
  type Tries,
} from '../../shared/domain/engine/decide-step.ts';
import { type EffectClass, needsDurableIntent } from '../../shared/domain/engine/effect-class.ts';
import { JournalRetention } from './journal-retention.ts';
import { type JournalRow, JournalTable, type StepRecord, toRow } from './journal-table.ts';
import { encodeRowJson, PayloadRefused } from './json-text.ts';
import { causeOf, DeadlineExceeded, withDeadline } from './retry.ts';
import type { Storage } from './storage.ts';

/** Largest JSON text of a step's result, in UTF-8 bytes. */
export const maxStepValueBytes = 8 * 1_048_576;

/** How a step ended. `in_doubt`: it is not known whether the effect happened, and somebody has to decide. */
export type StepOutcome<T> =
  | { readonly status: 'done'; readonly value: T }
  | { readonly status: 'failed'; readonly message: string }
  | { readonly status: 'in_doubt' };

/** The journal's own form of an outcome, before the caller's type is known again. */
type Settled = StepOutcome<unknown>;

/** Thrown by `execute` when it cannot tell whether the effect happened, for example when a connection broke after sending. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}

export interface Step<T> {
  /** Names the step within the object for ever: a key is executed once. */
  readonly key: string;
  readonly effectClass: EffectClass;
  /**
   * Does the effect. `idempotencyKey` stays the same over all attempts; send it along. `attempt` counts from 1.
   * The value must be plain JSON of at most 8 MB.
   */
  readonly execute: (context: { readonly idempotencyKey: string; readonly attempt: number }) => Promise<T>;
  /** Asks the other side whether the effect happened. Needed for the class `lookup`. */
  readonly lookup?: (context: {
    readonly idempotencyKey: string;
  }) => Promise<{ readonly found: true; readonly value: T } | { readonly found: false }>;
  /** Runs in the transaction that writes the intent; a throw there means that nothing was started. */
  readonly onIntent?: (context: { readonly attempt: number }) => void;
  /**
   * Asked right before each `execute`: false when nobody wants the effect any more, for example because its run was
   * cancelled while the intent was written. The step then counts as failed and nothing was done.
   */
  readonly isWanted?: () => boolean;
  /**
   * Runs once, in the transaction that writes the result row. A throw there undoes both and rejects `run`; a
   * `PayloadRefused`, which would come again each time, makes the step fail instead.
   */
  readonly onSettled?: (outcome: StepOutcome<T>) => void;
  /** Tries within this step before a throw counts as `failed`; 1 unless told. Not for `unsafe`, which is tried once. */
  readonly attempts?: number;
  /** Time for one `execute`; afterwards the outcome is unknown. Unlimited unless told. */
  readonly timeoutMs?: number;
}

type LookupAnswer<T> =
  | { readonly status: 'found'; readonly value: T; readonly message: string }
  | { readonly status: 'absent' | 'unknown'; readonly message: string };

/** One effect at a time under a key. */
export class Journal {
  readonly #storage: Storage;
  readonly #table: JournalTable;
  readonly #retention: JournalRetention;
  readonly #object: string;
  readonly #now: () => number;
  readonly #inFlight = new Map<string, Promise<Settled>>();

  /** @param options.object the object's lasting name, the beginning of every idempotency key. */
  constructor(storage: Storage, options: { readonly object: string; readonly now?: () => number }) {
    this.#storage = storage;
    this.#table = new JournalTable(storage);
    this.#retention = new JournalRetention(storage);
    this.#object = options.object;
    this.#now = options.now ?? Date.now;
  }

  /**
   * Runs the step, or answers how it ended before: a settled step is never executed again. Two calls with one key
   * at the same time share one execution. A `failed` step stays failed: try again under another key, or use `attempts`.
   * Not inside a transaction: a rollback would forget an effect that happens all the same.
   * @throws TypeError for a `lookup` step without `lookup`; whatever `onIntent` or `onSettled` throw.
   */
  run<T>(step: Step<T>): Promise<StepOutcome<T>> {
    if (this.#storage.inTransaction) throw new Error('Journal.run must not be called inside a transaction.');
    const running = this.#inFlight.get(step.key) ?? this.#start(step);
    // SAFETY: the value comes from a step of this key, whose type the caller declares.
    return running as Promise<StepOutcome<T>>;
  }

  /**
   * Decides a step in doubt: `done` (it happened; `value` is its result), `redo` (the next `run` executes it) or
   * `abandon` (it counts as failed). The next `run` of the key tells `onSettled`. False when the key is not in doubt.
   * @throws PayloadRefused when the value cannot be kept.
   */
  settle(key: string, decision: Settlement, value?: unknown): boolean {
    return this.#storage.transaction(() => {
      const settled = decideSettlement(this.#table.find(key), this.#inFlight.has(key), decision);
      switch (settled) {
        case undefined:
          return false;
        case 'done':
          this.#table.settle(key, 'done', { value: this.#encode(key, value) }, this.#now());
          return true;
        case 'failed':
          this.#table.settle(key, 'failed', { message: 'Abandoned while in doubt.' }, this.#now());
          return true;
        case 'released':
          this.#table.release(key);
          return true;
      }
    });
  }

  /** The steps that wait for a decision, oldest first. */
  inDoubt(): readonly JournalRow[] {
    return this.#table.inDoubt();
  }

  /** One step as it stands, for display. */
  find(key: string): JournalRow | undefined {
    const record = this.#table.find(key);
    return record === undefined ? undefined : toRow(record);
  }

  /** What a step that is done gave; undefined for every other. */
  valueOf(key: string): unknown {
    const record = this.#table.find(key);
    return record?.status === 'done' ? record.value : undefined;
  }

  /**
   * Says that the run whose keys begin with `prefix` has ended: no step of it is asked for again. Its settled steps are
   * dropped after 7 days, or earlier when 500 later runs have ended; steps in doubt stay until they are settled.
   */
  end(prefix: string): void {
    this.#storage.transaction(() => {
      this.#retention.end(prefix, this.#now());
    });
  }

  /** Drops the settled steps whose keys begin with `prefix` now; answers how many. Only for runs that have ended. */
  forget(prefix: string): number {
    return this.#storage.transaction(() => this.#retention.forget(prefix));
  }

  #start<T>(step: Step<T>): Promise<Settled> {
    const running = this.#run(step).finally(() => {
      this.#inFlight.delete(step.key);
    });
    this.#inFlight.set(step.key, running);
    return running;
  }

  async #run<T>(step: Step<T>): Promise<Settled> {
    if (step.effectClass === 'lookup' && step.lookup === undefined) {
      throw new TypeError(`Step "${step.key}" is of class lookup and brings no lookup.`);
    }
    const row = this.#table.find(step.key);
    const decision = decideStep(row, step.effectClass);
    switch (decision.type) {
      case 'execute':
        return this.#execute(step, decision.attempt, 0);
      case 'repeat':
        return this.#repeat(step, row, decision.tell);
      case 'look_up':
        return this.#lookUp(step, { failures: 0, attempts: step.attempts ?? 1 });
      case 'park':
        return this.#park(step, decision.message);
      case 'wait':
        return { status: 'in_doubt' };
    }
  }

  /** A settled step: its outcome, told to `onSettled` when `settle` decided it and nobody has heard yet. */
  #repeat<T>(step: Step<T>, row: StepRecord | undefined, tell: boolean): Settled {
    const outcome: Settled =
      row?.status === 'done' ? { status: 'done', value: row.value } : { status: 'failed', message: row?.message ?? '' };
    if (tell) {
      this.#storage.transaction(() => {
        this.#table.markTold(step.key);
        this.#tell(step, outcome);
      });
    }
    return outcome;
  }

  async #lookUp<T>(step: Step<T>, tries: Tries & { readonly message?: string }): Promise<Settled> {
    const answer = await this.#ask(step);
    switch (decideAfterLookup(answer.status, tries)) {
      case 'keep':
        return this.#keep(step, answer.status === 'found' ? answer.value : null);
      case 'execute':
        return this.#execute(step, this.#nextAttempt(step.key), tries.failures);
      case 'park':
        return this.#park(step, answer.message);
      case 'fail':
        return this.#fail(step, tries.message ?? answer.message);
    }
  }

  async #ask<T>(step: Step<T>): Promise<LookupAnswer<T>> {
    if (step.lookup === undefined) return { status: 'unknown', message: 'The step brings no lookup.' };
    try {
      const answer = await step.lookup({ idempotencyKey: this.#idempotencyKey(step.key) });
      return answer.found
        ? { status: 'found', value: answer.value, message: '' }
        : { status: 'absent', message: 'The effect did not happen.' };
    } catch (thrown) {
      return { status: 'unknown', message: `The lookup failed: ${causeOf(thrown)}` };
    }
  }

  #nextAttempt(key: string): number {
    return (this.#table.find(key)?.attempt ?? 0) + 1;
  }

  async #execute<T>(step: Step<T>, attempt: number, failures: number): Promise<Settled> {
    this.#storage.transaction(() => {
      this.#table.intend({ key: step.key, effectClass: step.effectClass, attempt, startedAt: this.#now() });
      step.onIntent?.({ attempt });
    });
    if (needsDurableIntent(step.effectClass)) await this.#storage.sync();
    if (step.isWanted?.() === false) return this.#fail(step, 'Nobody wanted it any more before it began.');
    let value: T;
    try {
      const work = step.execute({ idempotencyKey: this.#idempotencyKey(step.key), attempt });
      value = await (step.timeoutMs === undefined ? work : withDeadline(work, step.timeoutMs, `Step "${step.key}"`));
    } catch (thrown) {
      return this.#afterThrow(step, failures + 1, thrown);
    }
    return this.#keep(step, value);
  }

  async #afterThrow<T>(step: Step<T>, failures: number, thrown: unknown): Promise<Settled> {
    const outcomeUnknown = thrown instanceof OutcomeUnknown || thrown instanceof DeadlineExceeded;
    const message = causeOf(thrown);
    const tries = { failures, attempts: step.attempts ?? 1, message };
    switch (decideAfterThrow(step.effectClass, outcomeUnknown, tries)) {
      case 'execute':
        return this.#execute(step, this.#nextAttempt(step.key), failures);
      case 'look_up':
        return this.#lookUp(step, tries);
      case 'park':
        return this.#park(step, message);
      case 'fail':
        return this.#fail(step, message);
    }
  }

  #keep<T>(step: Step<T>, value: T | null): Settled {
    try {
      const text = this.#encode(step.key, value);
      return this.#write(step, { status: 'done', value: JSON.parse(text) }, () => {
        this.#table.settle(step.key, 'done', { value: text, told: true }, this.#now());
      });
    } catch (thrown) {
      // It was done and cannot be kept: done again it could not be kept either.
      if (thrown instanceof PayloadRefused) return this.#fail(step, causeOf(thrown));
      throw thrown;
    }
  }

  #fail<T>(step: Step<T>, message: string): Settled {
    return this.#write(step, { status: 'failed', message }, () => {
      this.#table.settle(step.key, 'failed', { message, told: true }, this.#now());
    });
  }

  #park<T>(step: Step<T>, message: string): Settled {
    const row = this.#table.find(step.key);
    if (row?.status === 'in_doubt') return { status: 'in_doubt' };
    return this.#write(step, { status: 'in_doubt' }, () => {
      if (row?.unreadable === undefined) this.#table.park(step.key, message);
      else this.#table.parkUnreadable(step.key, message);
    });
  }

  #write<T>(step: Step<T>, outcome: Settled, writeRow: () => void): Settled {
    this.#storage.transaction(() => {
      const told = this.#table.isTold(step.key);
      writeRow();
      // A step that was told and then lost its value is settled by hand: its event is in the log already.
      if (!told) this.#tell(step, outcome);
    });
    return outcome;
  }

  #tell<T>(step: Step<T>, outcome: Settled): void {
    // SAFETY: the value of an outcome of this step is what its `execute` or `lookup` gave, or what `settle` declared.
    step.onSettled?.(outcome as StepOutcome<T>);
  }

  #encode(key: string, value: unknown): string {
    return encodeRowJson(value, `The result of step "${key}"`, maxStepValueBytes);
  }

  #idempotencyKey(key: string): string {
    return `${this.#object}/${key}`;
  }
}
