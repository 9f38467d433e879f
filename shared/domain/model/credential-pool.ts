/**
 * Which of several keys of one provider is used next. Keys take turns; one that the provider refused or limited rests
 * for a while. A key is known here by a fingerprint, never by itself. When all rest, the one that may first go on is
 * used: whether the provider is called at all is for its breaker to say.
 */
import type { ModelFailure } from '../../ports/model-client.ts';

export interface CredentialPolicy {
  /** How long a refused key rests, or one whose quota is used up: a person has to do something about it. */
  readonly refusedMs: number;
  /** How long one rests after a rate limit that does not say how long it lasts. */
  readonly limitedMs: number;
  /** The longest rest after a rate limit that does. */
  readonly maxLimitedMs: number;
}

export const defaultCredentialPolicy: CredentialPolicy = {
  refusedMs: 300_000,
  limitedMs: 10_000,
  maxLimitedMs: 120_000,
};

export interface CredentialPool {
  /** Counts the picks; the turn goes round with it. */
  readonly turn: number;
  readonly restingUntil: Readonly<Record<string, number>>;
}

export const freshPool: CredentialPool = { turn: 0, restingUntil: {} };

/** Keys that may be used now come first, in their turn; of the resting ones the one that rests shortest. */
export const pickCredential = (
  pool: CredentialPool,
  ids: readonly string[],
  now: number,
): { readonly pool: CredentialPool; readonly id: string | undefined } => {
  const [only] = ids;
  if (only !== undefined && ids.length === 1) return { pool, id: only };
  const turned = ids.map((_, index) => ids[(pool.turn + index) % ids.length] ?? '');
  const restOf = (id: string): number => Math.max(0, (pool.restingUntil[id] ?? 0) - now);
  const [id] = turned.toSorted((left, right) => restOf(left) - restOf(right));
  const place = id === undefined ? 0 : ids.indexOf(id) + 1;
  return { pool: { ...pool, turn: place }, id };
};

/** How long a key rests after this failure; 0 when it is no fault of the key's. */
const restAfter = (failure: ModelFailure, policy: CredentialPolicy): number => {
  if (failure.withheld === true) return 0;
  if (failure.kind === 'authentication') return policy.refusedMs;
  if (failure.kind !== 'rate_limited') return 0;
  return failure.retryable ? Math.min(policy.maxLimitedMs, failure.retryAfterMs ?? policy.limitedMs) : policy.refusedMs;
};

/** Whether another key can help where this one failed. */
export const isFaultOfKey = (failure: ModelFailure): boolean => restAfter(failure, defaultCredentialPolicy) > 0;

/** The pool after a call with that key: undefined for an answer. */
export const settleCredential = (
  pool: CredentialPool,
  id: string,
  failure: ModelFailure | undefined,
  now: number,
  policy: CredentialPolicy = defaultCredentialPolicy,
): CredentialPool => {
  const forMs = failure === undefined ? 0 : restAfter(failure, policy);
  if (failure !== undefined && forMs === 0) return pool;
  if (forMs === 0 && pool.restingUntil[id] === undefined) return pool;
  const { [id]: _before, ...others } = pool.restingUntil;
  return { ...pool, restingUntil: forMs === 0 ? others : { ...others, [id]: now + forMs } };
};
