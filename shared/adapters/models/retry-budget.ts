/** Model clients whose retries may not add more than a part to the load of their provider. */
import { withhold } from '../../domain/model/failure.ts';
import {
  defaultRetryBudgetPolicy,
  fullRetryBudget,
  takeFromRetryBudget,
  type RetryBudget,
  type RetryBudgetPolicy,
} from '../../domain/circuit/retry-budget.ts';
import type { ModelClient, ModelEvent, ModelFailure, ModelRequest } from '../../ports/model-client.ts';

/** The retry budgets of all providers, in memory. */
export class RetryBudgets {
  readonly #policy: RetryBudgetPolicy;
  readonly #budgets = new Map<string, RetryBudget>();

  constructor(policy: RetryBudgetPolicy = defaultRetryBudgetPolicy) {
    this.#policy = policy;
  }

  /** Why this retry would be withheld now, or undefined when it would go out. */
  refusal(provider: string, request: ModelRequest, now: number): ModelFailure | undefined {
    return this.#decide(provider, request, now, false);
  }

  /** Notes the call, or says why it is withheld: it is a retry, and the budget is used up. */
  take(provider: string, request: ModelRequest, now: number): ModelFailure | undefined {
    return this.#decide(provider, request, now, true);
  }

  #decide(provider: string, request: ModelRequest, now: number, isSent: boolean): ModelFailure | undefined {
    const before = this.#budgets.get(provider) ?? fullRetryBudget(this.#policy);
    const decision = takeFromRetryBudget(before, { isRetry: (request.attempt ?? 1) > 1 }, now, this.#policy);
    if (isSent || !decision.allowed) this.#budgets.set(provider, decision.budget);
    if (decision.allowed) return undefined;
    return withhold(
      `Too many calls of the provider ${provider} are retries already; this one waits.`,
      decision.retryAfterMs,
    );
  }
}

async function* refuse(failure: ModelFailure): AsyncGenerator<ModelEvent> {
  yield { type: 'failed', failure };
}

/** The same client, which answers a retry beyond the budget by the failure `overloaded` instead of sending it. */
export const withRetryBudget = (
  client: ModelClient,
  budgets: RetryBudgets,
  provider: string,
  now: () => number,
): ModelClient => ({
  stream: (request, signal) => {
    const failure = budgets.take(provider, request, now());
    return failure === undefined ? client.stream(request, signal) : refuse(failure);
  },
});
