/** Model clients behind the circuit breaker of their provider. */
import {
  admitCall,
  closedBreaker,
  defaultBreakerPolicy,
  type Breaker,
  type BreakerDecision,
  type BreakerPolicy,
  type BreakerTicket,
} from '../../domain/circuit/breaker.ts';
import { settleModelCall, type ModelCallEnd } from '../../domain/model/breaker.ts';
import { withhold } from '../../domain/model/failure.ts';
import type { CancelSignal, ModelClient, ModelEvent, ModelFailure, ModelRequest } from '../../ports/model-client.ts';

const reasons = {
  open: 'failed too often',
  probing: 'failed too often and is being tried',
  paused: 'asked to be left alone',
} as const;

/** The breakers of all providers, in memory. */
export class Breakers {
  readonly #policy: BreakerPolicy;
  readonly #breakers = new Map<string, Breaker>();

  constructor(policy: BreakerPolicy = defaultBreakerPolicy) {
    this.#policy = policy;
  }

  /** Why a call would be withheld now, or undefined when it would go out. Changes nothing. */
  refusal(provider: string, now: number): ModelFailure | undefined {
    const decision = this.#decide(provider, now);
    return decision.admitted ? undefined : this.#failure(provider, decision, now);
  }

  /** Lets a call out, whose end is to be told by `settle`, or says why it is withheld. */
  admit(provider: string, now: number): { readonly ticket: BreakerTicket } | { readonly failure: ModelFailure } {
    const decision = this.#decide(provider, now);
    this.#breakers.set(provider, decision.breaker);
    return decision.admitted ? { ticket: decision.ticket } : { failure: this.#failure(provider, decision, now) };
  }

  settle(provider: string, ticket: BreakerTicket, end: ModelCallEnd, now: number): void {
    const breaker = this.#breakers.get(provider) ?? closedBreaker;
    this.#breakers.set(provider, settleModelCall(breaker, ticket, end, now, this.#policy));
  }

  #decide(provider: string, now: number): BreakerDecision {
    return admitCall(this.#breakers.get(provider) ?? closedBreaker, now, this.#policy);
  }

  #failure(provider: string, decision: BreakerDecision & { admitted: false }, now: number): ModelFailure {
    const { retryAfterMs, cause } = decision;
    const at = new Date(now + retryAfterMs).toISOString();
    return withhold(
      `The provider ${provider} ${reasons[cause]}; it is called again at ${at} at the earliest.`,
      retryAfterMs,
    );
  }
}

async function* streamBehind(
  next: () => AsyncIterable<ModelEvent>,
  breakers: Breakers,
  provider: string,
  now: () => number,
): AsyncGenerator<ModelEvent> {
  const admission = breakers.admit(provider, now());
  if ('failure' in admission) {
    yield { type: 'failed', failure: admission.failure };
    return;
  }
  let end: ModelCallEnd = 'abandoned';
  try {
    for await (const event of next()) {
      // Noted before it is passed on: whoever has the last event may not come back for more.
      if (event.type === 'failed') end = event.failure;
      if (event.type === 'finished') end = 'answered';
      yield event;
    }
  } finally {
    breakers.settle(provider, admission.ticket, end, now());
  }
}

/**
 * The same client behind the breaker of its provider. While that is open, a call is answered at once by the failure
 * `overloaded`, which is retryable, names the provider, and says in `retryAfterMs` when the next try can go out.
 */
export const withBreaker = (
  client: ModelClient,
  breakers: Breakers,
  provider: string,
  now: () => number,
): ModelClient => ({
  stream: (request: ModelRequest, signal?: CancelSignal) =>
    streamBehind(() => client.stream(request, signal), breakers, provider, now),
});
