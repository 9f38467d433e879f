/**
 * Stops the work of all objects at each crossing to the outside, once: steps of journals, deliveries of outboxes,
 * handlers of timers. The objects run in the isolate of the test, so their shared parts can be wrapped here.
 */
import { vi } from 'vitest';
import { Journal, Outbox, Timers } from '../../durable-objects/platform/index.ts';

/** `before`: the intent is written, the effect has not begun. `after`: the effect has happened, nobody has noted it. */
export type Phase = 'before' | 'after';

/** A crossing that was reached for the first time; it stays there until the object is gone. */
export interface Stop {
  readonly name: string;
}

export class CrashPoints {
  readonly #phase: Phase;
  readonly #seen = new Set<string>();
  readonly #reached: Stop[] = [];

  constructor(phase: Phase) {
    this.#phase = phase;
    this.#wrapJournal();
    this.#wrapOutbox();
    this.#wrapTimers();
  }

  /** A crossing that somebody stands at, once. To be polled: an awakening would come in the turn of the object. */
  take(): Stop | undefined {
    return this.#reached.shift();
  }

  /** Does the work, stopped for ever at the first time under this name. */
  async #cross<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (this.#seen.has(name)) return work();
    this.#seen.add(name);
    if (this.#phase === 'after') await work();
    this.#reached.push({ name });
    return new Promise(() => undefined);
  }

  #wrapJournal(): void {
    const run = originalOf(Journal.prototype, 'run');
    const cross = this.#cross.bind(this);
    vi.spyOn(Journal.prototype, 'run').mockImplementation(function stopping(this: Journal, step) {
      return run.call(this, {
        ...step,
        execute: (context) => cross(`step ${context.idempotencyKey}`, () => step.execute(context)),
      });
    });
  }

  #wrapOutbox(): void {
    const on = originalOf(Outbox.prototype, 'on');
    const cross = this.#cross.bind(this);
    vi.spyOn(Outbox.prototype, 'on').mockImplementation(function stopping(this: Outbox, kind, deliver) {
      on.call(this, kind, (payload, delivery) =>
        cross(`delivery ${delivery.deliveryId}`, () => deliver(payload, delivery)),
      );
    });
  }

  #wrapTimers(): void {
    const on = originalOf(Timers.prototype, 'on');
    const cross = this.#cross.bind(this);
    vi.spyOn(Timers.prototype, 'on').mockImplementation(function stopping(this: Timers, name, handle, options) {
      const wrapped: typeof handle = (timer) =>
        cross(`timer ${name}`, async () => {
          await handle(timer);
        });
      on.call(this, name, timersWithEffects.has(name) ? wrapped : handle, options);
    });
  }
}

/** The others only wake somebody, who then does journaled steps. */
const timersWithEffects = new Set(['set_up', 'measure', 'directory']);

/** A method as it is before it is wrapped; it is called with its own `this`. */
const originalOf = <Part extends object, Name extends keyof Part & string>(prototype: Part, name: Name): Part[Name] =>
  // SAFETY: the property of this name.
  Object.getOwnPropertyDescriptor(prototype, name)?.value as Part[Name];
