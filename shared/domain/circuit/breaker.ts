/**
 * A circuit breaker of one callee (a provider of models, an instance of a service) as a pure state machine. Closed: calls go out, and their ends are counted. Open:
 * nothing goes out until a time. Half open: one call is the probe, and its end closes or opens the breaker again.
 *
 * Only failures that are the callee's own count. A rate limit is no fault: it opens a pause as long as the callee
 * asked for. Times are milliseconds of one clock that may jump: a start that lies in the future is taken for now, so
 * that no jump can lock a callee out for longer than the policy's longest wait.
 */

export interface BreakerPolicy {
  /** The last so many calls are looked at, of these only the ones that ended within `windowMs`. */
  readonly windowCalls: number;
  readonly windowMs: number;
  /** Fewer calls than this never open the breaker. At most `windowCalls`. */
  readonly minimumCalls: number;
  /** Share of failures, in (0, 1], from which the breaker opens. */
  readonly failureRate: number;
  /** How long it stays open the first time; doubled each time that the probe fails, up to `maxOpenMs`. */
  readonly openMs: number;
  readonly maxOpenMs: number;
  /** A probe that has not ended after this time is lost, and another call may be the probe. */
  readonly probeMs: number;
  /** When to ask again while a probe is under way. */
  readonly probeRetryMs: number;
  /** The pause after a rate limit without `Retry-After`, and the longest one that is kept for all callers. */
  readonly pauseMs: number;
  readonly maxPauseMs: number;
}

export const defaultBreakerPolicy: BreakerPolicy = {
  windowCalls: 20,
  windowMs: 60_000,
  minimumCalls: 10,
  failureRate: 0.5,
  openMs: 5_000,
  maxOpenMs: 60_000,
  probeMs: 60_000,
  probeRetryMs: 5_000,
  pauseMs: 1_000,
  maxPauseMs: 60_000,
};

interface Span {
  readonly since: number;
  readonly forMs: number;
}

interface Sample {
  readonly at: number;
  readonly failed: boolean;
}

type Phase =
  | { readonly status: 'closed'; readonly recent: readonly Sample[] }
  | { readonly status: 'open'; readonly wait: Span; readonly openings: number }
  | { readonly status: 'half_open'; readonly probe: number; readonly probeAt: number; readonly openings: number };

export interface Breaker {
  /** Grows with each opening and closing; what began in an earlier epoch says nothing about this one. */
  readonly epoch: number;
  readonly phase: Phase;
  /** Rate limits stop everything for a while, whatever the phase. */
  readonly pause?: Span;
}

export const closedBreaker: Breaker = { epoch: 0, phase: { status: 'closed', recent: [] } };

/** Given to an admitted call and given back with its end. */
export interface BreakerTicket {
  readonly epoch: number;
  /** The number of the probe, when this call is one. */
  readonly probe?: number;
}

export type BreakerDecision =
  | { readonly admitted: true; readonly breaker: Breaker; readonly ticket: BreakerTicket }
  | {
      readonly admitted: false;
      readonly breaker: Breaker;
      readonly cause: 'open' | 'probing' | 'paused';
      /** Above 0, at most the policy's longest wait. */
      readonly retryAfterMs: number;
    };

/**
 * How a call ended. `fault`: the callee's own, which counts. `refused`: the callee answered that it will not, which is a
 * sign of life and counts for nothing. `abandoned`: nobody listened to its end, which says nothing about the callee.
 */
export type CallEnd =
  | 'answered'
  | 'fault'
  | 'refused'
  | 'abandoned'
  /** Too many calls, by the callee's word; it may have said how long to leave it alone. */
  | { readonly type: 'limited'; readonly retryAfterMs?: number };

const restMs = (span: Span, now: number): number => span.forMs - (now - span.since);

const notInFuture = (span: Span, now: number): Span => (span.since > now ? { ...span, since: now } : span);

const withoutPause = ({ epoch, phase }: Breaker): Breaker => ({ epoch, phase });

/** The same breaker with no start in the future and no pause that is over. */
const settleClock = (breaker: Breaker, now: number): Breaker => {
  const { phase } = breaker;
  const current: Breaker =
    phase.status === 'open'
      ? { ...breaker, phase: { ...phase, wait: notInFuture(phase.wait, now) } }
      : phase.status === 'half_open' && phase.probeAt > now
        ? { ...breaker, phase: { ...phase, probeAt: now } }
        : breaker;
  if (current.pause === undefined) return current;
  const pause = notInFuture(current.pause, now);
  return restMs(pause, now) > 0 ? { ...current, pause } : withoutPause(current);
};

/** Whether a call may go out now; the caller keeps the breaker of the answer in any case. */
export const admitCall = (before: Breaker, now: number, policy: BreakerPolicy): BreakerDecision => {
  const breaker = settleClock(before, now);
  const { epoch, phase, pause } = breaker;
  if (pause !== undefined) return { admitted: false, breaker, cause: 'paused', retryAfterMs: restMs(pause, now) };
  switch (phase.status) {
    case 'closed':
      return { admitted: true, breaker, ticket: { epoch } };
    case 'open': {
      const rest = restMs(phase.wait, now);
      if (rest > 0) return { admitted: false, breaker, cause: 'open', retryAfterMs: rest };
      return probe(breaker, 0, phase.openings, now);
    }
    case 'half_open':
      if (now - phase.probeAt < policy.probeMs) {
        return { admitted: false, breaker, cause: 'probing', retryAfterMs: policy.probeRetryMs };
      }
      return probe(breaker, phase.probe + 1, phase.openings, now);
  }
};

const probe = (breaker: Breaker, number: number, openings: number, now: number): BreakerDecision => ({
  admitted: true,
  breaker: { ...breaker, phase: { status: 'half_open', probe: number, probeAt: now, openings } },
  ticket: { epoch: breaker.epoch, probe: number },
});

const close = (breaker: Breaker): Breaker => ({
  ...breaker,
  epoch: breaker.epoch + 1,
  phase: { status: 'closed', recent: [] },
});

const open = (breaker: Breaker, openings: number, now: number, policy: BreakerPolicy): Breaker => ({
  ...breaker,
  epoch: breaker.epoch + 1,
  phase: {
    status: 'open',
    wait: { since: now, forMs: Math.min(policy.maxOpenMs, policy.openMs * 2 ** Math.min(openings, 30)) },
    openings: openings + 1,
  },
});

const count = (
  breaker: Breaker,
  recent: readonly Sample[],
  failed: boolean,
  now: number,
  policy: BreakerPolicy,
): Breaker => {
  const kept = [...recent, { at: now, failed }]
    .filter(({ at }) => at <= now && now - at < policy.windowMs)
    .slice(-policy.windowCalls);
  const failures = kept.filter((sample) => sample.failed).length;
  const isTooMany = failed && kept.length >= policy.minimumCalls && failures >= policy.failureRate * kept.length;
  return isTooMany ? open(breaker, 0, now, policy) : { ...breaker, phase: { status: 'closed', recent: kept } };
};

const pauseFor = (breaker: Breaker, askedMs: number | undefined, now: number, policy: BreakerPolicy): Breaker => {
  const forMs = Math.min(policy.maxPauseMs, askedMs ?? policy.pauseMs);
  const rest = breaker.pause === undefined ? 0 : restMs(breaker.pause, now);
  return forMs > rest ? { ...breaker, pause: { since: now, forMs } } : breaker;
};

/** The breaker after the end of an admitted call. */
export const settleCall = (
  before: Breaker,
  ticket: BreakerTicket,
  end: CallEnd,
  now: number,
  policy: BreakerPolicy,
): Breaker => {
  const current = settleClock(before, now);
  const breaker = typeof end === 'object' ? pauseFor(current, end.retryAfterMs, now, policy) : current;
  if (ticket.epoch !== breaker.epoch) return breaker;
  const { phase } = breaker;
  const failed = end === 'fault';
  switch (phase.status) {
    case 'open':
      return breaker;
    case 'half_open':
      if (failed) return open(breaker, phase.openings, now, policy);
      if (end !== 'abandoned') return close(breaker);
      // Lost at once, so that the next call is the probe, unless another one already took the place of this. No number
      // is given twice in an epoch: the late end of a lost probe must not be taken for the end of the one under way.
      return ticket.probe === phase.probe
        ? { ...breaker, phase: { ...phase, probeAt: now - policy.probeMs } }
        : breaker;
    case 'closed':
      return failed || end === 'answered' ? count(breaker, phase.recent, failed, now, policy) : breaker;
  }
};
