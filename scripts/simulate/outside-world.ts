/**
 * What lies beyond the platform, and keeps the ledger: tools of every effect class, and the model. A request takes at
 * most 20 ms to arrive and is carried out when it does, whether its sender still lives or not; a killed object is back
 * after 100 ms at the earliest. So a lookup asks a world that has seen all that was sent before: without that no
 * platform could keep the promise for tools that know no idempotency key.
 */
import type { EffectClass } from '../../shared/domain/engine/effect-class.ts';
import type { EffectFailure } from './journal.ts';
import type { Caller } from './network.ts';
import { Future, type Process, wait } from './scheduler.ts';
import type { Simulation } from './simulation.ts';

/** Who wants an effect, and where its log stood when the effect began. */
export interface Origin {
  readonly agent: string;
  readonly runId: string;
  /** The one logical effect: model step or tool call. */
  readonly effect: string;
  readonly logSequence: number;
}

/** One request that left the platform. */
export interface LedgerEntry extends Origin {
  readonly key: string;
  readonly effectClass: EffectClass;
  readonly kind: 'tool' | 'model';
  /** The world changed because of it: an idempotent tool drops a key that it knows. */
  applied: boolean;
}

const lostRequest: EffectFailure = { message: 'The connection broke.', outcomeUnknown: true };

export class OutsideWorld {
  readonly ledger: LedgerEntry[] = [];
  readonly #known = new Set<string>();
  readonly #simulation: Simulation;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  /** Begins where another world was left. */
  beginWith(other: OutsideWorld): void {
    this.ledger.push(...other.ledger);
    for (const key of other.#known) this.#known.add(key);
  }

  /** Carries out an effect. @throws EffectFailure with an unknown outcome when request or answer is lost. */
  *request(
    caller: Caller,
    effect: { readonly kind: 'tool' | 'model'; readonly key: string; readonly effectClass: EffectClass },
    origin: Origin,
  ): Process {
    const entry: LedgerEntry = { ...origin, ...effect, applied: false };
    const { unflushed } = caller;
    if (unflushed !== undefined) yield unflushed;
    const { scheduler, random, counts } = this.#simulation;
    this.ledger.push(entry);
    counts.effects += 1;
    const answered = new Future<void>();
    const fault = this.#simulation.outsideFault();
    this.#simulation.trace(origin.agent, () => `${effect.kind} ${effect.effectClass} ${effect.key} leaves (${fault})`);
    const sentAt = scheduler.now;
    if (fault !== 'request') scheduler.at(sentAt + random.between(1, 20), () => this.#apply(entry));
    if (fault === 'none') scheduler.at(sentAt + random.between(21, 60), () => answered.resolve());
    else scheduler.at(sentAt + random.between(30, 100), () => answered.reject(lostRequest));
    yield* wait(answered);
  }

  /** Whether an effect under this key has happened. @throws EffectFailure when the answer is lost. */
  *lookUp(caller: Caller, key: string): Process<boolean> {
    const { unflushed } = caller;
    if (unflushed !== undefined) yield unflushed;
    yield this.#simulation.random.between(2, 40);
    if (this.#simulation.outsideFault() !== 'none') throw lostRequest;
    return this.#known.has(key);
  }

  /** What a person finds out who looks. */
  hasHappened(effect: string): boolean {
    return this.ledger.some((entry) => entry.effect === effect && entry.applied);
  }

  #apply(entry: LedgerEntry): void {
    entry.applied = entry.effectClass !== 'idempotent' || !this.#known.has(entry.key);
    this.#known.add(entry.key);
  }
}
