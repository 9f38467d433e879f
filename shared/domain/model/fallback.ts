/** When another model is asked instead, which one, and what is said when none of them answered. */
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

/** What is looked at of the models of a chain. */
export interface ChainModel {
  /** Tokens that it reads; undefined: not known. */
  readonly contextTokens?: number | undefined;
}

/**
 * The index of the model that is asked after the one at `current` failed so, or undefined. A request that is too long
 * for one model goes to the next one that is known to read more, or of which nothing is known.
 */
export const findNext = (failure: ModelFailure, chain: readonly ChainModel[], current: number): number | undefined => {
  const before = chain[current]?.contextTokens;
  const helps = ({ contextTokens }: ChainModel): boolean =>
    helpedByAnother.has(failure.kind) ||
    (failure.kind === 'context_too_long' && (contextTokens === undefined || contextTokens > (before ?? 0)));
  const found = chain.findIndex((model, index) => index > current && helps(model));
  return found < 0 ? undefined : found;
};

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
