/**
 * Whole answers that may be given again, in the memory of the isolate: the ones that were asked for longest ago leave
 * first. Identical requests that come while the first is under way wait for its answer.
 */
import type { Clock } from '../../../shared/ports/clock.ts';
import { within } from './pause.ts';

export interface CachedAnswer {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array<ArrayBuffer>;
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
}

/** Puts down the answer of the request that was first, or that there is none to be kept. */
export type Publish = (answer: CachedAnswer | undefined) => void;

export type Lookup =
  | { readonly type: 'hit'; readonly answer: CachedAnswer }
  /** Nobody has it: make it, and publish what became of it in any case. */
  | { readonly type: 'miss'; readonly publish: Publish };

/** Larger answers are not kept, in bytes. */
export const maxAnswerBytes = 1_048_576;
const maxBytes = 16 * 1_048_576;
/** A request that waits longer for another's answer makes its own. */
const maxWaitMs = 60_000;

const sizeOf = ({ body }: CachedAnswer): number => body.byteLength + 1_024;

export class ResponseCache {
  readonly #clock: Clock;
  readonly #answers = new Map<string, CachedAnswer>();
  readonly #underWay = new Map<string, Promise<CachedAnswer | undefined>>();
  #bytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An answer of that key that is younger than `maxAgeMs`, kept or under way. */
  async find(key: string, maxAgeMs: number): Promise<Lookup> {
    const kept = this.#fresh(key, maxAgeMs);
    if (kept !== undefined) return { type: 'hit', answer: kept };
    const underWay = this.#underWay.get(key);
    if (underWay === undefined) return { type: 'miss', publish: this.#begin(key) };
    const answer = await within(underWay, maxWaitMs);
    if (answer !== undefined) return { type: 'hit', answer };
    // The first one failed, left, or takes too long: each of those who waited makes its own, and one of them is the
    // first for those who come.
    const present = this.#underWay.get(key);
    const isTaken = present !== undefined && present !== underWay;
    return { type: 'miss', publish: isTaken ? this.#keeper(key) : this.#begin(key) };
  }

  #fresh(key: string, maxAgeMs: number): CachedAnswer | undefined {
    const answer = this.#answers.get(key);
    if (answer === undefined || answer.storedAt + maxAgeMs <= this.#clock.now()) return undefined;
    // To the end of the row of those that leave.
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    return answer;
  }

  #keeper(key: string): Publish {
    return (answer) => {
      if (answer !== undefined) this.#keep(key, answer);
    };
  }

  #begin(key: string): Publish {
    const { promise, resolve } = Promise.withResolvers<CachedAnswer | undefined>();
    this.#underWay.set(key, promise);
    const keep = this.#keeper(key);
    return (answer) => {
      keep(answer);
      if (this.#underWay.get(key) === promise) this.#underWay.delete(key);
      resolve(answer);
    };
  }

  #keep(key: string, answer: CachedAnswer): void {
    this.#drop(key);
    this.#answers.set(key, answer);
    this.#bytes += sizeOf(answer);
    for (const oldest of this.#answers.keys()) {
      if (this.#bytes <= maxBytes) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const answer = this.#answers.get(key);
    if (answer === undefined) return;
    this.#answers.delete(key);
    this.#bytes -= sizeOf(answer);
  }
}
