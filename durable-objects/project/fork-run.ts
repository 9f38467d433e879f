/** Reading an agent's run out of the original: what it had written by a step, and the run itself under the copy's ids. */
import type { AgentEvent } from '../../shared/domain/agent/events.ts';
import type { AgentId, RunId, TaskId } from '../../shared/domain/ids.ts';
import type { ConnectedTool } from '../../shared/protocol/connected-tools.ts';
import type { Rekey } from '../../shared/domain/replay/rekey.ts';
import { collectWork, type UncommittedWork } from '../../shared/domain/replay/working-tree.ts';
import type { AgentRpc } from '../../shared/rpc/agent.ts';
import type { AdoptRun, AgentReplayRpc, JournalEntry, RunPoint } from '../../shared/rpc/replay.ts';
import { expectValue } from './fork-refusal.ts';

const eventsAtOnce = 24;
const entriesAtOnce = 24;

export type SourceAgent = Pick<AgentRpc, 'events'> & Pick<AgentReplayRpc, 'journalEntries'>;

interface LoggedAgentEvent {
  readonly sequence: number;
  readonly recordedAt: number;
  readonly event: AgentEvent;
}

async function* readLog(agent: () => SourceAgent, upTo: number): AsyncGenerator<LoggedAgentEvent> {
  for (let after = 0; ;) {
    const page = expectValue(await agent().events({ after, limit: eventsAtOnce }));
    for (const { sequence, recordedAt, event } of page) {
      if (sequence > upTo) return;
      // SAFETY: an agent object answers its own events.
      yield { sequence, recordedAt, event: event as unknown as AgentEvent };
      after = sequence;
    }
    if (page.length < eventsAtOnce) return;
  }
}

interface TaskRun {
  readonly fencingToken: number;
  readonly events: AgentEvent[];
}

/** The runs of a task in one agent's log, without what does not concern files. */
const runsOf = async (agent: () => SourceAgent, taskId: TaskId, upTo: number): Promise<readonly TaskRun[]> => {
  const runs = new Map<RunId, TaskRun>();
  for await (const { event } of readLog(agent, upTo)) {
    if (event.type === 'run.started' && event.assignment.taskId === taskId)
      runs.set(event.runId, { fencingToken: event.assignment.fencingToken, events: [] });
    if (event.type === 'model.responded' || event.type === 'tool.returned') runs.get(event.runId)?.events.push(event);
  }
  return [...runs.values()];
};

/** What stood uncommitted in the task's branch at the step: earlier attempts may have left something too. */
export const readWork = async (
  agent: (agentId: AgentId) => SourceAgent,
  held: { readonly agentId: AgentId; readonly holders: readonly AgentId[] },
  point: RunPoint,
): Promise<UncommittedWork> => {
  const runs: TaskRun[] = [];
  for (const holder of held.holders) {
    const upTo = holder === held.agentId ? point.sequence : Number.MAX_SAFE_INTEGER;
    runs.push(...(await runsOf(() => agent(holder), point.taskId, upTo)));
  }
  return runs
    .filter(({ fencingToken }) => fencingToken <= point.fencingToken)
    .toSorted((left, right) => left.fencingToken - right.fencingToken)
    .reduce<UncommittedWork>((work, { events }) => collectWork(events, work), { changes: [] });
};

/** True for the journal's steps of the run so far; the one under way is done anew. */
const isPast = (key: string, calls: { readonly model: number; readonly tool: number }): boolean => {
  const [, kind, index] = key.split('/');
  if (kind !== 'model' && kind !== 'tool') return false;
  return Number(index) < calls[kind];
};

const readJournal = async (
  agent: () => SourceAgent,
  runId: RunId,
  calls: { readonly model: number; readonly tool: number },
): Promise<readonly JournalEntry[]> => {
  const entries: JournalEntry[] = [];
  const prefix = `${runId}/`;
  for (let after = prefix; ;) {
    const page = expectValue(await agent().journalEntries({ after, limit: entriesAtOnce }));
    const own = page.filter(({ key }) => key.startsWith(prefix));
    entries.push(...own.filter(({ key }) => isPast(key, calls)));
    after = page.at(-1)?.key ?? after;
    if (own.length < entriesAtOnce) return entries;
  }
};

/** What the copy gives its agents to go on with. */
export interface CopyTerms {
  readonly instructions: string | undefined;
  readonly tools: readonly ConnectedTool[];
}

/** The run up to the step, for the copy's agent to take over. */
export const readRun = async (
  agent: () => SourceAgent,
  point: RunPoint,
  rekey: Rekey,
  terms: CopyTerms,
): Promise<Pick<AdoptRun, 'runId' | 'events' | 'journal'>> => {
  const events: AdoptRun['events'][number][] = [];
  const calls = { model: 0, tool: 0 };
  for await (const { recordedAt, event } of readLog(agent, point.sequence)) {
    if (!('runId' in event) || event.runId !== point.runId) continue;
    if (event.type === 'model.responded' || event.type === 'model.failed') calls.model += 1;
    if (event.type === 'tool.returned') calls.tool += 1;
    const copied = rekey.value(event);
    events.push({ recordedAt, event: copied.type === 'run.started' ? instruct(copied, terms) : copied });
  }
  const journal = await readJournal(agent, point.runId, calls);
  return { runId: rekey.id(point.runId), events, journal: rekey.value(journal) };
};

const instruct = (
  event: Extract<AgentEvent, { type: 'run.started' }>,
  { instructions, tools }: CopyTerms,
): AgentEvent => {
  const { instructions: _before, tools: offered = [], ...context } = event.assignment.context;
  const kept = offered.filter((tool) => tools.some(({ name }) => name === tool.name));
  return {
    ...event,
    assignment: {
      ...event.assignment,
      context: {
        ...context,
        ...(instructions === undefined ? {} : { instructions }),
        ...(kept.length === 0 ? {} : { tools: kept }),
      },
    },
  };
};
