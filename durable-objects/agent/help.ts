import type { TaskHelp } from '../../shared/domain/agent/assignment.ts';
import type { AgentEvent } from '../../shared/domain/agent/events.ts';
import type { AgentState } from '../../shared/domain/agent/state.ts';
import type { EventStore } from '../platform/index.ts';
import type { RunLog } from './run-log.ts';

export interface HelpParts {
  readonly events: EventStore<AgentState, AgentEvent>;
  readonly log: RunLog;
}

/** Gives help to the run it is meant for; of another lease's run it is dropped. Inside a transaction. */
export const takeHelp = ({ events, log }: HelpParts, { fencingToken, source, text, model }: TaskHelp): void => {
  const { run, identity } = events.state;
  if (run === undefined || run.assignment.fencingToken !== fencingToken) return;
  const { runId } = run;
  if (run.stuck?.kind === 'context_overflow') log.append(run, { type: 'run.compacted', runId });
  if (model !== undefined) {
    log.append(run, { type: 'model.switched', runId, from: run.model ?? identity?.model ?? '', model });
  }
  log.append(run, { type: 'run.helped', runId, source, text });
};
