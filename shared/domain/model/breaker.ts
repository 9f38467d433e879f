/** What the end of a call of a model says to the circuit breaker of its provider. */
import type { ModelFailure, ModelFailureKind } from '../../ports/model-client.ts';
import { settleCall, type Breaker, type BreakerPolicy, type BreakerTicket, type CallEnd } from '../circuit/breaker.ts';

/** How a call of a model ended; `abandoned`: nobody listened to its end. */
export type ModelCallEnd = 'answered' | 'abandoned' | ModelFailure;

const faults: ReadonlySet<ModelFailureKind> = new Set<ModelFailureKind>([
  'overloaded',
  'provider_error',
  'timeout',
  'connection_lost',
  'malformed_response',
]);

/** Whether the failure is the provider's own fault: what a breaker counts. */
export const isProviderFault = (failure: ModelFailure): boolean =>
  faults.has(failure.kind) && failure.withheld !== true;

const callEnd = (end: ModelCallEnd): CallEnd => {
  if (typeof end === 'string') return end;
  // A used-up quota arrives as a rate limit, but waiting does not help, so that nobody is made to wait.
  if (end.kind === 'rate_limited' && end.retryable) {
    return { type: 'limited', ...(end.retryAfterMs === undefined ? {} : { retryAfterMs: end.retryAfterMs }) };
  }
  if (isProviderFault(end)) return 'fault';
  return end.kind === 'cancelled' || end.withheld === true ? 'abandoned' : 'refused';
};

/** The breaker after the end of an admitted call of a model. */
export const settleModelCall = (
  breaker: Breaker,
  ticket: BreakerTicket,
  end: ModelCallEnd,
  now: number,
  policy: BreakerPolicy,
): Breaker => settleCall(breaker, ticket, callEnd(end), now, policy);
