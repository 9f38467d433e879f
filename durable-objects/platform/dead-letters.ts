/** The dead letters of one object, of its timers and its outbox alike: what failed too often, kept until it is replayed. */
import { hashText } from './json-text.ts';
import type { Outbox } from './outbox.ts';
import type { Timers } from './timers.ts';

/** Work that was given up for the time being. Times in milliseconds since the epoch. */
export interface ParkedLetter {
  /** `outbox-<number>` or `timer-<number>`: names the letter within its object. */
  readonly id: string;
  readonly part: 'outbox' | 'timer';
  /** The outbox kind, or the timer's name. */
  readonly kind: string;
  /** The outbox lane, or the timer's key. */
  readonly lane: string;
  /** SHA-256 of the payload's JSON text, in hexadecimal. */
  readonly payloadHash: string;
  readonly attempts: number;
  readonly cause: string;
  readonly parkedAt: number;
}

const idPattern = /^(outbox|timer)-(\d{1,15})$/;

export class DeadLetters {
  readonly #outbox: Outbox;
  readonly #timers: Timers;

  constructor(parts: { readonly outbox: Outbox; readonly timers: Timers }) {
    this.#outbox = parts.outbox;
    this.#timers = parts.timers;
  }

  /** All of them, those parked first at the beginning. */
  list(): readonly ParkedLetter[] {
    const fromOutbox = this.#outbox.deadLetters().map(({ id, payload: _payload, enqueuedAt: _at, ...letter }) => ({
      ...letter,
      id: `outbox-${id}`,
      part: 'outbox' as const,
    }));
    const fromTimers = this.#timers.deadLetters().map(({ id, name, key, payload, ...letter }) => ({
      ...letter,
      id: `timer-${id}`,
      part: 'timer' as const,
      kind: name,
      lane: key,
      payloadHash: hashText(payload),
    }));
    return [...fromOutbox, ...fromTimers].toSorted((left, right) => left.parkedAt - right.parkedAt);
  }

  /** Does a letter's work again, with all its attempts; false when there is none of that id (any longer). */
  replay(id: string): boolean {
    const [, part, number] = idPattern.exec(id) ?? [];
    if (part === undefined) return false;
    return part === 'outbox' ? this.#outbox.replay(Number(number)) : this.#timers.replay(Number(number));
  }
}
