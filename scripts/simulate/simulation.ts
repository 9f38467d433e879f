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
  /** Longest time that a write takes to reach the disk. */
  readonly diskMs: number;
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
  #victims: Mortal[] = [];
  #made = 0;

  constructor(options: {
    readonly seed: number;
    readonly mutation?: Mutation | undefined;
    readonly trace?: ((line: string) => void) | undefined;
    /** Nothing goes wrong. */
    readonly isCalm?: boolean;
  }) {
    this.seed = options.seed;
    this.random = createRandom(options.seed);
    this.#mutation = options.mutation;
    this.#trace = options.trace;
    this.faults = drawFaults(this.random, options.isCalm ?? this.random.chance(0.05));
    this.ids = {
      create: (prefix) => {
        this.#made += 1;
        // SAFETY: ids of a simulation never leave it; they only have to differ.
        return `${prefix}_${this.#made}` as ReturnType<Ids['create']> as never;
      },
    };
    this.scheduler.atWait = (host) => this.#mayKill(host);
    this.scheduler.afterTurn = () => this.#killVictims();
  }

  /** Ids made so far: those of a schedule that begins where another ended go on from there. */
  get made(): number {
    return this.#made;
  }

  /** Begins at that time, after that many ids. */
  beginWith(now: number, made: number): void {
    this.scheduler.now = now;
    this.#made = made;
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
    const { killRate, kills } = this.faults;
    if (this.counts.kills >= kills || !this.random.chance(killRate)) return;
    const object = this.objects.find((candidate) => candidate === host);
    if (object === undefined) return;
    this.counts.kills += 1;
    // Either right here, or somewhat later: between the disk and the message, in the effect, in the answer.
    if (this.random.chance(0.5)) this.#victims.push(object);
    else this.scheduler.at(this.now + this.random.between(0, 40), () => this.#victims.push(object));
  }

  #killVictims(): void {
    const victims = this.#victims;
    if (victims.length === 0) return;
    this.#victims = [];
    for (const victim of victims) {
      const whole = this.random.chance(this.faults.wholeRuntime);
      this.trace(whole ? 'runtime' : victim.name, () => 'killed');
      const upAt = this.now + (whole ? this.random.between(500, 800) : this.random.between(100, 150));
      for (const object of whole ? this.objects : [victim]) object.crash(upAt);
    }
  }
}

const drawFaults = (random: Random, isCalm: boolean): FaultPlan => {
  const hostile = isCalm ? 0 : 1;
  return {
    killRate: hostile * (random.chance(0.5) ? 0.015 : 0.06),
    kills: hostile * random.between(0, 5),
    wholeRuntime: random.next(),
    dropRate: hostile * (random.chance(0.5) ? 0.02 : 0.1),
    duplicateRate: hostile * (random.chance(0.5) ? 0.02 : 0.1),
    networkFaults: hostile * random.between(0, 12),
    outsideRate: hostile * (random.chance(0.5) ? 0.05 : 0.3),
    outsideFaults: hostile * random.between(0, 4),
    modelRate: hostile * (random.chance(0.7) ? 0 : 0.1),
    diskMs: random.chance(0.65) ? 3 : random.chance(0.6) ? 30 : 200,
  };
};
