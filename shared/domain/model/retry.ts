/**
 * Whether a failed model call is tried again, and when. Full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/): many callers that failed together do
 * not come back together.
 */
import type { ModelFailure, ModelFailureKind } from '../../ports/model-client.ts';

export interface RetryPolicy {
  /** All attempts, the first one included. */
  readonly maxAttempts: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** A provider that asks for a longer wait than this is not waited for here; the caller may come back later. */
  readonly maxRetryAfterMs: number;
  /** What is not tried again on the same way, because somebody else is asked instead. */
  readonly never?: readonly (ModelFailureKind | 'withheld')[];
}

export const defaultRetryPolicy: RetryPolicy = {
  maxAttempts: 4,
  baseDelayMs: 500,
  maxDelayMs: 20_000,
  maxRetryAfterMs: 60_000,
};

export type RetryDecision = { readonly retry: true; readonly delayMs: number } | { readonly retry: false };

/** For a model of a chain: once more after what may be gone at once, and no waiting for one that does not answer. */
export const chainRetryPolicy: RetryPolicy = {
  maxAttempts: 2,
  baseDelayMs: 250,
  maxDelayMs: 1_000,
  maxRetryAfterMs: 5_000,
  never: ['timeout', 'malformed_response', 'withheld'],
};

const no: RetryDecision = { retry: false };

/**
 * `attempt` is the number of the failed one, from 1; `delivered` is whether anything of the answer has already been
 * passed on, after which a repeat would say it twice; `random` is uniform in [0, 1).
 */
export const decideRetry = (
  failure: ModelFailure,
  progress: { readonly attempt: number; readonly delivered: boolean },
  random: number,
  policy: RetryPolicy,
): RetryDecision => {
  const isExcluded = policy.never?.some((kind) => kind === failure.kind || (kind === 'withheld' && failure.withheld));
  if (isExcluded === true || !failure.retryable || progress.delivered || progress.attempt >= policy.maxAttempts)
    return no;
  const ceiling = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (progress.attempt - 1));
  const jitterMs = Math.floor(random * ceiling);
  if (failure.retryAfterMs === undefined) return { retry: true, delayMs: jitterMs };
  if (failure.retryAfterMs > policy.maxRetryAfterMs) return no;
  return { retry: true, delayMs: failure.retryAfterMs + Math.floor(random * policy.baseDelayMs) };
};
