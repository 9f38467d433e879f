/**
 * What a test and the objects it drives share, since both run in one isolate: a clock, a record of what reached
 * "the outside" (it survives a crash of the object), and gates to stop an effect at.
 */

import { testCreateClock } from '../../../shared/ports/clock.ts';

/** Far ahead of the real time, so that the runtime's own alarm never fires by itself in a test. */
export const clock = testCreateClock(4_000_000_000_000);

/** What goes wrong inside the objects. */
export const failures = {
  initialize: false,
  /** Objects are loaded with a later version of their code. */
  later: false,
};

/** Outside effects by name, in the order they happened; a crash of an object does not undo them. */
export const ledger: { readonly name: string; readonly key: string; readonly attempt: number }[] = [];

/** What `outside` does for a name: waits for a gate, throws, or answers. */
type Behaviour = (call: { readonly key: string; readonly attempt: number }) => unknown;
const behaviours = new Map<string, Behaviour>();

export const behave = (name: string, behaviour: Behaviour): void => {
  behaviours.set(name, behaviour);
};

/** Forgets the ledger and all behaviours. */
export const resetOutside = (): void => {
  ledger.length = 0;
  behaviours.clear();
  failures.initialize = false;
  failures.later = false;
};

/** The outside world: records the call, then does what the test asked for. */
export const outside = async (name: string, key: string, attempt: number): Promise<unknown> => {
  ledger.push({ name, key, attempt });
  return behaviours.get(name)?.({ key, attempt });
};

/**
 * Resolves as soon as the condition holds. The condition is looked at after each outside call and each turn of the event
 * loop; the test's own time limit ends a wait for what never comes.
 */
export const reached = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await scheduler.wait(0);
};
