/** The project of a simulation: a thin shell over the real decisions. Mirrors `durable-objects/project`. */
import type { StuckReport, TaskReport } from '../../shared/domain/agent/assignment.ts';
import type { AgentId, TaskId } from '../../shared/domain/ids.ts';
import { advance } from '../../shared/domain/project/advance.ts';
import { composeAssignment } from '../../shared/domain/project/assignment.ts';
import { decideStuck } from '../../shared/domain/project/decide-help.ts';
import { decideReport } from '../../shared/domain/project/decide-report.ts';
import {
  decideCancel,
  decideCreate,
  decideDeployment,
  decideMeasurement,
  decideMerge,
  decidePause,
  decideProgress,
  decideRepositoryCreated,
  decideResume,
  type NewProject,
} from '../../shared/domain/project/decide.ts';
import { nextDueAt } from '../../shared/domain/project/due.ts';
import { type Effect, effectsOf } from '../../shared/domain/project/effects.ts';
import { evolveProject } from '../../shared/domain/project/evolve.ts';
import { initialProjectState, type ProjectState } from '../../shared/domain/project/state.ts';
import { isFinalStatus, type Measurement, type ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { Agent, Mail, Upward } from './agent.ts';
import { call } from './network.ts';
import { connectionLost, SimulatedObject } from './object.ts';
import type { Repository } from './repository.ts';
import type { Process } from './scheduler.ts';
import type { Simulation } from './simulation.ts';
import { EventLog, type KeptLog } from './store.ts';

const setUpDelayMs = 40;

interface Own {
  readonly log: KeptLog<ProjectState, ProjectEvent>;
  readonly taken: readonly string[];
}

type OpenBranch = Extract<Effect, { type: 'open_branch' }>;

export class Project extends SimulatedObject {
  readonly log: EventLog<ProjectState, ProjectEvent>;
  /** Ids of the agents' messages in the order in which they were taken. */
  readonly taken: string[] = [];
  readonly #repository: Repository;
  readonly #agent: (agentId: AgentId) => Agent;

  constructor(simulation: Simulation, repository: Repository, agent: (agentId: AgentId) => Agent) {
    super('project', simulation);
    this.#repository = repository;
    this.#agent = agent;
    this.log = new EventLog(this.store, initialProjectState, evolveProject);
  }

  get state(): ProjectState {
    return this.log.state;
  }

  protected override wire(): void {
    this.timers.on('set_up', () => this.#setUp());
    this.timers.on('measure', () => this.#measure());
    this.timers.on('tick', () => this.#tick());
    this.outbox.on('mail', (mail: Mail, deliveryId) => this.#deliver(mail, deliveryId));
    this.outbox.on('open_branch', (effect: OpenBranch) => this.#openBranch(effect));
    this.outbox.on('fence_off', (effect: { fencingToken: number }) => this.#fenceOff(effect.fencingToken));
    this.outbox.on('merge', (effect: { taskId: TaskId }, deliveryId) => this.#merge(effect.taskId, deliveryId));
  }

  protected override copyOwn(): Own {
    return { log: this.log.copy(), taken: this.taken };
  }

  protected override beginWithOwn(own: unknown): void {
    // SAFETY: the own part of a project's disk.
    const { log, taken } = own as Own;
    this.log.beginWith(log);
    this.taken.push(...taken);
  }

  create(commandId: string, project: NewProject): boolean {
    return this.once(commandId, () => {
      const events = decideCreate(this.state, project, this.simulation.ids);
      if (events.ok) this.#apply(() => events.value);
      return events.ok;
    });
  }

  cancel(commandId: string): boolean {
    return this.once(commandId, () => this.#command(decideCancel(this.state, 'cancelled by a person')));
  }

  pause(commandId: string): boolean {
    return this.once(commandId, () => this.#command(decidePause(this.state)));
  }

  resume(commandId: string): boolean {
    return this.once(commandId, () => this.#command(decideResume(this.state, this.simulation.now)));
  }

  /** A person's note to an agent. */
  note(commandId: string, agentId: AgentId): string {
    return this.once(commandId, () => {
      const messageId = this.simulation.ids.create('msg');
      this.outbox.enqueue(`agent/${agentId}`, 'mail', { messageId, agentId, messageType: 'note', content: commandId });
      const recipient = `agent:${agentId}`;
      const relayed = { messageId, sender: 'person', recipient, messageType: 'note', excerpt: commandId };
      this.#apply(() => [{ type: 'message.relayed', ...relayed }]);
      return messageId;
    });
  }

  /** Takes a message of one of its agents, once. */
  receive(messageId: string, messageType: Upward['messageType'], content: unknown): null {
    return this.once(messageId, () => {
      this.store.push(this.taken, messageId);
      // SAFETY: agents write these contents with their types, see `agent.ts`.
      if (messageType === 'task.report') {
        this.#apply((state) => decideReport(state, content as TaskReport, this.simulation));
      } else if (messageType === 'task.stuck') {
        this.#apply((state) => decideStuck(state, content as StuckReport));
      } else {
        const progress = content as Parameters<typeof decideProgress>[1];
        this.#apply((state) => decideProgress(state, progress, this.simulation.now));
      }
      return null;
    });
  }

  deployed(commandId: string, version: string): string {
    return this.once(commandId, () => {
      this.#apply(() => decideDeployment('production', version, 'promoted'));
      return version;
    });
  }

  #command(decided: ReturnType<typeof decideCancel>): boolean {
    if (this.state.identity === undefined || !decided.ok) return false;
    this.#apply(() => decided.value);
    return true;
  }

  /** Writes what was decided and all that follows, in one transaction. */
  #apply(decide: (state: ProjectState) => readonly ProjectEvent[]): void {
    const { now, ids } = this.simulation;
    this.#write(decide(this.state), now);
    this.#write(advance(this.state, { now, ids }), now);
    this.#watchTime();
  }

  #write(events: readonly ProjectEvent[], now: number): void {
    for (const event of events) {
      this.simulation.trace(
        this.name,
        () => `${this.log.sequence + 1} ${event.type} ${JSON.stringify(event).slice(0, 160)}`,
      );
      this.log.append(event, now);
      for (const effect of effectsOf(event, this.state)) this.#schedule(effect, now);
    }
  }

  #schedule(effect: Effect, now: number): void {
    switch (effect.type) {
      case 'set_up':
        this.timers.set('set_up', now + setUpDelayMs);
        return;
      case 'measure':
        this.timers.set('measure', now);
        return;
      case 'open_branch':
        this.outbox.enqueue(`agent/${effect.agentId}`, 'open_branch', effect);
        return;
      case 'merge':
        this.outbox.enqueue('merge', 'merge', { taskId: effect.taskId });
        return;
      case 'assign':
        this.#send(effect.agentId, 'task.assign', composeAssignment(this.state, effect.taskId));
        return;
      case 'help':
        this.#send(effect.agentId, 'task.help', effect.help);
        return;
      case 'fence_off':
        this.outbox.enqueue('repository', 'fence_off', effect);
        return;
      case 'cancel':
        this.#send(effect.agentId, 'task.cancel', effect.taskId);
        return;
      case 'withdraw_app':
        // Nothing here calls services.
        return;
      case 'enroll_team':
      case 'settle_seats':
      case 'state_quota':
      case 'tell_budget':
        // Agents of a simulation are there from the start, all of them, and spend nothing.
        return;
      case 'settle':
        // Agents of a simulation tell the project of no doubt: its people find the rows and settle them.
        return;
    }
  }

  #send(agentId: AgentId, messageType: Mail['messageType'], content: unknown): void {
    if (content === undefined) return;
    const messageId = this.simulation.ids.create('msg');
    this.outbox.enqueue(`agent/${agentId}`, 'mail', { messageId, agentId, messageType, content });
  }

  #watchTime(): void {
    const dueAt = nextDueAt(this.state);
    if (dueAt !== undefined) this.timers.ensure('tick', dueAt);
  }

  *#tick(): Process {
    this.#apply(() => []);
    this.#watchTime();
    yield 0;
  }

  *#setUp(): Process {
    const { commit: known, identity, status } = this.state;
    if (known !== undefined || identity === undefined || isFinalStatus(status)) return;
    const { simulation } = this;
    const repository = this.#repository;
    const commit = yield* call(simulation, this, repository, () => repository.create('create'));
    this.#apply((state) => decideRepositoryCreated(state, commit));
  }

  *#measure(): Process {
    const repository = this.#repository;
    const commit = yield* call(this.simulation, this, repository, () => repository.head());
    yield this.simulation.random.between(5, 50);
    const measurements: readonly Measurement[] = [
      {
        kind: 'tests',
        commit,
        status: 'passed',
        counts: { passed: 1, failed: 0, skipped: 0 },
        durationMs: 1,
        failures: [],
      },
      { kind: 'types', commit, errors: 0, filesChecked: 1, findings: [] },
      { kind: 'security', commit, findings: [] },
    ];
    this.#apply((state) => [
      ...(state.commit === commit ? [] : [{ type: 'main.moved' as const, commit }]),
      ...measurements.flatMap((measurement) => decideMeasurement(state, measurement)),
    ]);
  }

  *#openBranch({ branch, fencingToken }: OpenBranch): Process {
    const repository = this.#repository;
    yield* call(this.simulation, this, repository, () =>
      repository.change(`open/${branch}/${fencingToken}`, 'opened', branch, fencingToken),
    );
  }

  *#fenceOff(fencingToken: number): Process {
    const repository = this.#repository;
    yield* call(this.simulation, this, repository, () =>
      repository.fenceOff(`fence-off/${fencingToken}`, fencingToken),
    );
  }

  *#merge(taskId: TaskId, deliveryId: string): Process {
    const task = this.state.tasks[taskId];
    if (task?.status !== 'merging' || task.branch === undefined || this.state.status === 'cancelled') return;
    const repository = this.#repository;
    const { branch } = task;
    const commit = yield* call(this.simulation, this, repository, () => repository.merge(deliveryId, branch));
    this.#apply((state) => decideMerge(state, taskId, { type: 'merged', commit }));
  }

  *#deliver(mail: Mail, _deliveryId: string): Process {
    const agent = this.#agent(mail.agentId);
    const { simulation } = this;
    let isKnown = yield* call(simulation, this, agent, () => agent.receive(mail));
    if (isKnown) return;
    const seat = this.state.agents.find(({ agentId }) => agentId === mail.agentId);
    const { identity } = this.state;
    if (seat === undefined || identity === undefined) throw connectionLost;
    yield* call(simulation, this, agent, () => agent.enroll(seat, identity));
    isKnown = yield* call(simulation, this, agent, () => agent.receive(mail));
    if (!isKnown) throw connectionLost;
  }
}
