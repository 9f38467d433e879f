/**
 * Compares what the loop would do at every point of a log with what the log did next. A log of an earlier version that
 * no longer fits means that the order of steps has changed: a run under way would take a step twice, or leave one out.
 */
import type { AgentEvent } from './events.ts';
import type { NextAction } from './loop.ts';
import { evolveAgent, initialAgentState, type AgentState, type Run } from './state.ts';

export interface LoggedAgentEvent {
  readonly sequence: number;
  readonly recordedAt: number;
  readonly event: AgentEvent;
}

/** The first event that is not what the loop would have done. */
export interface StepDrift {
  readonly sequence: number;
  /** What the loop does there, for people: `call_tool read_file (call_3)`. */
  readonly expected: string;
  /** What the log holds there. */
  readonly found: string;
}

const describeAction = (action: NextAction): string => {
  switch (action.type) {
    case 'call_model':
      return `call_model ${action.step}`;
    case 'call_tool':
      return `call_tool ${action.call.name} (${action.call.id})`;
    case 'finish':
      return `finish ${action.outcome.type}`;
    default:
      return action.type;
  }
};

const describeEvent = (event: AgentEvent): string => {
  switch (event.type) {
    case 'tool.returned':
      return `tool.returned ${event.tool} (${event.toolCallId})`;
    case 'run.finished':
      return `run.finished ${event.outcome.type}`;
    default:
      return event.type;
  }
};

/** True when the event is how that action ends; undefined for events that no action of the loop leads to. */
const fits = (event: AgentEvent, action: NextAction, endedByTool: boolean): boolean | undefined => {
  switch (event.type) {
    case 'model.responded':
    case 'model.failed':
      return action.type === 'call_model';
    case 'tool.returned':
      return action.type === 'call_tool' && action.call.id === event.toolCallId && action.call.name === event.tool;
    case 'run.nudged':
      return action.type === 'nudge';
    case 'run.finished':
      return endedByTool || (action.type === 'finish' && action.outcome.type === event.outcome.type);
    default:
      return undefined;
  }
};

/** The first point where the log and the loop part; undefined when they agree to the end. */
export const findStepDrift = (
  log: readonly LoggedAgentEvent[],
  decide: (run: Run) => NextAction,
): StepDrift | undefined => {
  let state: AgentState = initialAgentState;
  let endedByTool = false;
  for (const { sequence, recordedAt, event } of log) {
    if (state.run !== undefined) {
      const action = decide(state.run);
      const agrees = fits(event, action, endedByTool);
      if (agrees === false) return { sequence, expected: describeAction(action), found: describeEvent(event) };
      // A tool may end its run: the event of the end stands right after the tool's.
      if (agrees === true) endedByTool = event.type === 'tool.returned' && !event.isError;
    }
    state = evolveAgent(state, event, recordedAt);
  }
  return undefined;
};
