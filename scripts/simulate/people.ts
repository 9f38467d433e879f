/** The people of a simulation: they give commands until they are acknowledged, settle what is in doubt, and change their mind. */
import { needsDurableIntent } from '../../shared/domain/engine/effect-class.ts';
import type { NewProject } from '../../shared/domain/project/decide.ts';
import { isFinalStatus } from '../../shared/protocol/project-events.ts';
import type { Agent } from './agent.ts';
import { call, type Caller } from './network.ts';
import type { SimulatedObject } from './object.ts';
import type { OutsideWorld } from './outside-world.ts';
import type { Project } from './project.ts';
import type { Host, Process } from './scheduler.ts';
import type { Simulation } from './simulation.ts';

/** A command that was acknowledged, with the answer. */
export interface Acknowledged {
  readonly command: 'create' | 'cancel' | 'pause' | 'resume' | 'note' | 'settle';
  readonly answer: unknown;
}

export interface Intentions {
  readonly cancelAfterMs: number | undefined;
  /** Cancels while an agent is about to do what cannot be taken back. */
  readonly cancelsInStep: boolean;
  readonly pauseAfterMs: number | undefined;
  readonly notes: number;
  readonly settles: boolean;
  /** When an agent's process is stopped for longer than its lease. */
  readonly stopAgentAfterMs: number | undefined;
}

export const drawIntentions = ({ random }: Simulation): Intentions => ({
  cancelAfterMs: random.chance(0.22) ? random.between(1, 2_000) : undefined,
  cancelsInStep: random.chance(0.06),
  pauseAfterMs: random.chance(0.1) ? random.between(1, 2_000) : undefined,
  notes: random.chance(0.3) ? random.between(1, 3) : 0,
  settles: random.chance(0.9),
  stopAgentAfterMs: random.chance(0.25) ? random.between(0, 300) : undefined,
});

export class People implements Host, Caller {
  readonly name = 'people';
  readonly unflushed = undefined;
  epoch = 0;
  pausedUntil = 0;
  readonly acknowledged: Acknowledged[] = [];
  readonly redone = new Map<string, number>();
  readonly #simulation: Simulation;
  readonly #project: Project;
  readonly #agents: ReadonlyMap<string, Agent>;
  readonly #world: OutsideWorld;

  constructor(simulation: Simulation, project: Project, agents: ReadonlyMap<string, Agent>, world: OutsideWorld) {
    this.#simulation = simulation;
    this.#project = project;
    this.#agents = agents;
    this.#world = world;
  }

  /** @param isCreated the project is there already, and acknowledged. */
  start(newProject: NewProject, isCreated: boolean, intentions: Intentions): void {
    const { scheduler } = this.#simulation;
    scheduler.spawn(this, this.#direct(newProject, isCreated, intentions));
    if (intentions.settles) scheduler.spawn(this, this.#settleDoubts());
    if (intentions.stopAgentAfterMs !== undefined) scheduler.spawn(this, this.#stopAgent(intentions.stopAgentAfterMs));
  }

  *#direct(newProject: NewProject, isCreated: boolean, intentions: Intentions): Process {
    const project = this.#project;
    if (isCreated) this.acknowledged.push({ command: 'create', answer: true });
    else yield* this.#command('create', project, () => project.create('create', newProject));
    const { scheduler } = this.#simulation;
    if (intentions.notes > 0) scheduler.spawn(this, this.#writeNotes(intentions.notes));
    if (intentions.pauseAfterMs !== undefined) scheduler.spawn(this, this.#pause(intentions.pauseAfterMs));
    if (intentions.cancelsInStep) yield* this.#awaitCarefulStep();
    else if (intentions.cancelAfterMs === undefined) return;
    else yield intentions.cancelAfterMs;
    yield* this.#command('cancel', project, () => project.cancel('cancel'));
  }

  *#awaitCarefulStep(): Process {
    while (!isFinalStatus(this.#project.state.status)) {
      for (const agent of this.#agents.values()) {
        for (const { status, effectClass } of agent.journalRows.values()) {
          if (status === 'started' && needsDurableIntent(effectClass)) return;
        }
      }
      yield 5;
    }
  }

  *#pause(afterMs: number): Process {
    const project = this.#project;
    yield afterMs;
    yield* this.#command('pause', project, () => project.pause('pause'));
    yield this.#simulation.random.between(1, 3_000);
    yield* this.#command('resume', project, () => project.resume('resume'));
  }

  *#writeNotes(count: number): Process {
    const project = this.#project;
    const { random } = this.#simulation;
    for (let note = 0; note < count; note += 1) {
      yield random.between(1, 800);
      const seats = [...this.#agents.values()];
      const agent = seats[random.between(0, seats.length - 1)];
      if (agent === undefined) return;
      yield* this.#command('note', project, () => project.note(`note-${note}`, agent.agentId));
    }
  }

  /** Looks now and then for steps in doubt, finds out what happened, and decides. */
  *#settleDoubts(): Process {
    const { random } = this.#simulation;
    while (!isFinalStatus(this.#project.state.status)) {
      yield random.between(500, 4_000);
      for (const agent of this.#agents.values()) {
        for (const { key, status } of agent.journalRows.values()) {
          if (status !== 'in_doubt') continue;
          const happened = this.#world.hasHappened(key);
          const decision = random.chance(0.2) ? 'abandon' : happened ? 'done' : 'redo';
          const value = { content: 'a person saw that it happened', isError: false };
          const commandId = `settle-${key}-${random.between(1, 1_000_000)}`;
          const settled = yield* this.#command('settle', agent, () => agent.settle(commandId, key, decision, value));
          if (settled && decision === 'redo') this.redone.set(key, (this.redone.get(key) ?? 0) + 1);
        }
      }
    }
  }

  /** Stops an agent that works, for longer than its lease, and lets it go on as if nothing had been. */
  *#stopAgent(afterMs: number): Process {
    const { random, scheduler, counts } = this.#simulation;
    yield afterMs;
    const anyOne = random.chance(0.2);
    while (!isFinalStatus(this.#project.state.status)) {
      // One that is about to write: what it does when it goes on is what a lease must guard against. Mostly not the first
      // of its role, which would be given the task again.
      for (const agent of this.#agents.values()) {
        const { run } = agent.log.state;
        if (run?.assignment.writes !== true || !run.openCalls.some(({ name }) => name === 'write_file')) continue;
        if (!anyOne && agent.log.state.identity?.name.endsWith('-1') === true) continue;
        counts.pauses += 1;
        agent.pausedUntil = scheduler.now + random.between(58_000, 90_000);
        this.#simulation.trace(agent.name, () => `stopped for ${agent.pausedUntil - scheduler.now} ms`);
        return;
      }
      yield 15;
    }
  }

  /** Repeats the command under its id until it is acknowledged. */
  *#command<T>(command: Acknowledged['command'], target: SimulatedObject, handle: () => T): Process<T> {
    for (;;) {
      try {
        const answer = yield* call(this.#simulation, this, target, () => handle());
        this.acknowledged.push({ command, answer });
        this.#simulation.trace(this.name, () => `${command} acknowledged: ${String(answer)}`);
        return answer;
      } catch (failure) {
        if (failure instanceof Error) throw failure;
        yield this.#simulation.random.between(50, 400);
      }
    }
  }
}
