/** A model client that tries again by itself. */
import { createFailure } from '../../domain/model/failure.ts';
import { decideRetry, defaultRetryPolicy, type RetryPolicy } from '../../domain/model/retry.ts';
import type { CancelSignal, ModelClient, ModelEvent, ModelFailure, ModelRequest } from '../../ports/model-client.ts';

export interface RetryDependencies {
  readonly sleep: (ms: number) => Promise<void>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export const systemRetryDependencies: RetryDependencies = {
  sleep: (ms) =>
    new Promise((resolve) => {
      setTimeout(resolve, ms);
    }),
  random: () => Math.random(),
};

/** Longest uninterruptible piece of a wait; a cancellation is seen after it. */
const sleepPieceMs = 250;

/** Sleeps in pieces; ends early, without an error, when the signal is set. */
export const sleepUnlessCancelled = async (
  delayMs: number,
  signal: CancelSignal | undefined,
  sleep: RetryDependencies['sleep'],
): Promise<void> => {
  for (let rest = delayMs; rest > 0; rest -= sleepPieceMs) {
    if (signal?.aborted === true) return;
    await sleep(Math.min(rest, sleepPieceMs));
  }
};

async function* streamWithRetries(
  client: ModelClient,
  request: ModelRequest,
  signal: CancelSignal | undefined,
  policy: RetryPolicy,
  dependencies: RetryDependencies,
): AsyncGenerator<ModelEvent> {
  const triedBefore = (request.attempt ?? 1) - 1;
  for (let attempt = 1; ; attempt += 1) {
    let delivered = false;
    let failure: ModelFailure = createFailure('connection_lost', 'The answer ended before it was complete.');
    for await (const event of client.stream({ ...request, attempt: triedBefore + attempt }, signal)) {
      if (event.type === 'failed') {
        failure = event.failure;
        break;
      }
      delivered = true;
      yield event;
      if (event.type === 'finished') return;
    }
    const decision = decideRetry(failure, { attempt, delivered }, dependencies.random(), policy);
    if (!decision.retry) {
      yield { type: 'failed', failure };
      return;
    }
    await sleepUnlessCancelled(decision.delayMs, signal, dependencies.sleep);
    if (signal?.aborted === true) {
      yield { type: 'failed', failure: createFailure('cancelled', 'The request was cancelled.') };
      return;
    }
  }
}

/**
 * The same client with retries: only of failures that may pass, only while nothing of the answer has been delivered,
 * a bounded number of times, and never before the provider's `Retry-After` is over.
 */
export const withRetries = (
  client: ModelClient,
  policy: RetryPolicy = defaultRetryPolicy,
  dependencies: RetryDependencies = systemRetryDependencies,
): ModelClient => ({
  stream: (request, signal) => streamWithRetries(client, request, signal, policy, dependencies),
});
