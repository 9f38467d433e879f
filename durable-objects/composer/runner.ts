/**
 * Drives operations: what follows is decided from the log, done as a journaled step, and its outcome written with the
 * step's result. One move of a composition at a time, so that nothing of an operation that was broken off is under way
 * when the next one begins to take things out.
 */
import type { Manifests } from '../../shared/domain/composer/placement.ts';
import { decideStepFailure, nextMove, type Move } from '../../shared/domain/composer/saga.ts';
import { findComposition, type ComposerState, type Operation } from '../../shared/domain/composer/state.ts';
import { err, type Result } from '../../shared/errors/result.ts';
import type { CompositionEvent } from '../../shared/protocol/composition-events.ts';
import type { EventStore, Journal, StepOutcome, Storage } from '../platform/index.ts';
import type { PlatformParts } from './parts.ts';

/** Time for one step. The sandbox may be just being started again. */
const stepTimeoutMs = 30_000;

export interface RunnerParts {
  readonly storage: Storage;
  readonly events: EventStore<ComposerState, CompositionEvent>;
  readonly journal: Journal;
  readonly platform: PlatformParts;
  readonly manifests: (name: string) => Manifests;
  readonly now: () => number;
  /** Calls `advance` at that time, also when this instance is gone by then. */
  readonly wakeAt: (name: string, dueAt: number) => void;
  /** In the transaction that ends an operation. */
  readonly onEnd: (name: string) => void;
}

type Effect = Extract<Move, { type: 'do' | 'undo' }>;

const isSameMove = (one: Move, other: Effect): boolean =>
  one.type === other.type && one.index === other.index && one.attempt === other.attempt;

export class Runner {
  readonly #parts: RunnerParts;
  readonly #running = new Map<string, Promise<void>>();

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** Goes on until the operation has ended or has to wait. */
  advance(name: string): Promise<void> {
    const running = this.#running.get(name) ?? this.#start(name);
    return running;
  }

  #start(name: string): Promise<void> {
    const running = this.#go(name).finally(() => {
      this.#running.delete(name);
    });
    this.#running.set(name, running);
    return running;
  }

  async #go(name: string): Promise<void> {
    const { events, now, wakeAt } = this.#parts;
    for (;;) {
      const operation = findComposition(events.state, name)?.operation;
      if (operation === undefined) return;
      const move = nextMove(operation, now());
      if (move.type === 'wait') {
        wakeAt(name, move.until);
        return;
      }
      const base = { name, operationId: operation.id };
      if (move.type === 'do' || move.type === 'undo') await this.#perform(name, operation, move);
      else if (move.type === 'skip') this.#append({ type: 'composition.step_undone', ...base, step: move.index });
      else this.#end(operation, { type: 'composition.operation_ended', ...base, outcome: move.outcome });
    }
  }

  async #perform(name: string, operation: Operation, move: Effect): Promise<void> {
    const { journal, events, platform, manifests } = this.#parts;
    const key = `${operation.id}/${move.type}/${move.index}/${move.attempt}`;
    await journal.run<Result<null>>({
      key,
      effectClass: 'idempotent',
      timeoutMs: stepTimeoutMs,
      execute: async ({ idempotencyKey }) => {
        const composition = findComposition(events.state, name);
        if (composition === undefined) return err({ type: 'state.conflict', detail: 'It is gone.' });
        return await platform.perform(composition, manifests(name), move, idempotencyKey);
      },
      onSettled: (outcome) => {
        const present = findComposition(events.state, name)?.operation;
        // Another operation has taken over meanwhile; what this move left is its to take out.
        if (present?.id !== operation.id || !isSameMove(nextMove(present, this.#parts.now()), move)) return;
        this.#parts.events.append([this.#eventOf(name, present, move, outcome)], this.#parts.now());
      },
    });
  }

  #eventOf(name: string, operation: Operation, move: Effect, outcome: StepOutcome<Result<null>>): CompositionEvent {
    const result: Result<null> =
      outcome.status === 'done'
        ? outcome.value
        : err({
            type: 'service.timeout',
            detail: outcome.status === 'failed' ? outcome.message : 'It is not known whether the step was done.',
          });
    if (!result.ok) return decideStepFailure({ name, operation }, move, result.error);
    const type = move.type === 'do' ? 'composition.step_done' : 'composition.step_undone';
    return { type, name, operationId: operation.id, step: move.index };
  }

  #end(operation: Operation, event: CompositionEvent): void {
    const { storage, journal, onEnd } = this.#parts;
    storage.transaction(() => {
      this.#parts.events.append([event], this.#parts.now());
      journal.end(`${operation.id}/`);
      onEnd(event.name);
    });
  }

  #append(event: CompositionEvent): void {
    this.#parts.storage.transaction(() => {
      this.#parts.events.append([event], this.#parts.now());
    });
  }
}
