/**
 * How much load retries may add to a callee: each first call earns a part of a retry, each retry costs a whole one.
 * A small floor grows with time alone, so that a quiet one can be tried again at all. Over any time of t
 * milliseconds, retries ≤ capacity + share × first calls + t / floorIntervalMs.
 */
export interface RetryBudgetPolicy {
  /** Retries earned by each first call: 0.1 allows 10 % more load. */
  readonly share: number;
  /** The most retries that can be saved up. */
  readonly capacity: number;
  /** Time alone fills the budget up to so many retries, one each `floorIntervalMs`. At most `capacity`. */
  readonly floor: number;
  readonly floorIntervalMs: number;
  /** The longest wait that a refused retry is told. */
  readonly maxWaitMs: number;
}

export const defaultRetryBudgetPolicy: RetryBudgetPolicy = {
  share: 0.1,
  capacity: 50,
  floor: 10,
  // A tenth of the default cap of starts: runs never give their place up, so that after an outage of everybody's
  // calls nearly all are retries, and the floor alone decides how soon the last one is through.
  floorIntervalMs: 200,
  maxWaitMs: 60_000,
};

export interface RetryBudget {
  readonly retries: number;
  readonly at: number;
  /** When the last refused caller was told to come back: the next one comes later. */
  readonly toldUntil: number;
}

/** The budget of a callee that was not called yet. */
export const fullRetryBudget = (policy: RetryBudgetPolicy): RetryBudget => ({
  retries: policy.floor,
  at: 0,
  toldUntil: 0,
});

const passTime = (budget: RetryBudget, now: number, policy: RetryBudgetPolicy): RetryBudget => {
  const earned = Math.max(0, now - budget.at) / policy.floorIntervalMs;
  const retries = Math.max(budget.retries, Math.min(policy.floor, budget.retries + earned));
  return { retries, at: now, toldUntil: Math.min(budget.toldUntil, now + policy.maxWaitMs) };
};

export type RetryBudgetDecision =
  | { readonly allowed: true; readonly budget: RetryBudget }
  | {
      readonly allowed: false;
      readonly budget: RetryBudget;
      /** Refused callers are told times one after another, so that they do not come back together. */
      readonly retryAfterMs: number;
    };

/** Notes a first call, or takes a retry when there is one left. */
export const takeFromRetryBudget = (
  before: RetryBudget,
  call: { readonly isRetry: boolean },
  now: number,
  policy: RetryBudgetPolicy,
): RetryBudgetDecision => {
  const budget = passTime(before, now, policy);
  if (!call.isRetry) {
    return {
      allowed: true,
      budget: { ...budget, retries: Math.min(policy.capacity, budget.retries + policy.share) },
    };
  }
  // Tenths do not add up to exactly one in binary.
  if (budget.retries >= 1 - 1e-9)
    return { allowed: true, budget: { ...budget, retries: Math.max(0, budget.retries - 1) } };
  const nextAt = now + Math.ceil((1 - budget.retries) * policy.floorIntervalMs);
  const toldUntil = Math.min(now + policy.maxWaitMs, Math.max(nextAt, budget.toldUntil + policy.floorIntervalMs));
  return { allowed: false, budget: { ...budget, toldUntil }, retryAfterMs: toldUntil - now };
};
