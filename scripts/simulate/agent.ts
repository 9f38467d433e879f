/** An agent of a simulation: a thin shell over the real loop. Mirrors `durable-objects/agent`. */
import type { Outcome, TaskAssignment, TaskHelp } from '../../shared/domain/agent/assignment.ts';
import type { AgentEvent } from '../../shared/domain/agent/events.ts';
import { composeExcerpt } from '../../shared/domain/agent/help.ts';
import { defaultRunLimits, nextAction, type NextAction } from '../../shared/domain/agent/loop.ts';
import { type AgentState, evolveAgent, initialAgentState, type Run } from '../../shared/domain/agent/state.ts';
import type { AgentId, TaskId } from '../../shared/domain/ids.ts';
import type { ProjectIdentity } from '../../shared/domain/project/state.ts';
import type { ToolCall } from '../../shared/ports/model-client.ts';
import type { AgentSeat } from '../../shared/protocol/project-events.ts';
import { AgentTools } from './agent-tools.ts';
import { answer, type Script } from './model.ts';
import { call } from './network.ts';
import { SimulatedObject } from './object.ts';
import type { Origin, OutsideWorld } from './outside-world.ts';
import type { Project } from './project.ts';
import type { Repository } from './repository.ts';
import type { Process } from './scheduler.ts';
import type { Simulation } from './simulation.ts';
import { EventLog, type KeptLog } from './store.ts';

/** A message of the project to an agent. */
export interface Mail {
  readonly messageId: string;
  readonly agentId: AgentId;
  readonly messageType: 'task.assign' | 'task.cancel' | 'task.help' | 'note';
  readonly content: unknown;
}

/** A message of an agent to the project. */
export interface Upward {
  readonly messageId: string;
  readonly messageType: 'task.progress' | 'task.report' | 'task.stuck';
  readonly content: unknown;
}

interface Own {
  readonly log: KeptLog<AgentState, AgentEvent>;
  readonly sent: readonly string[];
}

interface ModelAnswer {
  readonly calls: readonly ToolCall[];
  readonly isRefused: boolean;
}

export interface Surroundings {
  readonly simulation: Simulation;
  readonly world: OutsideWorld;
  readonly repository: Repository;
  readonly project: () => Project;
  readonly script: Script;
}

const wakeMs = 1_000;
const usage = { inputTokens: 100, outputTokens: 50, cachedInputTokens: 0 };

export class Agent extends SimulatedObject {
  readonly agentId: AgentId;
  readonly log: EventLog<AgentState, AgentEvent>;
  /** Ids of the messages to the project in the order in which they were written. */
  readonly sent: string[] = [];
  readonly #around: Surroundings;
  readonly #tools: AgentTools;
  #driving = -1;

  constructor(agentId: AgentId, around: Surroundings) {
    super(agentId, around.simulation);
    this.agentId = agentId;
    this.#around = around;
    this.#tools = new AgentTools(this, around);
    this.log = new EventLog(this.store, initialAgentState, evolveAgent);
  }

  protected override wire(): void {
    this.timers.on('run', () => this.#onTimer());
    this.outbox.on('upward', (message: Upward) => this.#deliver(message));
  }

  *#onTimer(): Process {
    this.#wake();
    yield 0;
  }

  protected override activate(): void {
    if (this.log.state.run !== undefined) this.timers.ensure('run', this.simulation.now);
  }

  protected override copyOwn(): Own {
    return { log: this.log.copy(), sent: this.sent };
  }

  protected override beginWithOwn(own: unknown): void {
    // SAFETY: the own part of an agent's disk.
    const { log, sent } = own as Own;
    this.log.beginWith(log);
    this.sent.push(...sent);
  }

  enroll(seat: AgentSeat, { workspaceId, projectId, model }: ProjectIdentity): null {
    return this.once(`${this.agentId}/enroll`, () => {
      this.#append({ type: 'agent.initialized', workspaceId, projectId, model, ...seat });
      return null;
    });
  }

  /** False when the agent was not enrolled yet. */
  receive(mail: Mail): boolean {
    if (this.log.state.identity === undefined) return false;
    this.once(mail.messageId, () => {
      this.#take(mail);
      return null;
    });
    this.#wake();
    return true;
  }

  /** A person decides a step in doubt. */
  settle(commandId: string, key: string, decision: 'done' | 'redo' | 'abandon', value: unknown): boolean {
    return this.once(commandId, () => {
      const settled = this.journal.settle(key, decision, value);
      this.simulation.trace(this.name, () => `a person settles ${key}: ${decision} (${settled})`);
      this.#wake();
      return settled;
    });
  }

  isCurrent(runId: string): boolean {
    return this.log.state.run?.runId === runId;
  }

  /** Who wants an effect, and where the log stands as it begins. */
  originOf({ runId }: Run, effect: string): Origin {
    return { agent: this.name, runId, effect, logSequence: this.log.sequence };
  }

  #take({ messageId, messageType, content }: Mail): void {
    const excerpt: string = messageType;
    // SAFETY: message ids of a simulation are texts; contents are written by `project.ts`.
    this.#append({ type: 'message.received', messageId: messageId as never, sender: 'project', messageType, excerpt });
    if (messageType === 'task.assign') this.#assigned(content as TaskAssignment);
    if (messageType === 'task.help') this.#help(content as TaskHelp);
    if (messageType === 'task.cancel') this.#cancel(content as TaskId);
  }

  #assigned(assignment: TaskAssignment): void {
    const { run } = this.log.state;
    if (run !== undefined && run.assignment.fencingToken >= assignment.fencingToken) return;
    if (run !== undefined) this.#cancel(run.assignment.taskId);
    this.#append({ type: 'run.started', runId: this.simulation.ids.create('run'), assignment });
  }

  #help({ fencingToken, source, text }: TaskHelp): void {
    const { run } = this.log.state;
    if (run?.assignment.fencingToken !== fencingToken) return;
    this.record(run, { type: 'run.helped', runId: run.runId, source, text });
  }

  #cancel(taskId: TaskId): void {
    const { run } = this.log.state;
    if (run?.assignment.taskId !== taskId) return;
    this.#append({ type: 'run.cancelled', runId: run.runId, taskId, reason: 'taken back' });
    this.timers.cancel('run');
  }

  #wake(): void {
    if (this.log.state.run === undefined) return;
    this.#stayAwake();
    if (this.#driving === this.epoch) return;
    this.#driving = this.epoch;
    this.simulation.scheduler.spawn(this, this.#drive());
  }

  *#drive(): Process {
    const { epoch } = this;
    for (;;) {
      yield 0;
      const { run } = this.log.state;
      if (run === undefined) break;
      const goesOn = yield* this.#perform(run, nextAction(run, defaultRunLimits));
      if (!goesOn) break;
    }
    if (this.#driving === epoch) this.#driving = -1;
  }

  *#perform(run: Run, action: NextAction): Process<boolean> {
    switch (action.type) {
      case 'call_model':
        if (action.delayMs > 0 && this.#postpone(run, action.delayMs)) return false;
        yield* this.#callModel(run, action.step);
        return true;
      case 'call_tool':
        return yield* this.#tools.call(run, action.call);
      case 'nudge':
        this.record(run, { type: 'run.nudged', runId: run.runId, text: action.text });
        return true;
      case 'report_stuck': {
        const { taskId, fencingToken } = run.assignment;
        this.record(run, { type: 'run.stuck', runId: run.runId, ...action.stuck });
        this.#send('task.stuck', { taskId, fencingToken, ...action.stuck, excerpt: composeExcerpt(run.messages) });
        this.timers.cancel('run');
        return false;
      }
      case 'wait':
        this.timers.cancel('run');
        return false;
      case 'finish':
        this.finish(run, action.outcome);
        return false;
    }
  }

  #postpone(run: Run, delayMs: number): boolean {
    const dueAt = (this.log.entries.at(-1)?.at ?? run.startedAt) + delayMs;
    if (dueAt <= this.simulation.now) return false;
    this.timers.set('run', dueAt);
    return true;
  }

  *#callModel(run: Run, step: number): Process {
    const { runId } = run;
    this.tell(run, { type: 'thinking', step: step + 1, model: 'simulated' });
    yield* this.journal.run<ModelAnswer>({
      key: `${runId}/model/${step}`,
      effectClass: 'idempotent',
      isWanted: () => this.isCurrent(runId),
      execute: (key) => this.#askModel(run, step, key),
      *lookup() {
        yield 0;
        return undefined;
      },
      onSettled: (outcome) => {
        if (outcome.status === 'done' && !outcome.value.isRefused) {
          const toolCalls = outcome.value.calls;
          const said = { text: '', stopReason: 'tool_calls' as const, usage, modelTimeMs: 1 };
          this.record(run, { type: 'model.responded', runId, toolCalls, ...said });
        } else {
          const failure = { kind: 'provider_error' as const, message: 'overloaded', retryable: true };
          this.record(run, { type: 'model.failed', runId, failure });
        }
      },
    });
  }

  *#askModel(run: Run, step: number, key: string): Process<ModelAnswer> {
    const { world, simulation, script } = this.#around;
    yield* world.request(
      this,
      { kind: 'model', key, effectClass: 'idempotent' },
      this.originOf(run, `${run.runId}/model/${step}`),
    );
    return { calls: answer(run, script), isRefused: simulation.random.chance(simulation.faults.modelRate) };
  }

  /** Adds an event of the run; dropped when the run is over. */
  record(run: Run, event: AgentEvent): void {
    if (!this.isCurrent(run.runId)) return;
    this.#append(event);
    if (event.type !== 'run.finished') this.#stayAwake();
  }

  tell(run: Run, activity: unknown): void {
    if (!this.isCurrent(run.runId)) return;
    const { taskId, fencingToken } = run.assignment;
    this.#send('task.progress', { taskId, fencingToken, activity });
  }

  finish(run: Run, outcome: Outcome): void {
    if (!this.isCurrent(run.runId)) return;
    const { taskId, attempt, fencingToken } = run.assignment;
    this.record(run, { type: 'run.finished', runId: run.runId, taskId, outcome });
    this.#send('task.report', { taskId, attempt, fencingToken, outcome });
    this.timers.cancel('run');
  }

  #send(messageType: Upward['messageType'], content: unknown): void {
    const messageId = this.simulation.ids.create('msg');
    this.store.push(this.sent, messageId);
    this.outbox.enqueue('project', 'upward', { messageId, messageType, content });
  }

  *#deliver({ messageId, messageType, content }: Upward): Process {
    const project = this.#around.project();
    yield* call(this.simulation, this, project, () => project.receive(messageId, messageType, content));
  }

  #stayAwake(): void {
    this.timers.set('run', this.simulation.now + wakeMs);
  }

  #append(event: AgentEvent): void {
    this.simulation.trace(
      this.name,
      () => `${this.log.sequence + 1} ${event.type} ${JSON.stringify(event).slice(0, 120)}`,
    );
    this.log.append(event, this.simulation.now);
  }
}
