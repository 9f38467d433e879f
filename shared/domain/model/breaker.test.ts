import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelFailureKind } from '../../ports/model-client.ts';
import {
  admitCall,
  closedBreaker,
  defaultBreakerPolicy as policy,
  type Breaker,
  type BreakerTicket,
} from '../circuit/breaker.ts';
import { settleModelCall as settleCall, type ModelCallEnd as CallEnd } from './breaker.ts';
import { createFailure, withhold } from './failure.ts';

const down = createFailure('overloaded', 'down');
const kinds: readonly ModelFailureKind[] = [
  'rate_limited',
  'overloaded',
  'provider_error',
  'timeout',
  'connection_lost',
  'malformed_response',
  'authentication',
  'invalid_request',
  'context_too_long',
  'cancelled',
];
const ownFaults = new Set<ModelFailureKind>([
  'overloaded',
  'provider_error',
  'timeout',
  'connection_lost',
  'malformed_response',
]);

const admit = (breaker: Breaker, now: number): { breaker: Breaker; ticket: BreakerTicket } => {
  const decision = admitCall(breaker, now, policy);
  if (!decision.admitted) throw new Error(`not admitted at ${now}: ${decision.cause}`);
  return decision;
};

const callOnce = (breaker: Breaker, end: CallEnd, now: number): Breaker => {
  const admitted = admit(breaker, now);
  return settleCall(admitted.breaker, admitted.ticket, end, now, policy);
};

const failUntilOpen = (now: number): Breaker => {
  let breaker = closedBreaker;
  for (let call = 0; call < policy.minimumCalls; call += 1) breaker = callOnce(breaker, down, now);
  return breaker;
};

describe('a breaker', () => {
  it('opens when half of enough calls failed, and says when it is tried again', () => {
    let breaker = closedBreaker;
    for (let call = 0; call < policy.minimumCalls - 1; call += 1)
      breaker = callOnce(breaker, call % 2 === 0 ? 'answered' : down, 0);
    expect(breaker.phase.status).toBe('closed');
    breaker = callOnce(breaker, down, 0);
    expect(admitCall(breaker, 1_000, policy)).toMatchObject({
      admitted: false,
      cause: 'open',
      retryAfterMs: policy.openMs - 1_000,
    });
  });

  it('forgets what is longer ago than its window', () => {
    let breaker = closedBreaker;
    for (let call = 0; call < 100; call += 1) breaker = callOnce(breaker, down, call * policy.windowMs);
    expect(breaker.phase.status).toBe('closed');
  });

  it('sends one probe, which closes it or opens it for twice as long', () => {
    const opened = failUntilOpen(0);
    const probing = admit(opened, policy.openMs);
    expect(probing.ticket.probe).toBe(0);
    expect(admitCall(probing.breaker, policy.openMs, policy)).toMatchObject({ admitted: false, cause: 'probing' });
    const closed = settleCall(probing.breaker, probing.ticket, 'answered', policy.openMs + 1, policy);
    expect(closed.phase).toEqual({ status: 'closed', recent: [] });
    const again = settleCall(probing.breaker, probing.ticket, down, policy.openMs, policy);
    expect(admitCall(again, policy.openMs, policy)).toMatchObject({ retryAfterMs: 2 * policy.openMs });
  });

  it('takes a refusal of the request for a sign of life', () => {
    const probing = admit(failUntilOpen(0), policy.openMs);
    for (const kind of ['authentication', 'invalid_request', 'context_too_long'] as const) {
      const end = createFailure(kind, 'refused');
      expect(settleCall(probing.breaker, probing.ticket, end, policy.openMs, policy).phase.status).toBe('closed');
    }
  });

  it('lets the next call be the probe when the one under way was given up or lost', () => {
    const probing = admit(failUntilOpen(0), policy.openMs);
    for (const end of ['abandoned', createFailure('cancelled', ''), withhold('', 1)] as const) {
      const freed = settleCall(probing.breaker, probing.ticket, end, policy.openMs + 1, policy);
      expect(admit(freed, policy.openMs + 1).ticket.probe).toBeDefined();
    }
    const second = admit(probing.breaker, policy.openMs + policy.probeMs);
    expect(second.ticket.probe).toBe(1);
    // The lost one comes back with an answer after all.
    const late = settleCall(second.breaker, probing.ticket, 'answered', policy.openMs + policy.probeMs + 1, policy);
    expect(late.phase.status).toBe('closed');
  });

  it('does not take the end of a lost probe for that of the probe under way', () => {
    const lost = admit(failUntilOpen(0), policy.openMs);
    const lostAt = policy.openMs + policy.probeMs;
    const second = admit(lost.breaker, lostAt);
    const freed = settleCall(second.breaker, second.ticket, 'abandoned', lostAt, policy);
    const third = admit(freed, lostAt);
    const late = settleCall(third.breaker, lost.ticket, 'abandoned', lostAt, policy);
    expect(admitCall(late, lostAt, policy)).toMatchObject({ admitted: false, cause: 'probing' });
  });

  it('ignores ends of calls that began before it opened', () => {
    const early = admit(closedBreaker, 0);
    const opened = failUntilOpen(0);
    const probing = admit(opened, policy.openMs);
    for (const end of ['answered', down] as const) {
      expect(settleCall(probing.breaker, early.ticket, end, policy.openMs + 1, policy)).toEqual(probing.breaker);
    }
  });

  it('pauses for as long as a rate limit asks, within bounds, and counts no fault', () => {
    const limited = (retryAfterMs?: number): Breaker =>
      callOnce(closedBreaker, createFailure('rate_limited', 'slow down', retryAfterMs), 0);
    expect(admitCall(limited(7_000), 0, policy)).toMatchObject({ cause: 'paused', retryAfterMs: 7_000 });
    expect(admitCall(limited(), 0, policy)).toMatchObject({ cause: 'paused', retryAfterMs: policy.pauseMs });
    expect(admitCall(limited(9e9), 0, policy)).toMatchObject({ cause: 'paused', retryAfterMs: policy.maxPauseMs });
    expect(admit(limited(7_000), 7_000).breaker).toEqual(closedBreaker);
    const used = { ...createFailure('rate_limited', 'the quota is used up'), retryable: false };
    expect(callOnce(closedBreaker, used, 0)).toEqual(closedBreaker);
  });
});

/** Any life of a breaker: calls begin and end in any order, and the clock goes on, or jumps by an hour. */
type Act =
  | { readonly type: 'begin' }
  | { readonly type: 'end'; readonly which: number; readonly end: CallEnd }
  | { readonly type: 'pass'; readonly ms: number };

const failure = fc
  .record({ kind: fc.constantFrom(...kinds), retryAfterMs: fc.option(fc.nat(200_000), { nil: undefined }) })
  .map(({ kind, retryAfterMs }) => createFailure(kind, '', retryAfterMs));
const end: fc.Arbitrary<CallEnd> = fc.oneof(
  fc.constant<CallEnd>('answered'),
  fc.constant<CallEnd>('abandoned'),
  failure,
  fc.constant<CallEnd>(down),
);
const act = (jumps: boolean): fc.Arbitrary<Act> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Act>({ type: 'begin' }) },
    { weight: 6, arbitrary: fc.record({ type: fc.constant('end' as const), which: fc.nat(50), end }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.nat(30_000) }) },
    {
      weight: jumps ? 1 : 0,
      arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.constantFrom(-3_600_000, 3_600_000) }),
    },
  );

interface Call {
  readonly ticket: BreakerTicket;
  readonly beganAt: number;
}

const live = (acts: readonly Act[], check: (breaker: Breaker, now: number, calls: readonly Call[]) => void): void => {
  let breaker = closedBreaker;
  let now = 10_000_000;
  const calls: Call[] = [];
  for (const step of acts) {
    if (step.type === 'pass') now += step.ms;
    if (step.type === 'begin') {
      const decision = admitCall(breaker, now, policy);
      ({ breaker } = decision);
      if (decision.admitted) calls.push({ ticket: decision.ticket, beganAt: now });
    }
    const call = step.type === 'end' ? calls[step.which % Math.max(1, calls.length)] : undefined;
    if (step.type === 'end' && call !== undefined) {
      calls.splice(calls.indexOf(call), 1);
      breaker = settleCall(breaker, call.ticket, step.end, now, policy);
    }
    check(breaker, now, calls);
  }
};

describe('any life of a breaker', () => {
  const longest = Math.max(policy.maxOpenMs, policy.maxPauseMs, policy.probeRetryMs);

  it('has at most one probe out that is not lost', () => {
    fc.assert(
      fc.property(fc.array(act(false), { maxLength: 200, size: 'max' }), (acts) => {
        live(acts, (breaker, now, calls) => {
          if (breaker.phase.status !== 'half_open') return;
          const probes = calls.filter(
            ({ ticket, beganAt }) =>
              ticket.epoch === breaker.epoch && ticket.probe !== undefined && now - beganAt < policy.probeMs,
          );
          expect(probes.length).toBeLessThanOrEqual(1);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('always says a bounded time, and lets a call out when nobody else comes and one keeps asking', () => {
    fc.assert(
      fc.property(fc.array(act(true), { maxLength: 200, size: 'max' }), (acts) => {
        live(acts, (before, at) => {
          let breaker = before;
          let waitedMs = 0;
          for (;;) {
            const decision = admitCall(breaker, at + waitedMs, policy);
            if (decision.admitted) break;
            ({ breaker } = decision);
            expect(decision.retryAfterMs).toBeGreaterThan(0);
            expect(decision.retryAfterMs).toBeLessThanOrEqual(longest);
            waitedMs += decision.retryAfterMs;
            expect(waitedMs).toBeLessThanOrEqual(policy.maxPauseMs + policy.maxOpenMs + policy.probeMs + 10_000);
          }
        });
      }),
      { numRuns: 300 },
    );
  });

  it('is opened by nothing but faults of the provider', () => {
    const harmless = end.filter(
      (value) => typeof value === 'string' || (!ownFaults.has(value.kind) && value.kind !== 'rate_limited'),
    );
    fc.assert(
      fc.property(fc.array(harmless, { maxLength: 100, size: 'max' }), (ends) => {
        let breaker = closedBreaker;
        for (const value of ends) breaker = callOnce(breaker, value, 0);
        expect(breaker.phase.status).toBe('closed');
      }),
    );
  });

  it('opens exactly when the last calls within the window failed too often', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ failed: fc.boolean(), afterMs: fc.nat(12_000) }), { maxLength: 80, size: 'max' }),
        (calls) => {
          let breaker = closedBreaker;
          let now = 0;
          const past: { at: number; failed: boolean }[] = [];
          for (const { failed, afterMs } of calls) {
            now += afterMs;
            breaker = callOnce(breaker, failed ? down : 'answered', now);
            past.push({ at: now, failed });
            const looked = past.slice(-policy.windowCalls).filter(({ at }) => now - at < policy.windowMs);
            const failures = looked.filter((call) => call.failed).length;
            const opens = failed && looked.length >= policy.minimumCalls && failures / looked.length >= 0.5;
            expect(breaker.phase.status).toBe(opens ? 'open' : 'closed');
            if (opens) return;
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
