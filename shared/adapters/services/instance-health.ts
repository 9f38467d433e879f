/** What this isolate has seen of the instances it sends requests to: in memory, a circuit breaker and an outlier each. */
import {
  admitCall,
  closedBreaker,
  defaultBreakerPolicy,
  settleCall,
  type Breaker,
  type BreakerPolicy,
  type BreakerTicket,
} from '../../domain/circuit/breaker.ts';
import {
  defaultOutlierPolicy,
  ejectedOf,
  noteAnswer,
  soundInstance,
  type Outlier,
} from '../../domain/service-registry/outlier.ts';

interface Seen {
  readonly breaker: Breaker;
  readonly outlier: Outlier;
  readonly inFlight: number;
}

const unseen: Seen = { breaker: closedBreaker, outlier: soundInstance, inFlight: 0 };

/** A probe is a request of somebody who waits; one that takes longer is lost. */
const breakerPolicy: BreakerPolicy = { ...defaultBreakerPolicy, probeMs: 30_000, probeRetryMs: 1_000 };
/** Instances remembered; the ones that were used longest ago go first. */
const maxInstances = 5_000;

type RequestEnd = 'answered' | 'fault' | 'abandoned';

export class InstanceHealth {
  readonly #seen = new Map<string, Seen>();

  inFlight(key: string): number {
    return this.#of(key).inFlight;
  }

  /** Of these instances, those that get no requests now: their breaker is open, or they are outliers. */
  leftOut(keys: readonly string[], now: number): ReadonlySet<string> {
    const outliers = keys.map((key) => [key, this.#of(key).outlier] as const);
    const ejected = ejectedOf(outliers, now, defaultOutlierPolicy);
    return new Set(
      keys.filter((key) => ejected.has(key) || !admitCall(this.#of(key).breaker, now, breakerPolicy).admitted),
    );
  }

  /** How long until the first of these may be tried again, in milliseconds. */
  retryAfterMs(keys: readonly string[], now: number): number {
    const waits = keys.map((key) => {
      const decision = admitCall(this.#of(key).breaker, now, breakerPolicy);
      return decision.admitted ? 0 : decision.retryAfterMs;
    });
    return Math.min(...waits, breakerPolicy.maxOpenMs);
  }

  /** A request goes out to the instance; undefined when its breaker opened meanwhile. */
  begin(key: string, now: number): BreakerTicket | undefined {
    const seen = this.#of(key);
    const decision = admitCall(seen.breaker, now, breakerPolicy);
    if (!decision.admitted) return undefined;
    this.#put(key, { ...seen, breaker: decision.breaker, inFlight: seen.inFlight + 1 });
    return decision.ticket;
  }

  /** The request of that ticket has ended. */
  end(key: string, ticket: BreakerTicket, end: RequestEnd, now: number): void {
    const seen = this.#of(key);
    this.#put(key, {
      breaker: settleCall(seen.breaker, ticket, end, now, breakerPolicy),
      outlier:
        end === 'abandoned' ? seen.outlier : noteAnswer(seen.outlier, end === 'fault', now, defaultOutlierPolicy),
      inFlight: Math.max(0, seen.inFlight - 1),
    });
  }

  #of(key: string): Seen {
    return this.#seen.get(key) ?? unseen;
  }

  #put(key: string, seen: Seen): void {
    this.#seen.delete(key);
    this.#seen.set(key, seen);
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= maxInstances) return;
      this.#seen.delete(oldest);
    }
  }
}
