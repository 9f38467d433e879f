/** Finds the moments of this project from which others may go on. Reads only. */
import type { AgentId } from '../../shared/domain/ids.ts';
import { evolveProject } from '../../shared/domain/project/evolve.ts';
import { describeForkPoint } from '../../shared/domain/project/fork.ts';
import type { ProjectState } from '../../shared/domain/project/state.ts';
import { err, type Result } from '../../shared/errors/result.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { ForkPoint, RunPoint } from '../../shared/rpc/replay.ts';
import type { EventStore } from '../platform/index.ts';

const eventsAtOnce = 500;

type Events = EventStore<ProjectState, ProjectEvent>;

/** The whole log, page by page, from after a sequence. */
function* readAll(events: Events, from: number): Generator<ReturnType<Events['read']>[number]> {
  for (let after = from; ;) {
    const page = events.read({ after, limit: eventsAtOnce });
    yield* page;
    after = page.at(-1)?.sequence ?? after;
    if (page.length < eventsAtOnce) return;
  }
}

/**
 * The events of one decision are written together and share their time; between them the project was in no state that
 * it could go on from. So a moment reaches to the last event of its time.
 */
export const forkPointAt = (events: Events, asked = events.sequence): Result<ForkPoint> => {
  const stored = asked < 1 ? undefined : events.read({ after: asked - 1, limit: 1 })[0];
  if (stored === undefined) {
    const reason = `is not a sequence from 1 to ${events.sequence}`;
    return err({ type: 'request.invalid', detail: `at: ${reason}.`, issues: [{ field: 'at.sequence', reason }] });
  }
  const { recordedAt } = stored;
  let sequence = asked;
  for (const next of readAll(events, asked)) {
    if (next.recordedAt !== recordedAt) break;
    ({ sequence } = next);
  }
  return describeForkPoint(events.stateAt(sequence), { sequence, recordedAt });
};

interface Moment {
  readonly sequence: number;
  readonly recordedAt: number;
  readonly state: ProjectState;
}

const isHeld = ({ state }: Moment, run: RunPoint): boolean => {
  const task = state.tasks[run.taskId];
  const goesOn = state.status === 'active' || state.status === 'paused';
  return goesOn && task?.status === 'assigned' && task.fencingToken === run.fencingToken;
};

/** The last end of a decision from the assignment on, up to the step, at which the run's agent held the task. */
const lastHeld = (events: Events, assigned: Moment, run: RunPoint): Moment | undefined => {
  let found: Moment | undefined;
  let current = assigned;
  for (const { sequence, recordedAt, event } of readAll(events, assigned.sequence)) {
    if (recordedAt > current.recordedAt) found = current;
    if (recordedAt > run.recordedAt && found !== undefined) return found;
    const next = { sequence, recordedAt, state: evolveProject(current.state, event, recordedAt) };
    if (!isHeld(next, run)) return found;
    current = next;
  }
  return current;
};

/** The last moment at or before the step at which the project saw the run's agent hold the task. */
export const forkPointOfRun = (events: Events, run: RunPoint): Result<ForkPoint> => {
  const holders: AgentId[] = [];
  let assigned: number | undefined;
  for (const { sequence, event } of readAll(events, 0)) {
    if (event.type !== 'task.assigned' || event.taskId !== run.taskId) continue;
    if (!holders.includes(event.agentId)) holders.push(event.agentId);
    if (event.fencingToken === run.fencingToken) {
      assigned = sequence;
      break;
    }
  }
  if (assigned === undefined) return err({ type: 'resource.not_found', detail: 'The project knows no such run.' });
  const recordedAt = events.read({ after: assigned - 1, limit: 1 })[0]?.recordedAt ?? run.startedAt;
  const moment = lastHeld(events, { sequence: assigned, recordedAt, state: events.stateAt(assigned) }, run);
  if (moment === undefined) {
    const detail = 'The project had taken the task back at that step.';
    return err({ type: 'request.invalid', detail, issues: [{ field: 'at.step', reason: 'is too late' }] });
  }
  const { state, ...at } = moment;
  return describeForkPoint(state, at, run, holders);
};
