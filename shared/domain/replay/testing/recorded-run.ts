/**
 * A small project as its export, recorded without a runtime: the real engine, the real loop, the real tools and the
 * offline engineer, over a repository that holds a specification. It ends where the first code would be written.
 */
import { hashText } from '../../../adapters/crypto/text-hash.ts';
import type { JournalEntry } from '../../../rpc/replay.ts';
import { ok } from '../../../errors/result.ts';
import type { Ids } from '../../../ports/ids.ts';
import type { ProjectEvent } from '../../../protocol/project-events.ts';
import type { TaskAssignment, TaskReport } from '../../agent/assignment.ts';
import type { AgentEvent } from '../../agent/events.ts';
import { defaultRunLimits, nextAction } from '../../agent/loop.ts';
import { composeRequest } from '../../agent/request.ts';
import { evolveAgent, initialAgentState, type AgentState, type Run } from '../../agent/state.ts';
import { createId, type AgentId, type ProjectId, type WorkspaceId } from '../../ids.ts';
import { collectAnswer } from '../../model/collect.ts';
import { offlineEngineer } from '../../offline-engineer/engineer.ts';
import { advance } from '../../project/advance.ts';
import { composeAssignment } from '../../project/assignment.ts';
import { decideReport } from '../../project/decide-report.ts';
import { decideCreate, decideRepositoryCreated } from '../../project/decide.ts';
import { evolveProject } from '../../project/evolve.ts';
import { initialProjectState, tasksOf } from '../../project/state.ts';
import { findRole, roles } from '../../team/roles/index.ts';
import { toolsFor } from '../../tool/index.ts';
import type { ToolContext } from '../../tool/tool.ts';
import { hashValue } from '../canonical.ts';
import type { ExportedAgent, Logged, RunExport } from '../run-export.ts';

const specification = '# Notes\n\nA note has a title (required) and a text.\n';
const commit = 'c'.repeat(40);
const model = 'offline/engineer';

class RecordedAgent {
  readonly events: Logged<AgentEvent>[] = [];
  readonly journal: JournalEntry[] = [];
  state: AgentState = initialAgentState;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
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
    const requestHash = hashValue(request, hashText);
    this.append({ type: 'model.responded', runId: run.runId, ...response, modelTimeMs: 1, requestHash });
  }

  async #callTool(run: Run, call: Run['openCalls'][number]): Promise<TaskReport | undefined> {
    const role = findRole(this.state.identity?.role ?? '');
    const tool = toolsFor(run.assignment.task.kind, role?.tools ?? []).find(({ name }) => name === call.name);
    if (tool === undefined) throw new Error(`no tool ${call.name}`);
    // SAFETY: the tools of planning and analysis use the assignment and read files, nothing else.
    const context = {
      assignment: run.assignment,
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

/** Records the run; `seed` shifts ids and times, and nothing else. */
export const recordRun = async (seed = 0): Promise<RunExport> => {
  let count = 0;
  const ids: Ids = {
    create: (prefix) => {
      count += 1;
      return createId(
        prefix,
        1_600_000_000_000 + seed * 1_000_000 + count,
        Uint8Array.from({ length: 16 }, () => seed),
      );
    },
  };
  let time = 1_700_000_000_000 + seed * 1_000_000;
  const now = (): number => (time += 7);
  const projectId: ProjectId = ids.create('prj');
  const workspaceId: WorkspaceId = ids.create('wsp');
  const agents = new Map<AgentId, RecordedAgent>();
  const events: Logged<ProjectEvent>[] = [];
  let state = initialProjectState;
  const pending: TaskAssignment[] = [];
  const write = (decided: readonly ProjectEvent[]): void => {
    for (const event of decided) {
      const recordedAt = now();
      events.push({ sequence: events.length + 1, recordedAt, event });
      state = evolveProject(state, event, recordedAt);
      const assignment = event.type === 'task.assigned' ? composeAssignment(state, event.taskId) : undefined;
      if (assignment !== undefined) pending.push(assignment);
    }
  };
  const apply = (decided: readonly ProjectEvent[]): void => {
    write(decided);
    write(advance(state, { now: time, ids }));
  };
  const created = decideCreate(
    state,
    {
      ...{ projectId, workspaceId, name: 'Notes', format: 'markdown', specificationPath: 'SPEC.md', model },
      ...{ specificationLength: specification.length, maxRevisions: 1, maxAttempts: 2 },
      seats: roles.map(({ name, seats }) => ({ role: name, count: seats })),
    },
    ids,
  );
  if (!created.ok) throw new Error(created.error.detail);
  apply(created.value);
  apply(decideRepositoryCreated(state, commit));
  for (let assignment = pending.shift(); assignment?.writes === false; assignment = pending.shift()) {
    const holder = tasksOf(state).find(({ taskId }) => taskId === assignment?.taskId)?.agentId;
    const seat = state.agents.find(({ agentId }) => agentId === holder);
    if (seat === undefined) throw new Error('nobody holds the task');
    const agent = agents.get(seat.agentId) ?? new RecordedAgent(now);
    if (!agents.has(seat.agentId)) agent.append({ type: 'agent.initialized', workspaceId, projectId, model, ...seat });
    agents.set(seat.agentId, agent);
    agent.append({ type: 'run.started', runId: ids.create('run'), assignment });
    const report = await agent.work();
    if (report !== undefined) apply(decideReport(state, report, ids));
  }
  const exported = state.agents.flatMap((seat): readonly ExportedAgent[] => {
    const agent = agents.get(seat.agentId);
    if (agent === undefined) return [];
    const stateHash = hashValue(agent.state, hashText);
    return [
      {
        seat: { ...seat, model, sequence: agent.events.length, stateHash },
        events: agent.events,
        journal: agent.journal,
      },
    ];
  });
  const header = { format: 1, projectId, workspaceId, name: 'Notes', exportedAt: time, sequence: events.length };
  return {
    header: { ...header, stateHash: hashValue(state, hashText), agents: exported.map(({ seat }) => seat) },
    events,
    agents: exported,
    messages: [],
    files: [{ path: 'SPEC.md', oid: 'a'.repeat(40) }],
  };
};
