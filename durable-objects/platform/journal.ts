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

import { causeOf, DeadlineExceeded, withDeadline } from './retry.ts';
import { decodeJson, encodeRowJson } from './json-text.ts';
import { type JournalRow, JournalTable, type StepRecord, toRow } from './journal-table.ts';
import type { Storage } from './storage.ts';

/** What an effect can bear. */
export type EffectClass = 'pure' | 'idempotent' | 'lookup' | 'unsafe';

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
   * The value must be plain JSON of at most 1 MB.
   */
  readonly execute: (context: { readonly idempotencyKey: string; readonly attempt: number }) => Promise<T>;
  /** Asks the other side whether the effect happened. Needed for the class `lookup`. */
  readonly lookup?: (context: {
    readonly idempotencyKey: string;
  }) => Promise<{ readonly found: true; readonly value: T } | { readonly found: false }>;
  /** Runs in the transaction that writes the intent; a throw there means that nothing was started. */
  readonly onIntent?: (context: { readonly attempt: number }) => void;
  /** Runs once, in the transaction that writes the result row. A throw there undoes both and rejects `run`. */
  readonly onSettled?: (outcome: StepOutcome<T>) => void;
  /** Tries within this step before a throw counts as `failed`; 1 unless told. Not for `unsafe`, which is tried once. */
  readonly attempts?: number;
  /** Time for one `execute`; afterwards the outcome is unknown. Unlimited unless told. */
  readonly timeoutMs?: number;
}

type LookupAnswer<T> =
  | { readonly status: 'found'; readonly value: T }
  | { readonly status: 'absent' }
  | { readonly status: 'unknown'; readonly message: string };

/** Strictest last: a row from code that declared another class is treated as the stricter of both. */
const strictness: readonly EffectClass[] = ['pure', 'idempotent', 'lookup', 'unsafe'];

/** One effect at a time under a key. */
export class Journal {
  readonly #storage: Storage;
  readonly #table: JournalTable;
  readonly #object: string;
  readonly #now: () => number;
  readonly #inFlight = new Map<string, Promise<Settled>>();

  /** @param options.object the object's lasting name, the beginning of every idempotency key. */
  constructor(storage: Storage, options: { readonly object: string; readonly now?: () => number }) {
    this.#storage = storage;
    this.#table = new JournalTable(storage);
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
  settle(key: string, decision: 'done' | 'redo' | 'abandon', value?: unknown): boolean {
    return this.#storage.transaction(() => {
      if (this.#inFlight.has(key) || this.#table.find(key)?.status !== 'in_doubt') return false;
      switch (decision) {
        case 'done':
          this.#table.settle(key, 'done', { value: encodeRowJson(value, `The value of step "${key}"`) }, this.#now());
          break;
        case 'abandon':
          this.#table.settle(key, 'failed', { message: 'Abandoned while in doubt.' }, this.#now());
          break;
        case 'redo':
          this.#table.release(key);
          break;
      }
      return true;
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
    if (row === undefined || row.status === 'released') return this.#execute(step, row);
    if (row.status === 'done' || row.status === 'failed') return this.#repeat(step, row);
    return this.#resolveDoubt(step, row);
  }

  /** A settled step: its outcome, told to `onSettled` when `settle` decided it and nobody has heard yet. */
  #repeat<T>(step: Step<T>, row: StepRecord): Settled {
    const outcome: Settled =
      row.status === 'done'
        ? { status: 'done', value: decodeJson(row.value ?? 'null', `The value of step "${row.key}"`) }
        : { status: 'failed', message: row.message ?? '' };
    if (!row.told) {
      this.#storage.transaction(() => {
        this.#table.markTold(row.key);
        this.#tell(step, outcome);
      });
    }
    return outcome;
  }

  /** An intent without a result: whoever started it is gone. */
  async #resolveDoubt<T>(step: Step<T>, row: StepRecord): Promise<Settled> {
    const effective = strictness[Math.max(strictness.indexOf(row.effectClass), strictness.indexOf(step.effectClass))];
    switch (effective) {
      case 'pure':
      case 'idempotent':
        return this.#execute(step, row);
      case 'lookup':
        return this.#lookUp(step, row);
      default:
        return this.#park(step, row, 'The object was stopped while the step ran.');
    }
  }

  async #lookUp<T>(step: Step<T>, row: StepRecord): Promise<Settled> {
    const found = await this.#ask(step);
    switch (found.status) {
      case 'found':
        return this.#keep(step, found.value);
      case 'absent':
        return this.#execute(step, row);
      case 'unknown':
        return this.#park(step, row, found.message);
    }
  }

  async #ask<T>(step: Step<T>): Promise<LookupAnswer<T>> {
    if (step.lookup === undefined) return { status: 'unknown', message: 'The step brings no lookup.' };
    try {
      const answer = await step.lookup({ idempotencyKey: this.#idempotencyKey(step.key) });
      return answer.found ? { status: 'found', value: answer.value } : { status: 'absent' };
    } catch (thrown) {
      return { status: 'unknown', message: `The lookup failed: ${causeOf(thrown)}` };
    }
  }

  async #execute<T>(step: Step<T>, row: StepRecord | undefined, failures = 0): Promise<Settled> {
    const attempt = (row?.attempt ?? 0) + 1;
    this.#storage.transaction(() => {
      this.#table.intend({ key: step.key, effectClass: step.effectClass, attempt, startedAt: this.#now() });
      step.onIntent?.({ attempt });
    });
    const careful = step.effectClass === 'lookup' || step.effectClass === 'unsafe';
    if (careful) await this.#storage.sync();
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
    const unknown = thrown instanceof OutcomeUnknown || thrown instanceof DeadlineExceeded;
    const row = this.#table.find(step.key);
    if (step.effectClass === 'unsafe') {
      return unknown ? this.#park(step, row, causeOf(thrown)) : this.#fail(step, causeOf(thrown));
    }
    const again = failures < (step.attempts ?? 1);
    if (step.effectClass === 'lookup' && unknown) {
      const found = await this.#ask(step);
      if (found.status !== 'absent')
        return found.status === 'found' ? this.#keep(step, found.value) : this.#park(step, row, found.message);
    }
    return again ? this.#execute(step, row, failures) : this.#fail(step, causeOf(thrown));
  }

  #keep<T>(step: Step<T>, value: T): Settled {
    let text: string;
    try {
      text = encodeRowJson(value, `The result of step "${step.key}"`);
    } catch (thrown) {
      return this.#fail(step, causeOf(thrown));
    }
    const outcome: Settled = { status: 'done', value: JSON.parse(text) };
    return this.#write(step, outcome, () => {
      this.#table.settle(step.key, 'done', { value: text, told: true }, this.#now());
    });
  }

  #fail<T>(step: Step<T>, message: string): Settled {
    return this.#write(step, { status: 'failed', message }, () => {
      this.#table.settle(step.key, 'failed', { message, told: true }, this.#now());
    });
  }

  #park<T>(step: Step<T>, row: StepRecord | undefined, message: string): Settled {
    if (row?.status === 'in_doubt') return { status: 'in_doubt' };
    return this.#write(step, { status: 'in_doubt' }, () => {
      this.#table.park(step.key, message);
    });
  }

  #write<T>(step: Step<T>, outcome: Settled, writeRow: () => void): Settled {
    this.#storage.transaction(() => {
      writeRow();
      this.#tell(step, outcome);
    });
    return outcome;
  }

  #tell<T>(step: Step<T>, outcome: Settled): void {
    // SAFETY: the value of an outcome of this step is what its `execute` or `lookup` gave, or what `settle` declared.
    step.onSettled?.(outcome as StepOutcome<T>);
  }

  #idempotencyKey(key: string): string {
    return `${this.#object}/${key}`;
  }
}
