/**
 * How many passed answers are read after they went by. Reading one costs more than passing it on, and what is counted
 * are shares: so only some are read, whatever is in them.
 */
import type { Clock } from '../../../shared/ports/clock.ts';

const readsPerSecond = 5;

export class ReadingShare {
  readonly #clock: Clock;
  #second = 0;
  #reads = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True for the first few of each second. */
  take(): boolean {
    const second = Math.floor(this.#clock.now() / 1_000);
    if (second !== this.#second) this.#reads = 0;
    this.#second = second;
    this.#reads += 1;
    return this.#reads <= readsPerSecond;
  }
}
