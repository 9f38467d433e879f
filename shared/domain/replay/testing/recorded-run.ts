/**
 * A small project as its export, recorded without a runtime: the real engine, the real loop, the real tools and the
 * offline engineer, over a repository that holds a specification. It ends where the first code would be written.
 */
import type { JournalEntry } from '../../../rpc/replay.ts';
import { ok } from '../../../errors/result.ts';
import type { Ids } from '../../../ports/ids.ts';
import type { ProjectEvent } from '../../../protocol/project-events.ts';
import type { TaskAssignment, TaskReport } from '../../agent/assignment.ts';
import type { AgentEvent } from '../../agent/events.ts';
import { defaultRunLimits, nextAction } from '../../agent/loop.ts';
import { composeRequest } from '../../agent/request.ts';
import { evolveAgent, initialAgentState, type AgentState, type Run } from '../../agent/state.ts';
import { createId, type AgentId, type ProjectId, type TaskId, type WorkspaceId } from '../../ids.ts';
import { collectAnswer } from '../../model/collect.ts';
import { offlineEngineer } from '../../offline-engineer/engineer.ts';
import { advance } from '../../project/advance.ts';
import { composeAssignment } from '../../project/assignment.ts';
import { decideReport } from '../../project/decide-report.ts';
import { decideCreate, decideRepositoryCreated } from '../../project/decide.ts';
import { evolveProject } from '../../project/evolve.ts';
import { initialProjectState } from '../../project/state.ts';
import { findRole, roles } from '../../team/roles/index.ts';
import { placeOf } from '../../tool/place.ts';
import { toolsFor } from '../../tool/index.ts';
import type { ToolContext } from '../../tool/tool.ts';
import { hashValue, type HashText } from '../canonical.ts';
import type { ExportedAgent, Logged, RunExport } from '../run-export.ts';

const specification = '# Notes\n\nA note has a title (required) and a text.\n';
const commit = 'c'.repeat(40);
const model = 'offline/engineer';

class RecordedAgent {
  readonly events: Logged<AgentEvent>[] = [];
  readonly journal: JournalEntry[] = [];
  state: AgentState = initialAgentState;
  readonly #now: () => number;
  readonly #hash: HashText;

  constructor(now: () => number, hash: HashText) {
    this.#now = now;
    this.#hash = hash;
  }

  append(event: AgentEvent): void {
    const recordedAt = this.#now();
    this.events.push({ sequence: this.events.length + 1, recordedAt, event });
    this.state = evolveAgent(this.state, event, recordedAt);
  }

  async work(): Promise<TaskReport | undefined> {
    for (;;) {
      const { run } = this.state;
      if (run === undefined) return undefined;
      const action = nextAction(run, defaultRunLimits);
      if (action.type === 'call_model') await this.#callModel(run);
      else if (action.type === 'call_tool') {
        const report = await this.#callTool(run, action.call);
        if (report !== undefined) return report;
      } else throw new Error(`The recorded run was not to ${action.type}.`);
    }
  }

  async #callModel(run: Run): Promise<void> {
    const role = findRole(this.state.identity?.role ?? '');
    if (role === undefined) throw new Error('no such role');
    const request = composeRequest(run, role, 'engineer');
    const answer = await collectAnswer(offlineEngineer, { ...request, idempotencyKey: 'k' });
    if (!answer.ok) throw new Error(answer.failure.message);
    const { ok: _ok, ...response } = answer;
    this.#settle(`${run.runId}/model/${run.modelCalls}`, answer);
    const requestHash = hashValue(request, this.#hash);
    this.append({ type: 'model.responded', runId: run.runId, ...response, modelTimeMs: 1, requestHash });
  }

  async #callTool(run: Run, call: Run['openCalls'][number]): Promise<TaskReport | undefined> {
    const role = findRole(this.state.identity?.role ?? '');
    const tool = toolsFor(run.assignment.task.kind, role?.tools ?? []).find(({ name }) => name === call.name);
    if (tool === undefined) throw new Error(`no tool ${call.name}`);
    // SAFETY: the tools of planning and analysis use the assignment and read files, nothing else.
    const context = {
      assignment: run.assignment,
      place: placeOf(run.assignment),
      repository: {
        readFile: async () => ok({ content: specification, oid: commit }),
        listFiles: async () => ok({ files: [] }),
      },
    } as unknown as ToolContext;
    const result = await tool.run(call.argumentsJson, context);
    const { content, isError = false, outcome } = result;
    this.#settle(`${run.runId}/tool/${run.toolCalls}/${call.id}`, result);
    this.append({ type: 'tool.returned', runId: run.runId, toolCallId: call.id, tool: call.name, content, isError });
    if (outcome === undefined) return undefined;
    const { taskId, attempt, fencingToken } = run.assignment;
    this.append({ type: 'run.finished', runId: run.runId, taskId, outcome });
    return { taskId, attempt, fencingToken, outcome };
  }

  #settle(key: string, value: unknown): void {
    const at = this.#now();
    const entry = { key, effectClass: 'idempotent', status: 'done', attempt: 1, startedAt: at, settledAt: at };
    this.journal.push({ ...entry, value: JSON.parse(JSON.stringify(value)) as unknown });
  }
}

/** Ids that sort by creation and differ between seeds. */
const seededIds = (seed: number): Ids => {
  let count = 0;
  return {
    create: (prefix) => {
      count += 1;
      const bytes = Uint8Array.from({ length: 16 }, () => seed);
      return createId(prefix, 1_600_000_000_000 + seed * 1_000_000 + count, bytes);
    },
  };
};

class Recording {
  readonly #hash: HashText;
  readonly #ids: Ids;
  #time: number;
  readonly #projectId: ProjectId;
  readonly #workspaceId: WorkspaceId;
  readonly #agents = new Map<AgentId, RecordedAgent>();
  readonly #events: Logged<ProjectEvent>[] = [];
  readonly #pending: TaskAssignment[] = [];
  #state = initialProjectState;

  constructor(hash: HashText, seed: number) {
    this.#hash = hash;
    this.#ids = seededIds(seed);
    this.#time = 1_700_000_000_000 + seed * 1_000_000;
    this.#projectId = this.#ids.create('prj');
    this.#workspaceId = this.#ids.create('wsp');
  }

  readonly #now = (): number => {
    this.#time += 7;
    return this.#time;
  };

  #write(decided: readonly ProjectEvent[]): void {
    for (const event of decided) {
      const recordedAt = this.#now();
      this.#events.push({ sequence: this.#events.length + 1, recordedAt, event });
      this.#state = evolveProject(this.#state, event, recordedAt);
      const assignment = event.type === 'task.assigned' ? composeAssignment(this.#state, event.taskId) : undefined;
      if (assignment !== undefined) this.#pending.push(assignment);
    }
  }

  #apply(decided: readonly ProjectEvent[]): void {
    this.#write(decided);
    this.#write(advance(this.#state, { now: this.#time, ids: this.#ids }));
  }

  #create(): void {
    const created = decideCreate(
      this.#state,
      {
        projectId: this.#projectId,
        workspaceId: this.#workspaceId,
        name: 'Notes',
        format: 'markdown',
        specificationPath: 'SPEC.md',
        model,
        specificationLength: specification.length,
        maxRevisions: 1,
        maxAttempts: 2,
        seats: roles.map(({ name, seats }) => ({ role: name, count: seats })),
      },
      this.#ids,
    );
    if (!created.ok) throw new Error(created.error.detail);
    this.#apply(created.value);
    this.#apply(decideRepositoryCreated(this.#state, commit));
  }

  #agentOf(taskId: TaskId): RecordedAgent {
    const holder = this.#state.tasks[taskId]?.agentId;
    const seat = this.#state.agents.find(({ agentId }) => agentId === holder);
    if (seat === undefined) throw new Error('nobody holds the task');
    const known = this.#agents.get(seat.agentId);
    if (known !== undefined) return known;
    const agent = new RecordedAgent(this.#now, this.#hash);
    const owner = { workspaceId: this.#workspaceId, projectId: this.#projectId };
    agent.append({ type: 'agent.initialized', ...owner, model, ...seat });
    this.#agents.set(seat.agentId, agent);
    return agent;
  }

  async record(): Promise<RunExport> {
    this.#create();
    for (let next = this.#pending.shift(); next?.writes === false; next = this.#pending.shift()) {
      const agent = this.#agentOf(next.taskId);
      agent.append({ type: 'run.started', runId: this.#ids.create('run'), assignment: next });
      const report = await agent.work();
      if (report !== undefined) this.#apply(decideReport(this.#state, report, { ids: this.#ids, now: this.#time }));
    }
    return this.#export();
  }

  #export(): RunExport {
    const agents = this.#state.agents.flatMap((seat): readonly ExportedAgent[] => {
      const agent = this.#agents.get(seat.agentId);
      if (agent === undefined) return [];
      const stateHash = hashValue(agent.state, this.#hash);
      const exported = { ...seat, model, sequence: agent.events.length, stateHash };
      return [{ seat: exported, events: agent.events, journal: agent.journal }];
    });
    return {
      header: {
        format: 1,
        projectId: this.#projectId,
        workspaceId: this.#workspaceId,
        name: 'Notes',
        exportedAt: this.#time,
        sequence: this.#events.length,
        stateHash: hashValue(this.#state, this.#hash),
        agents: agents.map(({ seat }) => seat),
      },
      events: this.#events,
      agents,
      messages: [],
      files: [{ path: 'SPEC.md', oid: 'a'.repeat(40) }],
    };
  }
}

/** Records the run; `seed` shifts ids and times, and nothing else. */
export const recordRun = (hash: HashText, seed = 0): Promise<RunExport> => new Recording(hash, seed).record();
