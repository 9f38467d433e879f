/** When another provider is asked instead, and what is said when none of them answered. */
import type { ModelFailure, ModelFailureKind } from '../../ports/model-client.ts';

/** A wrong key, a used-up account or a broken provider is one provider's; a wrong request or a cancellation is not. */
const helpedByAnother: ReadonlySet<ModelFailureKind> = new Set<ModelFailureKind>([
  'rate_limited',
  'overloaded',
  'provider_error',
  'timeout',
  'connection_lost',
  'malformed_response',
  'authentication',
]);

export interface FallbackProgress {
  /** Whether anything of the answer was passed on, after which another one would say something else. */
  readonly delivered: boolean;
  /** How many of the chain were not asked yet. */
  readonly left: number;
}

/** Whether the next of the chain is asked after this failure. */
export const decideFallback = (failure: ModelFailure, progress: FallbackProgress): boolean =>
  !progress.delivered && progress.left > 0 && helpedByAnother.has(failure.kind);

/**
 * The one failure that stands for a chain that ended without an answer. A broken answer and a cancellation stand for
 * themselves; else one that may pass, of these the one that passes first, else the last. Undefined for no failure.
 */
export const concludeChain = (failures: readonly ModelFailure[], delivered: boolean): ModelFailure | undefined => {
  const last = failures.at(-1);
  if (delivered || last?.kind === 'cancelled') return last;
  const passing = failures.filter(({ retryable }) => retryable);
  return passing.toSorted((left, right) => (left.retryAfterMs ?? 0) - (right.retryAfterMs ?? 0))[0] ?? last;
};
