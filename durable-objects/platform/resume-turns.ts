/**
 * Turns of the objects in one isolate whose work was late when they were loaded, so that a restart does not begin all
 * of it at once. In memory only: after a restart the isolate is new.
 */

import { chooseTurn, type TakenTurns } from '../../shared/domain/engine/decide-timer.ts';

class ResumeTurns {
  #taken: TakenTurns = new Map();

  /** The moment from which the object may begin: now, or somewhat later when many want the same. */
  take(object: string, now: number): number {
    const { at, taken } = chooseTurn(this.#taken, object, now);
    this.#taken = taken;
    return at;
  }
}

/** One for all objects of the isolate. */
export const resumeTurns = new ResumeTurns();
