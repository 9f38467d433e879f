/** What all parts of one schedule share: the clock, chance, the faults still to come, and what is counted. */
import type { Ids } from '../../shared/ports/ids.ts';
import type { Mutation } from './mutations.ts';
import { createRandom, type Random } from './random.ts';
import { type Host, Scheduler } from './scheduler.ts';

/** What goes wrong in one schedule, drawn from its seed. */
export interface FaultPlan {
  /** Probability of a kill at each place where a process waits, and how many kills at most. */
  readonly killRate: number;
  readonly kills: number;
  /** Part of the kills that take the whole runtime down, not one object. */
  readonly wholeRuntime: number;
  readonly dropRate: number;
  readonly duplicateRate: number;
  /** Messages lost or doubled at most: afterwards the network is fair. */
  readonly networkFaults: number;
  /** Part of the outside effects whose answer, or the request itself, is lost. */
  readonly outsideRate: number;
  readonly outsideFaults: number;
  readonly modelRate: number;
}

export interface Counts {
  kills: number;
  dropped: number;
  duplicated: number;
  messages: number;
  steps: number;
  effects: number;
  parked: number;
  settled: number;
  pauses: number;
}

/** Objects that live and die with the runtime. */
export interface Mortal extends Host {
  crash(upAt: number): void;
}

const startAt = 1_700_000_000_000;

export class Simulation {
  readonly seed: number;
  readonly random: Random;
  readonly scheduler = new Scheduler(startAt);
  readonly faults: FaultPlan;
  readonly counts: Counts = {
    kills: 0,
    dropped: 0,
    duplicated: 0,
    messages: 0,
    steps: 0,
    effects: 0,
    parked: 0,
    settled: 0,
    pauses: 0,
  };
  readonly objects: Mortal[] = [];
  readonly ids: Ids;
  readonly #mutation: Mutation | undefined;
  readonly #trace: ((line: string) => void) | undefined;
  #outsideFaults = 0;
  #made = 0;

  constructor(options: {
    readonly seed: number;
    readonly mutation?: Mutation | undefined;
    readonly trace?: ((line: string) => void) | undefined;
  }) {
    this.seed = options.seed;
    this.random = createRandom(options.seed);
    this.#mutation = options.mutation;
    this.#trace = options.trace;
    this.faults = drawFaults(this.random);
    this.ids = {
      create: (prefix) => {
        this.#made += 1;
        // SAFETY: ids of a simulation never leave it; they only have to differ.
        return `${prefix}_${this.#made}` as ReturnType<Ids['create']> as never;
      },
    };
    this.scheduler.atWait = (host) => this.#mayKill(host);
  }

  get now(): number {
    return this.scheduler.now;
  }

  isMutated(mutation: Mutation): boolean {
    return this.#mutation === mutation;
  }

  trace(who: string, what: () => string): void {
    this.#trace?.(`${String(this.now - startAt).padStart(8)} ms  ${who.padEnd(14)} ${what()}`);
  }

  /** Whether this message is lost or comes twice. */
  networkFault(): 'none' | 'drop' | 'duplicate' {
    const { dropRate, duplicateRate, networkFaults } = this.faults;
    if (this.counts.dropped + this.counts.duplicated >= networkFaults) return 'none';
    if (this.random.chance(dropRate)) {
      this.counts.dropped += 1;
      return 'drop';
    }
    if (!this.random.chance(duplicateRate)) return 'none';
    this.counts.duplicated += 1;
    return 'duplicate';
  }

  /** Whether the request to the outside, or the answer to it, is lost. */
  outsideFault(): 'none' | 'request' | 'answer' {
    if (this.#outsideFaults >= this.faults.outsideFaults || !this.random.chance(this.faults.outsideRate)) return 'none';
    this.#outsideFaults += 1;
    return this.random.chance(0.5) ? 'request' : 'answer';
  }

  #mayKill(host: Host): void {
    const { killRate, kills, wholeRuntime } = this.faults;
    if (this.counts.kills >= kills || !this.random.chance(killRate)) return;
    const object = this.objects.find((candidate) => candidate === host);
    if (object === undefined) return;
    this.counts.kills += 1;
    const whole = this.random.chance(wholeRuntime);
    this.trace(whole ? 'runtime' : object.name, () => 'killed');
    const upAt = this.now + (whole ? this.random.between(500, 800) : this.random.between(100, 150));
    for (const victim of whole ? this.objects : [object]) victim.crash(upAt);
  }
}

const drawFaults = (random: Random): FaultPlan => {
  const isCalm = random.chance(0.05);
  const hostile = isCalm ? 0 : 1;
  return {
    killRate: hostile * (random.chance(0.5) ? 0.01 : 0.04),
    kills: hostile * random.between(0, 5),
    wholeRuntime: random.next(),
    dropRate: hostile * (random.chance(0.5) ? 0.02 : 0.1),
    duplicateRate: hostile * (random.chance(0.5) ? 0.02 : 0.1),
    networkFaults: hostile * random.between(0, 12),
    outsideRate: hostile * (random.chance(0.5) ? 0.05 : 0.3),
    outsideFaults: hostile * random.between(0, 4),
    modelRate: hostile * (random.chance(0.7) ? 0 : 0.1),
  };
};
