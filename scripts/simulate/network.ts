/** Calls between objects: messages take their time, pass each other, get lost, and come twice. */
import { connectionLost, type SimulatedObject } from './object.ts';
import { Future, type Process, wait } from './scheduler.ts';
import type { Simulation } from './simulation.ts';

/** Somebody who calls: what it wrote has to be on disk before its message leaves. */
export interface Caller {
  readonly unflushed: Future<void> | undefined;
}

/** @throws connectionLost when the caller cannot know whether the call was served. */
export function* call<Reply>(
  simulation: Simulation,
  caller: Caller,
  target: SimulatedObject,
  handle: () => Reply,
): Process<Reply> {
  const { unflushed } = caller;
  if (unflushed !== undefined) yield unflushed;
  const { scheduler, random, counts } = simulation;
  const reply = new Future<Reply>();
  const send = (to: Future<Reply> | undefined, longestMs: number): void => {
    counts.messages += 1;
    scheduler.at(scheduler.now + random.between(1, longestMs), () => target.serve(handle, to));
  };
  const fault = simulation.networkFault();
  if (fault !== 'none') simulation.trace(target.name, () => `a message to it: ${fault}`);
  if (fault === 'drop') {
    // The request, or only the answer to it.
    if (random.chance(0.5)) send(undefined, 20);
    scheduler.at(scheduler.now + random.between(20, 200), () => reply.reject(connectionLost));
  } else {
    send(reply, 20);
    if (fault === 'duplicate') send(undefined, 2_000);
  }
  return yield* wait(reply);
}
