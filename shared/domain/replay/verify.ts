/** Replays a whole export: the project's log, every agent's, and what the two say of each other. */
import type { ProjectEvent } from '../../protocol/project-events.ts';
import type { TaskAssignment } from '../agent/assignment.ts';
import { composeAssignment } from '../project/assignment.ts';
import { evolveProject } from '../project/evolve.ts';
import { initialProjectState, type ProjectState } from '../project/state.ts';
import { canonicalJson, hashValue, sameJson, type HashText } from './canonical.ts';
import { shownPair, type Divergence } from './divergence.ts';
import type { Logged, RunExport } from './run-export.ts';
import { RunReplayer, type AgentReplay, type AskAgain } from './verify-run.ts';

export interface ReplayReport {
  /** The first is the earliest of the project's, then of the agents in the order of the team. */
  readonly divergences: readonly Divergence[];
  readonly projectEvents: number;
  readonly agentEvents: number;
  readonly runs: number;
  readonly steps: number;
  readonly requestsCompared: number;
  readonly answersAskedAgain: number;
  readonly answersNotAsked: number;
}

/** What the agents say they were told to do, by fencing token. */
const assignmentsOf = (run: RunExport): ReadonlyMap<number, TaskAssignment> =>
  new Map(
    run.agents.flatMap(({ events }) => {
      // A run that was taken over brings the assignment of the project it comes from, with a fork's instructions.
      const adopted = new Set(events.flatMap(({ event }) => (event.type === 'run.forked' ? [event.runId] : [])));
      return events.flatMap(({ event }) =>
        event.type === 'run.started' && !adopted.has(event.runId)
          ? [[event.assignment.fencingToken, event.assignment] as const]
          : [],
      );
    }),
  );

/** The state of the project after a sequence. @throws whatever folding an event that is none throws. */
export const projectStateAt = (events: readonly Logged<ProjectEvent>[], sequence: number): ProjectState => {
  let state = initialProjectState;
  for (const stored of events) {
    if (stored.sequence > sequence) break;
    state = evolveProject(state, stored.event, stored.recordedAt);
  }
  return state;
};

const compareAssignment = (
  state: ProjectState,
  event: Extract<ProjectEvent, { type: 'task.assigned' }>,
  told: TaskAssignment | undefined,
): Pick<Divergence, 'what' | 'recorded' | 'replayed'> | undefined => {
  const composed = composeAssignment(state, event.taskId);
  if (told === undefined || composed === undefined || sameJson(told, composed)) return undefined;
  const [recorded, replayed] = shownPair(canonicalJson(told), canonicalJson(composed));
  return { what: 'The agent was told something else than follows from the log.', recorded, replayed };
};

const replayProject = (run: RunExport, hash: HashText): readonly Divergence[] => {
  const told = assignmentsOf(run);
  const { header } = run;
  let state = initialProjectState;
  let last = 0;
  /** Assignments before the end of a fork's copy were made in the original. */
  let copying = run.events.some(({ event }) => event.type === 'project.forked');
  for (const { sequence, recordedAt, event } of run.events) {
    const at = { where: 'project', sequence };
    if (sequence !== last + 1) return [{ ...at, what: `The log has a gap: event ${last + 1} is missing.` }];
    last = sequence;
    try {
      state = evolveProject(state, event, recordedAt);
      if (event.type === 'fork.completed') copying = state.copying !== undefined;
      const finding =
        event.type === 'task.assigned' && !copying
          ? compareAssignment(state, event, told.get(event.fencingToken))
          : undefined;
      if (finding !== undefined) return [{ ...at, ...finding }];
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : 'no reason given';
      return [{ ...at, what: `The event "${event.type}" cannot be read: ${reason}` }];
    }
  }
  const end = { where: 'project', sequence: last };
  if (last !== header.sequence)
    return [{ ...end, what: `The log ends at event ${last}, and ${header.sequence} were exported.` }];
  const replayed = hashValue(state, hash);
  return replayed === header.stateHash
    ? []
    : [
        {
          ...end,
          what: 'The state after the last event is not the state that the project had.',
          recorded: header.stateHash,
          replayed,
        },
      ];
};

const sum = (replays: readonly AgentReplay[], field: Exclude<keyof AgentReplay, 'divergences'>): number =>
  replays.reduce((total, replay) => total + replay[field], 0);

/** Replays everything. With `askAgain`, deterministic models are asked again and must answer to the letter the same. */
export const replayExport = async (run: RunExport, hash: HashText, askAgain?: AskAgain): Promise<ReplayReport> => {
  const project = replayProject(run, hash);
  const agents: AgentReplay[] = [];
  for (const agent of run.agents) agents.push(await new RunReplayer(agent, hash, askAgain).replay());
  return {
    divergences: [...project, ...agents.flatMap(({ divergences }) => divergences)],
    projectEvents: run.events.length,
    agentEvents: run.agents.reduce((total, { events }) => total + events.length, 0),
    runs: run.agents.reduce(
      (total, { events }) => total + events.filter(({ event }) => event.type === 'run.started').length,
      0,
    ),
    steps: sum(agents, 'steps'),
    requestsCompared: sum(agents, 'requestsCompared'),
    answersAskedAgain: sum(agents, 'answersAskedAgain'),
    answersNotAsked: sum(agents, 'answersNotAsked'),
  };
};
