/** What stands between all calls of this isolate and their providers. */
import { defaultBreakerPolicy, type BreakerPolicy } from '../../domain/circuit/breaker.ts';
import { defaultRetryBudgetPolicy, type RetryBudgetPolicy } from '../../domain/circuit/retry-budget.ts';
import { defaultAdmissionPolicy, Turnstile, type AdmissionPolicy } from '../../domain/model/turnstile.ts';
import type { ModelClient, ModelFailure, ModelRequest } from '../../ports/model-client.ts';
import { systemAdmissionDependencies, withAdmission, type AdmissionDependencies } from './admission.ts';
import { Breakers, withBreaker } from './breaker.ts';
import { RetryBudgets, withRetryBudget } from './retry-budget.ts';

export interface GuardPolicies {
  readonly breaker: BreakerPolicy;
  readonly retryBudget: RetryBudgetPolicy;
  readonly admission: AdmissionPolicy;
}

export const defaultGuardPolicies: GuardPolicies = {
  breaker: defaultBreakerPolicy,
  retryBudget: defaultRetryBudgetPolicy,
  admission: defaultAdmissionPolicy,
};

/** The breakers, retry budgets and queues of all providers, in memory: kept for as long as this value is. */
export class ProviderGuard {
  readonly #policies: GuardPolicies;
  readonly #dependencies: AdmissionDependencies;
  readonly #breakers: Breakers;
  readonly #budgets: RetryBudgets;
  readonly #turnstiles = new Map<string, Turnstile>();

  constructor(
    policies: GuardPolicies = defaultGuardPolicies,
    dependencies: AdmissionDependencies = systemAdmissionDependencies,
  ) {
    this.#policies = policies;
    this.#dependencies = dependencies;
    this.#breakers = new Breakers(policies.breaker);
    this.#budgets = new RetryBudgets(policies.retryBudget);
  }

  /**
   * The same client behind everything that protects its provider. A call that waits for its turn is withheld as soon
   * as the breaker opens or, being a retry, as the budget is used up; both are asked again, and the retry is paid for,
   * at the moment when the call goes out.
   */
  protect(client: ModelClient, provider: string): ModelClient {
    const { now } = this.#dependencies;
    const careful = withBreaker(withRetryBudget(client, this.#budgets, provider, now), this.#breakers, provider, now);
    const refusal = (request: ModelRequest): ModelFailure | undefined =>
      this.#breakers.refusal(provider, now()) ?? this.#budgets.refusal(provider, request, now());
    return withAdmission(careful, this.#turnstileOf(provider), refusal, this.#dependencies);
  }

  #turnstileOf(provider: string): Turnstile {
    const turnstile = this.#turnstiles.get(provider) ?? new Turnstile(this.#policies.admission);
    this.#turnstiles.set(provider, turnstile);
    return turnstile;
  }
}

const positive = (environment: object, name: string): number | undefined => {
  const value: unknown = Object.entries(environment).find(([key]) => key === name)?.[1];
  const figure = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isSafeInteger(figure) && figure > 0 ? figure : undefined;
};

/**
 * The policies with the limits that a Worker's variables set per provider and isolate: `AIDEVOS_MODEL_CONCURRENCY`
 * calls at once (64), `AIDEVOS_MODEL_STARTS_PER_SECOND` (50). What is no positive whole number is passed over; the
 * gateway refuses it when it starts.
 */
export const readGuardPolicies = (environment: object): GuardPolicies => ({
  ...defaultGuardPolicies,
  admission: {
    ...defaultAdmissionPolicy,
    maxConcurrent: positive(environment, 'AIDEVOS_MODEL_CONCURRENCY') ?? defaultAdmissionPolicy.maxConcurrent,
    startsPerSecond: positive(environment, 'AIDEVOS_MODEL_STARTS_PER_SECOND') ?? defaultAdmissionPolicy.startsPerSecond,
  },
});
