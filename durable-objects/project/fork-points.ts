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

export const forkPointAt = (events: Events, sequence = events.sequence): Result<ForkPoint> => {
  const stored = sequence < 1 ? undefined : events.read({ after: sequence - 1, limit: 1 })[0];
  if (stored === undefined) {
    const reason = `is not a sequence from 1 to ${events.sequence}`;
    return err({ type: 'request.invalid', detail: `at: ${reason}.`, issues: [{ field: 'at.sequence', reason }] });
  }
  return describeForkPoint(events.stateAt(sequence), { sequence, recordedAt: stored.recordedAt });
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
  let sequence = assigned;
  let state = events.stateAt(assigned);
  let recordedAt = events.read({ after: assigned - 1, limit: 1 })[0]?.recordedAt ?? run.startedAt;
  for (const stored of readAll(events, assigned)) {
    if (stored.recordedAt > run.recordedAt) break;
    const next = evolveProject(state, stored.event, stored.recordedAt);
    const task = next.tasks[run.taskId];
    if (task?.status !== 'assigned' || task.fencingToken !== run.fencingToken) break;
    if (next.status !== 'active' && next.status !== 'paused') break;
    ({ sequence, recordedAt } = stored);
    state = next;
  }
  return describeForkPoint(state, { sequence, recordedAt }, run, holders);
};
