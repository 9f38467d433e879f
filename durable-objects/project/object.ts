/**
 * The Project object: one per project, the only writer of its workflow, tasks, leases and deployments. Thin: each
 * method asks a pure function what follows and writes it.
 */
import { createRandomIds, systemClock } from '../../shared/adapters/crypto/random-ids.ts';
import { guardToolchain } from '../../shared/adapters/services/guarded-toolchain.ts';
import { guardSandbox } from '../../shared/adapters/services/guarded-sandbox.ts';
import type { AgentId } from '../../shared/domain/ids.ts';
import type { Acknowledgement, Message } from '../../shared/domain/message/envelope.ts';
import { decideAnswer } from '../../shared/domain/project/decide-help.ts';
import {
  decideBudget,
  decideCancel,
  decideCreate,
  decidePause,
  decideResume,
} from '../../shared/domain/project/decide.ts';
import { viewMeasurements, viewReport } from '../../shared/domain/project/report-view.ts';
import type { ProjectState } from '../../shared/domain/project/state.ts';
import { decideSettle } from '../../shared/domain/project/doubts.ts';
import { viewQuestion, viewQuestions } from '../../shared/domain/project/view-questions.ts';
import { listEffects, viewAgents, viewEffect, viewProject, viewTasks } from '../../shared/domain/project/views.ts';
import { err, ok, type AppError, type Result } from '../../shared/errors/result.ts';
import type { ReplayDeadLetter } from '../../shared/rpc/dead-letters.ts';
import type { EventsQuery } from '../../shared/rpc/events-query.ts';
import type { ProjectMutationRpc } from '../../shared/rpc/mutation.ts';
import type { CreateProject, ProjectReport, ProjectRpc, ProjectView } from '../../shared/rpc/project.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { ProjectReplayRpc } from '../../shared/rpc/replay.ts';
import { ManagedObject } from '../platform/index.ts';
import { AppRegistration } from './app-registration.ts';
import { ProjectBudgetDesk } from './budget.ts';
import { BehaviourDesk } from './behaviour.ts';
import { Background } from './background.ts';
import { Caretaker } from './caretaker.ts';
import { composeNewProject } from './creation.ts';
import { DeadLetterDesk } from './dead-letter-desk.ts';
import { feedDirectory, republishDirectory, type DirectoryFeedParts } from './directory-feed.ts';
import { Engine, type EngineParts } from './engine.ts';
import { enrollAgent } from './enrollment.ts';
import type { ProjectEnvironment } from './environment.ts';
import { takeMessage } from './inbound.ts';
import { Mailbox } from './mailbox.ts';
import { projectMigrations } from './migrations.ts';
import { neighboursOf } from './neighbours.ts';
import { createQualityDesks, type QualityDesks } from './quality-desks.ts';
import type { QualityParts } from './quality.ts';
import { publishProject } from './news.ts';
import { PoolsDesk } from './pools-desk.ts';
import { QuotaDesk } from './quota-desk.ts';
import { ProjectReplay } from './replay.ts';
import { Releases } from './releases.ts';
import { ShutDown } from './shut-down.ts';
import { ProjectStore } from './store.ts';
import { ToolsDesk } from './tools-desk.ts';

const notFound: AppError = { type: 'resource.not_found', detail: 'There is no such project.' };

/** What the class in `quality-object.ts` adds is not here. */
type ObjectRpc = Omit<ProjectRpc, keyof ProjectMutationRpc | 'deploy' | 'promote' | 'rollback' | 'runChecks'>;

type Command<Method extends keyof ProjectRpc> = Parameters<ProjectRpc[Method]>[0];

export class ProjectObject extends ManagedObject<ProjectEnvironment> implements ObjectRpc, ProjectReplayRpc {
  readonly #ids = createRandomIds(systemClock);
  readonly #store: ProjectStore;
  readonly #engine: Engine;
  readonly #mailbox: Mailbox;
  readonly #budget: ProjectBudgetDesk;
  readonly #quota: QuotaDesk;
  readonly #deadLetters: DeadLetterDesk;
  readonly #shutDown: ShutDown;
  readonly #replay: ProjectReplay;
  readonly #caretaker: Caretaker;
  protected readonly desks: QualityDesks;
  protected readonly tools: ToolsDesk;
  protected readonly poolsDesk: PoolsDesk;
  protected readonly behaviour: BehaviourDesk;
  protected readonly releases: Releases;

  constructor(ctx: DurableObjectState, env: ProjectEnvironment) {
    super(ctx, env, { migrations: projectMigrations });
    const { storage, timers, outbox, now } = this;
    const identity = () => this.#identity();
    const neighbours = neighboursOf(env, identity);
    const { agent } = neighbours;
    const enroll = (agentId: AgentId) => enrollAgent(env, this.#engine.state, agentId);
    const services = { sandbox: guardSandbox(env.SANDBOX), toolchain: guardToolchain(env.TOOLCHAIN) };
    this.#store = new ProjectStore(storage);
    const shared = { storage, timers, outbox, ids: this.#ids, now };
    const judge: EngineParts['judge'] = (verdicts) => this.#budget.judge(verdicts);
    this.#engine = new Engine({ ...shared, judge, watchQuota: () => this.#quota.watch() }, () => this.#mailbox);
    this.#mailbox = new Mailbox({ ...shared, store: this.#store, engine: this.#engine, agent, enroll });
    const agents = () => this.#engine.state.agents.map(({ agentId }) => agentId);
    this.#deadLetters = new DeadLetterDesk({ outbox, timers, agents, agent });
    this.behaviour = new BehaviourDesk({ storage, now, engine: this.#engine, store: this.#store });
    const targets = { ...neighbours, behaviour: this.behaviour };
    this.#quota = new QuotaDesk({ ...shared, ...neighbours, engine: this.#engine });
    this.releases = new Releases({
      permitApp: () => this.#quota.permitApp(),
      ...targets,
      journal: this.journal,
      claim: (commandId, body) => this.transact(() => this.inbox.once(commandId, body, this.now(), () => null)),
      engine: this.#engine,
      registration: new AppRegistration({ outbox, env, identity }),
      ...services,
    });
    this.#budget = new ProjectBudgetDesk({ ...targets, storage, timers, now, engine: this.#engine });
    const once: QualityParts['once'] = (commandId, body, handle) => this.once(commandId, body, handle);
    this.desks = createQualityDesks({ ...shared, ...services, ...targets, engine: this.#engine, once });
    const own = { ...shared, engine: this.#engine, store: this.#store };
    const { testMutants } = this.desks;
    new Background({ ...targets, ...own, ...services, enroll, testMutants }).attach(timers, outbox);
    const state = () => this.#engine.state;
    this.#caretaker = new Caretaker({ timers, now, agent, state, waitUntil: (work) => ctx.waitUntil(work) });
    this.#shutDown = new ShutDown({ outbox, agent, engine: this.#engine, repository: targets.repository });
    const news = publishProject({ ...own, source: this.objectName, env, identity });
    this.#replay = new ProjectReplay({ ...own, env, withholdNews: (write) => news.withhold(write) });
    this.tools = new ToolsDesk({ ...shared, engine: this.#engine, toolOrigins: env.AIDEVOS_TOOL_ORIGINS, once });
    this.poolsDesk = new PoolsDesk({ outbox, engine: this.#engine, agent, enroll, now, once });
    timers.on('directory', async () => {
      while (await feedDirectory(this.#directoryParts()));
    });
  }

  async create(command: CreateProject): Promise<Result<ProjectView>> {
    const project = await this.#quota.begin(this.env, command, await composeNewProject(command, this.env));
    // A refused input leaves nothing behind and may come again; a repeat of what was taken is answered as it was.
    if (!project.ok && !this.inbox.knows(command.commandId)) return project;
    return this.once(command.commandId, command, () => {
      if (!project.ok) return project;
      const events = decideCreate(this.#engine.state, project.value, this.#ids);
      if (!events.ok) return events;
      this.#store.addSpecification(project.value.specificationPath, command.specification);
      this.#engine.apply(() => events.value);
      const { projectId, name } = project.value;
      this.outbox.enqueue({ lane: 'workspace', kind: 'register', payload: { projectId, name, createdAt: this.now() } });
      return this.#view();
    });
  }

  async get(): Promise<Result<ProjectView>> {
    this.#caretaker.lookAfter();
    return this.#view();
  }

  async specification(): ReturnType<ProjectRpc['specification']> {
    const specification = this.#store.specification();
    return specification === undefined ? err(notFound) : ok(specification);
  }

  async events(query: EventsQuery): ReturnType<ProjectRpc['events']> {
    return this.#engine.state.identity === undefined ? err(notFound) : this.#engine.events.page(query);
  }

  async tasks(): ReturnType<ProjectRpc['tasks']> {
    return this.#known(viewTasks);
  }

  async agents(): ReturnType<ProjectRpc['agents']> {
    return this.#known(viewAgents);
  }

  async measurements(): ReturnType<ProjectRpc['measurements']> {
    return this.#known((state) => viewMeasurements(state, this.now()));
  }

  async report(): Promise<Result<ProjectReport>> {
    const view = this.#view();
    return view.ok ? ok(viewReport(this.#engine.state, view.value, this.now(), this.behaviour.judged())) : view;
  }

  async pause(command: { readonly commandId: string }): Promise<Result<ProjectView>> {
    return this.#change(command.commandId, 'pause', decidePause);
  }

  async resume(command: { readonly commandId: string }): Promise<Result<ProjectView>> {
    return this.#change(command.commandId, 'resume', (state) => decideResume(state, this.now()));
  }

  async cancel(command: { readonly commandId: string; readonly reason?: string }): Promise<Result<ProjectView>> {
    const reason = command.reason ?? 'cancelled by a person';
    const view = this.#change(command.commandId, `cancel: ${reason}`, (state) => decideCancel(state, reason));
    if (view.ok && view.value.status === 'cancelled') await this.#shutDown.hurry();
    return view;
  }

  async receiveMessage(message: Message): Promise<Result<Acknowledgement>> {
    const sender = this.#engine.state.agents.find(({ agentId }) => message.sender === `agent:${agentId}`);
    if (sender === undefined)
      return err({ type: 'auth.forbidden', detail: 'The sender is not an agent of this project.' });
    const receivedAt = this.now();
    const desks = { engine: this.#engine, store: this.#store, mailbox: this.#mailbox, budget: this.#budget };
    let repeated = true;
    const taken = this.transact(() =>
      this.inbox.once(message.messageId, message, receivedAt, () => {
        repeated = false;
        takeMessage({ ...desks, ids: this.#ids, now: this.now }, message);
        return null;
      }),
    );
    return taken.ok ? ok({ messageId: message.messageId, receivedAt, repeated }) : taken;
  }

  async questions(): ReturnType<ProjectRpc['questions']> {
    return this.#known(viewQuestions);
  }

  async answerQuestion({ commandId, ...answer }: Command<'answerQuestion'>): ReturnType<ProjectRpc['answerQuestion']> {
    return this.once(commandId, answer, () => {
      const events = decideAnswer(this.#engine.state, answer);
      if (!events.ok) return events;
      this.#engine.apply(() => events.value);
      return viewQuestion(this.#engine.state, answer.questionId);
    });
  }

  async sendMessage(command: Parameters<ProjectRpc['sendMessage']>[0]): ReturnType<ProjectRpc['sendMessage']> {
    const { sender, recipient, messageType, content, replyTo } = command;
    return this.once(command.commandId, command, () => {
      if (this.#engine.state.identity === undefined) return err(notFound);
      const extras = replyTo === undefined ? {} : { replyTo };
      return this.#mailbox.relayOrRefuse(sender, recipient, messageType, content, extras);
    });
  }

  async messages(query: { readonly after: number; readonly limit: number }): ReturnType<ProjectRpc['messages']> {
    return this.#known(() => this.#store.messages(query.after, Math.min(query.limit, 1_000)));
  }

  async effects(query: Parameters<ProjectRpc['effects']>[0]): ReturnType<ProjectRpc['effects']> {
    return this.#known((state) => listEffects(state, query));
  }

  async settleEffect(command: Parameters<ProjectRpc['settleEffect']>[0]): ReturnType<ProjectRpc['settleEffect']> {
    const { commandId, ...settlement } = command;
    return this.once(commandId, command, () => {
      const events = decideSettle(this.#engine.state, settlement, this.now());
      if (!events.ok) return events;
      this.#engine.apply(() => events.value);
      const effect = this.#engine.state.effects?.[command.effectId];
      return effect === undefined ? err(notFound) : ok(viewEffect(effect));
    });
  }

  async deadLetters(): ReturnType<ProjectRpc['deadLetters']> {
    return this.#engine.state.identity === undefined ? err(notFound) : this.#deadLetters.list();
  }

  async replayDeadLetter(command: ReplayDeadLetter): ReturnType<ProjectRpc['replayDeadLetter']> {
    return this.#deadLetters.isOwn(command.letterId)
      ? this.once(command.commandId, command, () => this.#deadLetters.replayOwn(command.letterId))
      : this.#deadLetters.replayOfAgent(command);
  }

  extendGrant(command: Parameters<ProjectRpc['extendGrant']>[0]): ReturnType<ProjectRpc['extendGrant']> {
    return this.#budget.extend(command);
  }

  async usage(): ReturnType<ProjectRpc['usage']> {
    return this.#budget.usage();
  }

  async workers({ taskId }: Parameters<ProjectRpc['workers']>[0]): ReturnType<ProjectRpc['workers']> {
    return this.#budget.workers(taskId);
  }

  async setBudget(command: Parameters<ProjectRpc['setBudget']>[0]): ReturnType<ProjectRpc['setBudget']> {
    const { commandId, budget } = command;
    const changed = this.#change(commandId, JSON.stringify(budget), (state) => decideBudget(state, budget));
    return changed.ok ? this.usage() : changed;
  }

  async workspaceBudgetChanged({ commandId }: { readonly commandId: string }): Promise<Result<{ noted: boolean }>> {
    return this.once(commandId, 'workspaceBudgetChanged', () => this.#budget.workspaceChanged());
  }

  async stateHash(query: Parameters<ProjectReplayRpc['stateHash']>[0]): ReturnType<ProjectReplayRpc['stateHash']> {
    return this.#engine.state.identity === undefined ? err(notFound) : this.#replay.stateHash(query);
  }

  async forkPoint(query: Parameters<ProjectReplayRpc['forkPoint']>[0]): ReturnType<ProjectReplayRpc['forkPoint']> {
    return this.#engine.state.identity === undefined ? err(notFound) : this.#replay.forkPoint(query);
  }

  async fork(command: Parameters<ProjectReplayRpc['fork']>[0]): ReturnType<ProjectReplayRpc['fork']> {
    const isNew = this.#engine.state.identity === undefined;
    const planned = isNew ? await this.#quota.begin(this.env, command, await this.#replay.plan(command)) : undefined;
    if (planned !== undefined && !planned.ok) return planned;
    return this.once(command.commandId, command, () => {
      if (planned === undefined || this.#engine.state.identity !== undefined)
        return err({ type: 'resource.conflict', detail: 'This project exists already.' });
      this.#replay.begin(planned.value, command.code ?? []);
      return this.#view();
    });
  }

  async republish(): ReturnType<ProjectRpc['republish']> {
    return ok({ rows: await republishDirectory(this.#directoryParts()) });
  }

  override async fetch(request: Request): Promise<Response> {
    return this.#engine.state.identity === undefined
      ? new Response(null, { status: 404 })
      : this.sockets.accept(request);
  }

  #directoryParts(): DirectoryFeedParts {
    const { events } = this.#engine;
    return { storage: this.storage, events, store: this.#store, directory: this.env.DIRECTORY };
  }

  #identity(): NonNullable<ProjectState['identity']> {
    const { identity } = this.#engine.state;
    if (identity === undefined) throw new Error('This project was not created yet.');
    return identity;
  }

  #view(): Result<ProjectView> {
    const view = viewProject(this.#engine.state, this.#engine.events.sequence, this.#deadLetters.depth());
    return view === undefined ? err(notFound) : ok(view);
  }

  #known<T>(read: (state: ProjectState) => T): Result<T> {
    return this.#engine.state.identity === undefined ? err(notFound) : ok(read(this.#engine.state));
  }

  protected once<T>(commandId: string, body: unknown, handle: () => Result<T>): Result<T> {
    const reply = this.transact(() => this.inbox.once(commandId, body, this.now(), handle));
    return reply.ok ? reply.value : reply;
  }

  #change(
    commandId: string,
    body: string,
    decide: (state: ProjectState) => Result<readonly ProjectEvent[]>,
  ): Result<ProjectView> {
    return this.once(commandId, body, () => {
      if (this.#engine.state.identity === undefined) return err(notFound);
      const events = decide(this.#engine.state);
      if (!events.ok) return events;
      this.#engine.apply(() => events.value);
      return this.#view();
    });
  }
}
