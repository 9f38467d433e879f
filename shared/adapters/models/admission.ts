/** Model clients that wait for their turn before they call. */
import { createFailure } from '../../domain/model/failure.ts';
import type { Turnstile } from '../../domain/model/turnstile.ts';
import type { CancelSignal, ModelClient, ModelEvent, ModelFailure, ModelRequest } from '../../ports/model-client.ts';
import { sleepUnlessCancelled } from './retries.ts';

export interface AdmissionDependencies {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Calls the function every `ms` until the returned one is called. */
  readonly every: (ms: number, work: () => void) => () => void;
}

export const systemAdmissionDependencies: AdmissionDependencies = {
  now: () => Date.now(),
  sleep: (ms) =>
    new Promise((resolve) => {
      setTimeout(resolve, ms);
    }),
  every: (ms, work) => {
    const interval = setInterval(work, ms);
    return () => {
      clearInterval(interval);
    };
  },
};

/** A third of the lease, so that two renewals may be late. */
const renewEveryMs = 10_000;

async function* streamInTurn(
  next: () => AsyncIterable<ModelEvent>,
  turnstile: Turnstile,
  signal: CancelSignal | undefined,
  refusal: () => ModelFailure | undefined,
  { now, sleep, every }: AdmissionDependencies,
): AsyncGenerator<ModelEvent> {
  const caller = turnstile.enter(now());
  try {
    for (;;) {
      const cancelled = signal?.aborted === true;
      const failure = cancelled ? createFailure('cancelled', 'The request was cancelled.') : refusal();
      if (failure !== undefined) {
        yield { type: 'failed', failure };
        return;
      }
      const turn = turnstile.ask(caller, now());
      if (turn.admitted) break;
      await sleepUnlessCancelled(turn.askAgainMs, signal, sleep);
    }
    const stopRenewing = every(renewEveryMs, () => {
      turnstile.renew(caller, now());
    });
    try {
      yield* next();
    } finally {
      stopRenewing();
    }
  } finally {
    turnstile.leave(caller);
  }
}

/**
 * The same client, whose calls pass the turnstile one after another, in the order in which they were read first. While
 * a call waits, `refusal` is asked again and again: what it answers ends the wait as the call's failure.
 */
export const withAdmission = (
  client: ModelClient,
  turnstile: Turnstile,
  refusal: (request: ModelRequest) => ModelFailure | undefined = () => undefined,
  dependencies: AdmissionDependencies = systemAdmissionDependencies,
): ModelClient => ({
  stream: (request, signal) =>
    streamInTurn(
      () => client.stream(request, signal),
      turnstile,
      signal,
      () => refusal(request),
      dependencies,
    ),
});
