/** The journal of a simulated object. Mirrors `durable-objects/platform/journal.ts`, await by await. */
import {
  decideAfterLookup,
  decideAfterThrow,
  decideSettlement,
  decideStep,
  type FoundStep,
  type Settlement,
} from '../../shared/domain/engine/decide-step.ts';
import { type EffectClass, needsDurableIntent } from '../../shared/domain/engine/effect-class.ts';
import type { SimulatedObject } from './object.ts';
import type { Process } from './scheduler.ts';

export interface StepRow extends FoundStep {
  readonly key: string;
  readonly value: unknown;
  readonly message: string;
}

export type StepOutcome<T> =
  | { readonly status: 'done'; readonly value: T }
  | { readonly status: 'failed'; readonly message: string }
  | { readonly status: 'in_doubt' };

/** What an effect fails with. `outcomeUnknown`: nobody can tell whether it happened. */
export interface EffectFailure {
  readonly message: string;
  readonly outcomeUnknown: boolean;
}

export interface Step<T> {
  readonly key: string;
  readonly effectClass: EffectClass;
  readonly attempts?: number;
  readonly isWanted: () => boolean;
  readonly execute: (idempotencyKey: string) => Process<T>;
  readonly lookup: (idempotencyKey: string) => Process<{ readonly value: T } | undefined>;
  readonly onSettled: (outcome: StepOutcome<T>) => void;
}

export class Journal {
  readonly #object: SimulatedObject;
  readonly #inFlight = new Set<string>();

  constructor(object: SimulatedObject) {
    this.#object = object;
  }

  *run<T>(step: Step<T>): Process<StepOutcome<T>> {
    this.#inFlight.add(step.key);
    try {
      return yield* this.#run(step);
    } finally {
      this.#inFlight.delete(step.key);
    }
  }

  settle(key: string, settlement: Settlement, value: unknown): boolean {
    const row = this.#object.journalRows.get(key);
    const status = decideSettlement(row, this.#inFlight.has(key), settlement);
    if (status === undefined || row === undefined) return false;
    this.#object.simulation.counts.settled += 1;
    const message = status === 'failed' ? 'Abandoned while in doubt.' : '';
    this.#put({ ...row, status, message, value: status === 'done' ? value : undefined });
    return true;
  }

  *#run<T>(step: Step<T>): Process<StepOutcome<T>> {
    const row = this.#object.journalRows.get(step.key);
    const { simulation } = this.#object;
    const decision = decideStep(row, step.effectClass);
    simulation.trace(this.#object.name, () => `step ${step.key} (${step.effectClass}): ${decision.type}`);
    switch (decision.type) {
      case 'execute':
        return yield* this.#execute(step, decision.attempt, 0);
      case 'repeat':
        return this.#repeat(step, decision.tell);
      case 'look_up':
        if (simulation.isMutated('skip-lookup')) return yield* this.#execute(step, this.#nextAttempt(step.key), 0);
        return yield* this.#lookUp(step, 0, 'The effect did not happen.');
      case 'park':
        if (simulation.isMutated('redo-unsafe')) return yield* this.#execute(step, this.#nextAttempt(step.key), 0);
        return this.#park(step, decision.message);
      case 'wait':
        return { status: 'in_doubt' };
    }
  }

  #repeat<T>(step: Step<T>, tell: boolean): StepOutcome<T> {
    const row = this.#object.journalRows.get(step.key);
    const outcome: StepOutcome<T> =
      row?.status === 'done'
        ? // SAFETY: kept for this key by `#keep`, or declared by whoever settled it.
          { status: 'done', value: row.value as T }
        : { status: 'failed', message: row?.message ?? '' };
    if (tell && row !== undefined) {
      this.#put({ ...row, told: true });
      step.onSettled(outcome);
    }
    return outcome;
  }

  *#execute<T>(step: Step<T>, attempt: number, failures: number): Process<StepOutcome<T>> {
    const { simulation, name } = this.#object;
    const { key, effectClass } = step;
    simulation.counts.steps += 1;
    if (!simulation.isMutated('no-intent')) this.#intend(step, attempt);
    const { unflushed } = this.#object;
    if (unflushed !== undefined && needsDurableIntent(effectClass)) yield unflushed;
    if (!simulation.isMutated('effect-after-cancel') && !step.isWanted()) return this.#fail(step, 'Not wanted.');
    let value: T;
    try {
      const suffix = simulation.isMutated('unstable-key') ? `#${attempt}/${this.#object.epoch}` : '';
      value = yield* step.execute(`${name}/${key}${suffix}`);
    } catch (failure) {
      if (failure instanceof Error) throw failure;
      // SAFETY: effects throw nothing else.
      return yield* this.#afterThrow(step, failures + 1, failure as EffectFailure);
    }
    return this.#keep(step, value);
  }

  #intend<T>({ key, effectClass }: Step<T>, attempt: number): void {
    const told = this.#object.journalRows.get(key)?.told ?? false;
    this.#put({ key, effectClass, status: 'started', attempt, told, value: undefined, message: '' });
  }

  *#afterThrow<T>(step: Step<T>, failures: number, failure: EffectFailure): Process<StepOutcome<T>> {
    const tries = { failures, attempts: step.attempts ?? 1 };
    switch (decideAfterThrow(step.effectClass, failure.outcomeUnknown, tries)) {
      case 'execute':
        return yield* this.#execute(step, this.#nextAttempt(step.key), failures);
      case 'look_up':
        return yield* this.#lookUp(step, failures, failure.message);
      case 'park':
        return this.#park(step, failure.message);
      case 'fail':
        return this.#fail(step, failure.message);
    }
  }

  *#lookUp<T>(step: Step<T>, failures: number, message: string): Process<StepOutcome<T>> {
    let answer: { readonly value: T } | undefined | 'unknown';
    try {
      answer = yield* step.lookup(`${this.#object.name}/${step.key}`);
    } catch (failure) {
      if (failure instanceof Error) throw failure;
      answer = 'unknown';
    }
    const status = answer === 'unknown' ? 'unknown' : answer === undefined ? 'absent' : 'found';
    const next = decideAfterLookup(status, { failures, attempts: step.attempts ?? 1 });
    if (next === 'execute') return yield* this.#execute(step, this.#nextAttempt(step.key), failures);
    if (next === 'keep' && answer !== undefined && answer !== 'unknown') return this.#keep(step, answer.value);
    return next === 'park' ? this.#park(step, 'The lookup failed.') : this.#fail(step, message);
  }

  #keep<T>(step: Step<T>, value: T): StepOutcome<T> {
    return this.#settleRow(step, { status: 'done', value });
  }

  #fail<T>(step: Step<T>, message: string): StepOutcome<T> {
    return this.#settleRow(step, { status: 'failed', message });
  }

  #park<T>(step: Step<T>, message: string): StepOutcome<T> {
    const row = this.#object.journalRows.get(step.key);
    if (row?.status === 'in_doubt') return { status: 'in_doubt' };
    this.#object.simulation.counts.parked += 1;
    this.#object.simulation.trace(this.#object.name, () => `parked ${step.key}: ${message}`);
    if (row !== undefined) this.#put({ ...row, status: 'in_doubt', message });
    step.onSettled({ status: 'in_doubt' });
    return { status: 'in_doubt' };
  }

  #settleRow<T>(step: Step<T>, outcome: Exclude<StepOutcome<T>, { status: 'in_doubt' }>): StepOutcome<T> {
    const { key, effectClass } = step;
    const row = this.#object.journalRows.get(key);
    const told = row?.told ?? false;
    this.#put({
      key,
      effectClass,
      status: outcome.status,
      attempt: row?.attempt ?? 1,
      told: true,
      value: outcome.status === 'done' ? outcome.value : undefined,
      message: outcome.status === 'done' ? '' : outcome.message,
    });
    if (!told) step.onSettled(outcome);
    return outcome;
  }

  #nextAttempt(key: string): number {
    return (this.#object.journalRows.get(key)?.attempt ?? 0) + 1;
  }

  #put(row: StepRow): void {
    this.#object.store.put(this.#object.journalRows, row.key, row);
  }
}
