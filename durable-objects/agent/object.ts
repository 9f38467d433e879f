/**
 * The Agent object: one per seat of a team, the only writer of its conversation and its mailbox. Thin: what to do next
 * is decided by the pure loop, done by the runner.
 */
import { createRandomIds, systemClock } from '../../shared/adapters/crypto/random-ids.ts';
import type { TaskAssignment, TaskHelp } from '../../shared/domain/agent/assignment.ts';
import type { AgentEvent } from '../../shared/domain/agent/events.ts';
import type { Settlement } from '../../shared/domain/effect/doubt.ts';
import type { AgentIdentity, AgentState } from '../../shared/domain/agent/state.ts';
import type { TaskId } from '../../shared/domain/ids.ts';
import type { Acknowledgement, Message } from '../../shared/domain/message/envelope.ts';
import { runWorkflowVersion } from '../../shared/domain/workflow/version.ts';
import { err, ok, type AppError, type Result } from '../../shared/errors/result.ts';
import type { EventsQuery } from '../../shared/rpc/events-query.ts';
import type { AgentReplayRpc } from '../../shared/rpc/replay.ts';
import type { AgentDetail, AgentRpc, EnrollAgent } from '../../shared/rpc/agent.ts';
import type { ReplayDeadLetter } from '../../shared/rpc/dead-letters.ts';
import { EventStore, ManagedObject, type Problem } from '../platform/index.ts';
import { projectStub } from '../stubs.ts';
import { agentAggregate } from './aggregate.ts';
import type { AgentEnvironment } from './environment.ts';
import { takeHelp } from './help.ts';
import { AgentMailbox } from './mailbox.ts';
import { DeadLetterDesk } from './dead-letter-desk.ts';
import { agentMigrations } from './migrations.ts';
import { viewModelCalls } from './model-call-view.ts';
import { AgentReplay } from './replay.ts';
import { AgentStore } from './store.ts';
import { wireAgent, type AgentWork } from './wiring.ts';

const notFound: AppError = { type: 'resource.not_found', detail: 'There is no such agent.' };
const maxPage = 1_000;
const excerptLength = 200;

export class AgentObject extends ManagedObject<AgentEnvironment> implements AgentRpc, AgentReplayRpc {
  readonly #ids = createRandomIds(systemClock);
  readonly #events: EventStore<AgentState, AgentEvent>;
  readonly #store: AgentStore;
  readonly #mailbox: AgentMailbox;
  readonly #work: AgentWork;
  readonly #deadLetters: DeadLetterDesk;
  readonly #replay: AgentReplay;

  constructor(ctx: DurableObjectState, env: AgentEnvironment) {
    super(ctx, env, { migrations: agentMigrations });
    const { storage, outbox, timers, journal, now } = this;
    this.#events = new EventStore(storage, agentAggregate);
    this.#store = new AgentStore(storage);
    this.#mailbox = new AgentMailbox({
      storage,
      outbox,
      now,
      store: this.#store,
      events: this.#events,
      ids: this.#ids,
      project: () => projectStub(env, this.#identity().workspaceId, this.#identity().projectId),
    });
    this.#deadLetters = new DeadLetterDesk({
      outbox,
      timers,
      now,
      agentId: () => this.#events.state.identity?.agentId,
      tell: (depth) => this.#mailbox.tellDeadLetters(depth),
    });
    this.#replay = new AgentReplay({ storage, events: this.#events });
    this.#work = wireAgent({
      env,
      storage,
      timers,
      journal,
      now,
      object: this.objectName,
      events: this.#events,
      mailbox: this.#mailbox,
      identity: () => this.#identity(),
      waitUntil: (work) => {
        ctx.waitUntil(work);
      },
      report: (problem) => this.reportProblem(problem),
    });
  }

  protected override activate(): void {
    this.#deadLetters.activate();
    this.#work.ledger.recoverOthers(this.#events.state.run?.runId);
    this.#work.runner.resume();
  }

  protected override deactivate(): Promise<void> {
    return this.#work.runner.halt();
  }

  protected override reportProblem(problem: Problem): void {
    super.reportProblem(problem);
    if (problem.status === 'parked') this.#deadLetters.changed();
  }

  async enroll(command: EnrollAgent): Promise<Result<AgentDetail>> {
    return this.#once(command.commandId, command, () => {
      if (this.#events.state.identity !== undefined)
        return err({ type: 'resource.conflict', detail: 'This agent exists already.' });
      const { commandId: _commandId, ...identity } = command;
      this.#events.append([{ type: 'agent.initialized', ...identity }], this.now());
      return this.#detail();
    });
  }

  async get(): Promise<Result<AgentDetail>> {
    this.timers.repair();
    return this.#detail();
  }

  /** Takes a message: stored, acknowledged, deduplicated by its id. Assignments start a run, the rest waits in the mailbox. */
  async receiveMessage(message: Message): Promise<Result<Acknowledgement>> {
    if (this.#events.state.identity === undefined) return err(notFound);
    const receivedAt = this.now();
    let repeated = true;
    const taken = this.transact(() =>
      this.inbox.once(message.messageId, message, receivedAt, () => {
        repeated = false;
        this.#take(message, receivedAt);
        return null;
      }),
    );
    if (!taken.ok) return taken;
    this.#work.runner.wake();
    return ok({ messageId: message.messageId, receivedAt, repeated });
  }

  async sendMessage(command: Parameters<AgentRpc['sendMessage']>[0]): ReturnType<AgentRpc['sendMessage']> {
    const { commandId, recipient, messageType, content } = command;
    return this.#once(commandId, command, () => {
      if (this.#events.state.identity === undefined) return err(notFound);
      this.#mailbox.send(recipient, messageType, content);
      return ok({ sent: true as const });
    });
  }

  async standDown({
    commandId,
    fencingToken,
  }: Parameters<AgentRpc['standDown']>[0]): ReturnType<AgentRpc['standDown']> {
    return this.#once(commandId, { fencingToken }, () => {
      const { identity, run, fencedBelow = 0 } = this.#events.state;
      if (identity === undefined) return err(notFound);
      if (fencedBelow < fencingToken) this.#events.append([{ type: 'agent.stood_down', fencingToken }], this.now());
      if (run !== undefined && run.assignment.fencingToken < fencingToken) this.#cancel(run.assignment.taskId);
      return ok({ stoodDown: true as const });
    });
  }

  async messages(query: { readonly after: number; readonly limit: number }): ReturnType<AgentRpc['messages']> {
    return this.#known(() => this.#store.messages(query.after, Math.min(query.limit, maxPage)));
  }

  async events(query: EventsQuery): ReturnType<AgentRpc['events']> {
    return this.#events.state.identity === undefined ? err(notFound) : this.#events.page(query);
  }

  async saveState(): ReturnType<AgentRpc['saveState']> {
    return this.#known(() => ({ sequence: this.transact(() => this.#events.snapshot(this.now())) }));
  }

  async loadState({ sequence }: { readonly sequence: number }): ReturnType<AgentRpc['loadState']> {
    if (!Number.isSafeInteger(sequence) || sequence < 0 || sequence > this.#events.sequence) {
      return err({
        type: 'resource.not_found',
        detail: `There is no state ${sequence}; the newest is ${this.#events.sequence}.`,
      });
    }
    return this.#known(() => ({ ...this.#events.stateAt(sequence) }));
  }

  async deadLetters(): ReturnType<AgentRpc['deadLetters']> {
    return this.#known(() => this.#deadLetters.list());
  }

  async replayDeadLetter(command: ReplayDeadLetter): ReturnType<AgentRpc['replayDeadLetter']> {
    return this.#once(command.commandId, command, () => this.#deadLetters.replay(command.letterId));
  }

  async modelCalls(query: { readonly after: number; readonly limit: number }): ReturnType<AgentRpc['modelCalls']> {
    return this.#known(() => viewModelCalls(this.#work.calls, query.after, Math.min(query.limit, maxPage)));
  }

  async stateHash(query: Parameters<AgentReplayRpc['stateHash']>[0]): ReturnType<AgentReplayRpc['stateHash']> {
    return this.#events.state.identity === undefined ? err(notFound) : this.#replay.stateHash(query);
  }

  async journalEntries(
    query: Parameters<AgentReplayRpc['journalEntries']>[0],
  ): ReturnType<AgentReplayRpc['journalEntries']> {
    return this.#known(() => this.#replay.journalEntries(query));
  }

  async runPoint(query: Parameters<AgentReplayRpc['runPoint']>[0]): ReturnType<AgentReplayRpc['runPoint']> {
    return this.#events.state.identity === undefined ? err(notFound) : this.#replay.runPoint(query);
  }

  async adoptRun(command: Parameters<AgentReplayRpc['adoptRun']>[0]): ReturnType<AgentReplayRpc['adoptRun']> {
    const { commandId, runId } = command;
    const adopted = this.#once(commandId, { runId }, () => this.#replay.adoptRun(command));
    this.#work.runner.wake();
    return adopted;
  }

  /** The agent's rows in the directory are written by its project. */
  async republish(): ReturnType<AgentRpc['republish']> {
    return ok({ rows: 0 });
  }

  override async fetch(request: Request): Promise<Response> {
    return this.#events.state.identity === undefined
      ? new Response(null, { status: 404 })
      : this.sockets.accept(request);
  }

  #take(message: Message, now: number): void {
    this.#store.add('received', message, now);
    const { messageId, sender, messageType } = message;
    const excerpt = message.content.slice(0, excerptLength);
    this.#events.append([{ type: 'message.received', messageId, sender, messageType, excerpt }], now);
    const isFromProject = sender === `project:${this.#identity().projectId}`;
    if (!isFromProject) return;
    // SAFETY: the sender is this agent's own project object, which composes all these contents.
    if (messageType === 'task.assign') this.processTask(JSON.parse(message.content) as TaskAssignment);
    if (messageType === 'step.settle') this.#work.doubts.take(JSON.parse(message.content) as Settlement);
    if (messageType === 'task.help')
      takeHelp({ events: this.#events, log: this.#work.log }, JSON.parse(message.content) as TaskHelp);
    if (messageType === 'budget.changed') this.#work.budget.forget();
    if (messageType === 'task.cancel') this.#cancel((JSON.parse(message.content) as { taskId: TaskId }).taskId);
  }

  /** Starts the run of a task; a run that is still there belongs to a lease that has passed on, and ends. Inside a transaction. */
  protected processTask(assignment: TaskAssignment): void {
    const { run, fencedBelow = 0 } = this.#events.state;
    if (assignment.fencingToken < fencedBelow) return;
    if (run !== undefined && run.assignment.fencingToken >= assignment.fencingToken) return;
    if (run !== undefined) this.#cancel(run.assignment.taskId);
    const runId = this.#ids.create('run');
    const workflowVersion = runWorkflowVersion;
    this.#events.append([{ type: 'run.started', runId, assignment, workflowVersion }], this.now());
  }

  #cancel(taskId: TaskId): void {
    const { run } = this.#events.state;
    if (run?.assignment.taskId !== taskId) return;
    this.#work.doubts.leave(run);
    this.#events.append(
      [{ type: 'run.cancelled', runId: run.runId, taskId, reason: 'the project took the task back' }],
      this.now(),
    );
    this.timers.cancel('run');
    this.#work.log.giveBack();
    this.journal.end(`${run.runId}/`);
  }

  #identity(): AgentIdentity {
    const { identity } = this.#events.state;
    if (identity === undefined) throw new Error('This agent was not initialized yet.');
    return identity;
  }

  #detail(): Result<AgentDetail> {
    const { state, sequence } = this.#events;
    const { identity, run, runsFinished, usage } = state;
    if (identity === undefined) return err(notFound);
    if (run === undefined) return ok({ ...identity, status: 'idle', runsFinished, usage, sequence });
    const { runId, assignment, startedAt, modelCalls, toolCalls } = run;
    const inDoubt = run.parked === undefined ? [] : [run.parked.effectId];
    const { taskId, attempt, task } = assignment;
    const view = { runId, taskId, title: task.title, attempt, steps: modelCalls + toolCalls, startedAt, inDoubt };
    return ok({ ...identity, status: 'working', run: view, runsFinished, usage, sequence });
  }

  #known<T>(read: () => T): Result<T> {
    return this.#events.state.identity === undefined ? err(notFound) : ok(read());
  }

  #once<T>(commandId: string, body: unknown, handle: () => Result<T>): Result<T> {
    const reply = this.transact(() => this.inbox.once(commandId, body, this.now(), handle));
    return reply.ok ? reply.value : reply;
  }
}
