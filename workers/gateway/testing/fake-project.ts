/**
 * A project that does what it is told and nothing by itself: created, paused, messaged. Its events and sockets are the
 * platform's own; tasks, agents and deployments are a fixed cast named after the project's id.
 */
import { EventStore, ManagedObject, type Aggregate } from '../../../durable-objects/platform/index.ts';
import { createDirectoryWriter } from '../../../shared/adapters/directory/writer.ts';
import { agentRecord, projectRecord } from '../../../shared/adapters/directory/records.ts';
import { createRandomIds, systemClock } from '../../../shared/adapters/crypto/random-ids.ts';
import type { ProjectBudget } from '../../../shared/domain/budget/amounts.ts';
import type { MessageId } from '../../../shared/domain/ids.ts';
import type { Acknowledgement, Message } from '../../../shared/domain/message/envelope.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { ProjectEvent } from '../../../shared/protocol/project-events.ts';
import type { EventsQuery } from '../../../shared/rpc/events-query.ts';
import type { StartMutation } from '../../../shared/rpc/mutation.ts';
import type {
  AgentView,
  CreateProject,
  DeploymentView,
  ProjectReport,
  ProjectRpc,
  ProjectView,
  QuestionView,
  StoredProjectEvent,
  TaskView,
} from '../../../shared/rpc/project.ts';
import type { ProjectBehaviourRpc } from '../../../shared/rpc/behaviour.ts';
import type { ProjectQualityRpc } from '../../../shared/rpc/quality.ts';
import type { ForkProject, ProjectReplayRpc } from '../../../shared/rpc/replay.ts';
import type { Slot } from '../../../shared/rpc/sandbox.ts';
import {
  fakeAgent,
  fakeDeadLetter,
  fakeEffect,
  fakeEffectId,
  fakeAnswer,
  fakeQuestion,
  fakeQuestionId,
  fakeReviewId,
  fakeTask,
  fakeTaskId,
} from './fake-cast.ts';
import {
  fakeCriteria,
  fakeFindings,
  fakeMeasuring,
  fakePerformance,
  fakeQuality,
  fakeScan,
  fakeWaiverId,
} from './fake-quality.ts';
import { fakeUsage } from './fake-usage.ts';
import { workspaceStub, type ObjectBindings } from '../../../durable-objects/stubs.ts';

type State = {
  readonly command?: CreateProject;
  readonly createdAt: number;
  readonly paused: boolean;
  readonly cancelled: boolean;
};

const aggregate: Aggregate<State, ProjectEvent> = {
  initial: { createdAt: 0, paused: false, cancelled: false },
  stateVersion: 2,
  evolve: (state, event, recordedAt) => {
    switch (event.type) {
      case 'project.created':
        return { ...state, createdAt: recordedAt };
      case 'project.paused':
        return { ...state, paused: true };
      case 'project.resumed':
        return { ...state, paused: false };
      case 'project.cancelled':
        return { ...state, cancelled: true };
      default:
        return state;
    }
  },
};

const notThere = err({ type: 'resource.not_found', detail: 'There is no such project.' } as const);

const asksNothing = ({ specification }: CreateProject): boolean => specification.includes('QUIET');

interface Environment extends ObjectBindings {
  readonly DIRECTORY: D1Database;
}

export class FakeProject
  extends ManagedObject<Environment>
  implements ProjectRpc, ProjectReplayRpc, ProjectQualityRpc, ProjectBehaviourRpc
{
  readonly #events: EventStore<State, ProjectEvent>;
  #answered: QuestionView | undefined;

  constructor(ctx: DurableObjectState, env: Environment) {
    super(ctx, env, {
      migrations: [
        {
          id: 1,
          name: 'fake',
          up: 'CREATE TABLE command (json TEXT NOT NULL) STRICT; CREATE TABLE message (json TEXT NOT NULL) STRICT',
        },
      ],
    });
    this.#events = new EventStore(this.storage, aggregate);
    this.outbox.on('register', async (payload) => {
      const command = payload as CreateProject;
      await workspaceStub(env, command.workspaceId).registerProject({
        commandId: `register:${command.projectId}`,
        projectId: command.projectId,
        name: command.name ?? 'untitled',
        createdAt: 1,
      });
    });
    this.outbox.on('directory', async () => {
      await this.#writeDirectory();
    });
  }

  override async fetch(request: Request): Promise<Response> {
    return this.sockets.accept(request);
  }

  async create(command: CreateProject): Promise<Result<ProjectView>> {
    if (command.specification.includes('BREAK')) throw new Error('secret internals at /srv/project.ts');
    if (command.specification.includes('REFUSE')) {
      const issue = { field: 'specification', reason: 'line 1 is not understood' };
      return err({ type: 'spec.invalid', detail: 'The specification names no resource.', issues: [issue] });
    }
    const kept = this.transact(() =>
      this.inbox.once(command.commandId, command, this.now(), () => {
        this.storage.sql.exec('INSERT INTO command (json) VALUES (?)', JSON.stringify(command));
        this.#append({
          type: 'project.created',
          projectId: command.projectId,
          workspaceId: command.workspaceId,
          name: command.name ?? 'untitled',
          format: 'markdown',
          specificationPath: command.fileName ?? 'specification.md',
          specificationLength: command.specification.length,
          model: command.model ?? 'none',
          roles: [],
          maxRevisions: 1,
          maxAttempts: 1,
        });
        this.outbox.enqueue({ lane: 'workspace', kind: 'register', payload: command });
        this.outbox.enqueue({ lane: 'directory', kind: 'directory', payload: {} });
        return this.#view();
      }),
    );
    return kept.ok ? kept.value : kept;
  }

  async get(): Promise<Result<ProjectView>> {
    return this.#view();
  }

  async specification(): Promise<Result<{ readonly path: string; readonly content: string }>> {
    const command = this.#command();
    return command === undefined
      ? notThere
      : ok({ path: command.fileName ?? 'specification.md', content: command.specification });
  }

  async events(query: EventsQuery): Promise<Result<readonly StoredProjectEvent[]>> {
    return this.#events.page(query);
  }

  /** For tests: the events up to that one are no longer kept. */
  discardUpTo(sequence: number): void {
    this.transact(() => this.#events.discardUpTo(sequence, this.now()));
  }

  async tasks(): Promise<Result<readonly TaskView[]>> {
    const command = this.#command();
    if (command === undefined) return notThere;
    const task = fakeTask(command.projectId, fakeTaskId(command.projectId));
    return ok([
      task,
      { ...fakeTask(command.projectId, fakeReviewId(command.projectId)), kind: 'review', subject: task.taskId },
    ]);
  }

  async agents(): Promise<Result<readonly AgentView[]>> {
    const command = this.#command();
    return command === undefined ? notThere : ok([fakeAgent(command.projectId)]);
  }

  async report(): Promise<Result<ProjectReport>> {
    const view = this.#view();
    if (!view.ok) return view;
    return ok({
      ...view.value,
      tasks: [],
      agents: [],
      measurements: [{ kind: 'health', commit: 'c1', slot: 'preview', status: 200 }],
      gates: [{ name: 'tests', passed: true, evidence: '3 passed' }],
      findings: [],
      durationMs: 5,
      markdown: `# ${view.value.name}\n`,
    });
  }

  async pause(): Promise<Result<ProjectView>> {
    return this.#record({ type: 'project.paused' });
  }

  async resume(): Promise<Result<ProjectView>> {
    return this.#record({ type: 'project.resumed' });
  }

  async cancel(command: { readonly reason?: string }): Promise<Result<ProjectView>> {
    return this.#record({ type: 'project.cancelled', reason: command.reason ?? 'no reason' });
  }

  async questions(): ReturnType<ProjectRpc['questions']> {
    const command = this.#command();
    if (command === undefined) return notThere;
    return ok(asksNothing(command) ? [] : [this.#answered ?? fakeQuestion(command.projectId)]);
  }

  async answerQuestion(answer: Parameters<ProjectRpc['answerQuestion']>[0]): ReturnType<ProjectRpc['answerQuestion']> {
    const command = this.#command();
    if (command === undefined || answer.questionId !== fakeQuestionId(command.projectId)) return notThere;
    this.#answered = fakeAnswer(command.projectId, answer);
    return ok(this.#answered);
  }

  async receiveMessage(message: Message): Promise<Result<Acknowledgement>> {
    return ok({ messageId: message.messageId, receivedAt: 1, repeated: false });
  }

  async messages(): ReturnType<ProjectRpc['messages']> {
    const rows = this.storage.sql.exec<{ json: string }>('SELECT json FROM message').toArray();
    return ok(rows.map(({ json }, index) => ({ sequence: index + 1, message: JSON.parse(json) as Message })));
  }

  async sendMessage(
    command: Parameters<ProjectRpc['sendMessage']>[0],
  ): Promise<Result<{ readonly messageId: MessageId }>> {
    const project = this.#command();
    if (project === undefined) return notThere;
    const { commandId, ...fields } = command;
    const stamp = { workspaceId: project.workspaceId, sequence: 1 };
    return this.transact(() =>
      this.inbox.once(commandId, command, this.now(), () => {
        const messageId = createRandomIds(systemClock).create('msg');
        const message: Message = { ...fields, messageId, timestamp: 1, stamp };
        this.storage.sql.exec('INSERT INTO message (json) VALUES (?)', JSON.stringify(message));
        return { messageId };
      }),
    );
  }

  async deploy(command: { readonly slot: Slot }): Promise<Result<DeploymentView>> {
    return ok({ slot: command.slot, version: 'v1', action: 'deployed', at: 1 });
  }

  async promote(command: { readonly to: Slot }): Promise<Result<DeploymentView>> {
    return ok({ slot: command.to, version: 'v1', action: 'promoted', at: 1 });
  }

  async rollback(): Promise<Result<DeploymentView>> {
    return err({ type: 'state.conflict', detail: 'The slot has no version before this one.' });
  }

  async runChecks(): ReturnType<ProjectRpc['runChecks']> {
    return ok({ commit: 'c1', passed: 0, failures: [] });
  }

  async measurements(): ReturnType<ProjectRpc['measurements']> {
    return ok({ measurements: [], gates: [] });
  }

  async effects(query: Parameters<ProjectRpc['effects']>[0]): ReturnType<ProjectRpc['effects']> {
    const command = this.#command();
    if (command === undefined) return notThere;
    const isAsked = query.status !== 'settled' && query.after < 1;
    return ok(isAsked ? [fakeEffect(command.projectId)] : []);
  }

  async settleEffect(command: Parameters<ProjectRpc['settleEffect']>[0]): ReturnType<ProjectRpc['settleEffect']> {
    const project = this.#command();
    if (project === undefined) return notThere;
    if (command.effectId !== fakeEffectId)
      return err({ type: 'resource.not_found', detail: 'There is no such effect in this project.' });
    const { commandId: _commandId, ...settlement } = command;
    return ok({ ...fakeEffect(project.projectId), ...settlement, status: 'settled', settledAt: 2 });
  }

  async startMutation({ limit }: StartMutation): ReturnType<ProjectRpc['startMutation']> {
    if (this.#command() === undefined) return notThere;
    return ok({ runId: 'trn_1', status: 'running', limit, requestedAt: 1, progress: 0 });
  }

  async mutation(): ReturnType<ProjectRpc['mutation']> {
    return this.startMutation({ commandId: 'last', limit: 1 });
  }

  async startMeasuring({
    kinds,
  }: Parameters<ProjectQualityRpc['startMeasuring']>[0]): ReturnType<ProjectQualityRpc['startMeasuring']> {
    return this.#command() === undefined ? notThere : ok(fakeMeasuring(kinds));
  }

  async lcov(): ReturnType<ProjectQualityRpc['lcov']> {
    return ok({ commit: 'c1', lcov: 'TN:\n' });
  }

  async measuring(): ReturnType<ProjectQualityRpc['measuring']> {
    return ok(fakeMeasuring(['coverage']));
  }

  async cancelMeasuring(): ReturnType<ProjectQualityRpc['cancelMeasuring']> {
    return ok({ ...fakeMeasuring(['coverage']), status: 'cancelled', finishedAt: 2 });
  }

  async startPerformance({
    kind,
    branch,
    pairs,
  }: Parameters<ProjectQualityRpc['startPerformance']>[0]): ReturnType<ProjectQualityRpc['startPerformance']> {
    return this.#command() === undefined ? notThere : ok({ ...fakePerformance, kind, branch, pairs });
  }

  async performanceRuns(): ReturnType<ProjectQualityRpc['performanceRuns']> {
    return ok([fakePerformance]);
  }

  async cancelPerformance(): ReturnType<ProjectQualityRpc['cancelPerformance']> {
    return ok({ ...fakePerformance, status: 'cancelled' });
  }

  async scanMain(): ReturnType<ProjectQualityRpc['scanMain']> {
    return ok(fakeScan);
  }

  async scans(): ReturnType<ProjectQualityRpc['scans']> {
    return ok([fakeScan]);
  }

  async findings(): ReturnType<ProjectQualityRpc['findings']> {
    return ok(fakeFindings);
  }

  async sbom(): ReturnType<ProjectQualityRpc['sbom']> {
    return ok({ commit: 'c1', document: JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6' }) });
  }

  async quality(): ReturnType<ProjectQualityRpc['quality']> {
    return ok(fakeQuality());
  }

  async setGates({ gates }: Parameters<ProjectQualityRpc['setGates']>[0]): ReturnType<ProjectQualityRpc['setGates']> {
    return ok(fakeQuality(gates));
  }

  async grantWaiver({
    commandId: _commandId,
    ...waiver
  }: Parameters<ProjectQualityRpc['grantWaiver']>[0]): ReturnType<ProjectQualityRpc['grantWaiver']> {
    return ok({ ...waiver, waiverId: fakeWaiverId, grantedAt: 5 });
  }

  async revokeWaiver(): ReturnType<ProjectQualityRpc['revokeWaiver']> {
    return ok(fakeQuality());
  }

  async startGeneration({
    limit,
    seed,
  }: Parameters<ProjectBehaviourRpc['startGeneration']>[0]): ReturnType<ProjectBehaviourRpc['startGeneration']> {
    return ok({ runId: 'trn_1', status: 'running', limit, seed, requestedAt: 1, progress: 0 });
  }

  async generation(): ReturnType<ProjectBehaviourRpc['generation']> {
    return this.startGeneration({ commandId: 'last', limit: 1, seed: 1 });
  }

  async criteria(): ReturnType<ProjectBehaviourRpc['criteria']> {
    return ok(fakeCriteria);
  }

  async verifyCriteria(): ReturnType<ProjectBehaviourRpc['verifyCriteria']> {
    return ok(fakeCriteria);
  }

  async deadLetters(): ReturnType<ProjectRpc['deadLetters']> {
    return ok([fakeDeadLetter]);
  }

  async replayDeadLetter({ letterId }: { readonly letterId: string }): ReturnType<ProjectRpc['replayDeadLetter']> {
    return letterId === fakeDeadLetter.letterId
      ? ok({ replayed: true as const })
      : err({ type: 'resource.not_found', detail: 'There is no such dead letter; it may have been replayed.' });
  }

  async extendGrant(): ReturnType<ProjectRpc['extendGrant']> {
    return ok({ status: 'granted', grant: { type: 'unlimited' } });
  }

  async workers({ taskId }: Parameters<ProjectRpc['workers']>[0]): ReturnType<ProjectRpc['workers']> {
    const tasks = await this.tasks();
    if (!tasks.ok) return tasks;
    const isKnown = taskId === undefined || tasks.value.some((task) => task.taskId === taskId);
    return isKnown
      ? ok([{ model: 'openai/engineer', role: 'backend', taskKind: 'implement' }])
      : err({ type: 'resource.not_found', detail: 'There is no such task.' });
  }

  async usage(): ReturnType<ProjectRpc['usage']> {
    return this.setBudget({});
  }

  async setBudget({ budget }: { readonly budget?: ProjectBudget }): ReturnType<ProjectRpc['setBudget']> {
    const command = this.#command();
    return command === undefined ? notThere : ok(fakeUsage(command.projectId, budget ?? command.budget ?? {}));
  }

  async workspaceBudgetChanged(): ReturnType<ProjectRpc['workspaceBudgetChanged']> {
    return ok({ noted: true });
  }

  async republish(): Promise<Result<{ readonly rows: number }>> {
    await this.#writeDirectory();
    return ok({ rows: 2 });
  }

  async stateHash({ sequence }: { readonly sequence: number }): ReturnType<ProjectReplayRpc['stateHash']> {
    return sequence > this.#events.sequence ? notThere : ok({ sequence, hash: `hash of ${sequence}` });
  }

  async forkPoint(): ReturnType<ProjectReplayRpc['forkPoint']> {
    return err({ type: 'request.invalid', detail: 'A fake cannot be forked from.' });
  }

  /** Keeps what was asked for as its specification. */
  async fork({ commandId, workspaceId, projectId, ...asked }: ForkProject): ReturnType<ProjectReplayRpc['fork']> {
    return this.create({ commandId, workspaceId, projectId, specification: JSON.stringify(asked) });
  }

  #command(): CreateProject | undefined {
    const row = this.storage.sql.exec<{ json: string }>('SELECT json FROM command').toArray()[0];
    return row === undefined ? undefined : (JSON.parse(row.json) as CreateProject);
  }

  #append(event: ProjectEvent): void {
    this.#events.append([event], this.now());
  }

  #record(event: ProjectEvent): Result<ProjectView> {
    if (this.#command() === undefined) return notThere;
    this.transact(() => this.#append(event));
    return this.#view();
  }

  #view(): Result<ProjectView> {
    const command = this.#command();
    if (command === undefined) return notThere;
    const { state, sequence } = this.#events;
    return ok({
      projectId: command.projectId,
      workspaceId: command.workspaceId,
      name: command.name ?? 'untitled',
      format: 'markdown',
      status: state.cancelled ? 'cancelled' : state.paused ? 'paused' : 'active',
      stage: 'planning',
      revision: 0,
      model: command.model ?? 'none',
      progress: { tasksDone: 0, tasksTotal: 2 },
      sequence,
      createdAt: state.createdAt,
      updatedAt: state.createdAt,
      deployments: [{ slot: 'preview', version: 'v1', action: 'deployed', at: 1 }],
      specificationPath: command.fileName ?? 'specification.md',
      effectsInDoubt: 1,
      deadLetters: 1,
      progressAt: state.createdAt,
      openQuestions: asksNothing(command) ? 0 : 1,
    });
  }

  async #writeDirectory(): Promise<void> {
    const view = this.#view();
    const command = this.#command();
    if (!view.ok || command === undefined) return;
    const owner = {
      workspaceId: command.workspaceId,
      projectId: command.projectId,
      sourceSequence: view.value.sequence,
    };
    await createDirectoryWriter(this.env.DIRECTORY).write([
      projectRecord(view.value),
      agentRecord(owner, fakeAgent(command.projectId), view.value.status),
    ]);
  }
}
