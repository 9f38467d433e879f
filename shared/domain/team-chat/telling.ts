/**
 * What happens in a project, told in a conversation. Everything is told as reasoning, which clients fold away; what a
 * person wants to see who looks up now and then is told as content too.
 */
import type { ProjectEvent } from '../../protocol/project-events.ts';
import { describeEvent, describeMeasurement } from '../progress/describe.ts';
import type { ProgressState } from '../progress/state.ts';
import { fit, plainStyle } from '../progress/style.ts';

export interface Told {
  readonly reasoning?: string;
  readonly content?: string;
}

const longestLine = 300;

/** The event as a line of content; undefined for what is only for those who look closely. */
const headline = (event: ProjectEvent, line: string | undefined): string | undefined => {
  switch (event.type) {
    case 'stage.entered':
      return `${event.stage}${event.revision > 0 ? `, revision ${event.revision}` : ''}`;
    case 'measurement.recorded':
      return event.measurement.kind === 'tests' || event.measurement.kind === 'acceptance'
        ? describeMeasurement(event.measurement)
        : undefined;
    case 'deployment.recorded':
      return event.slot === 'production' ? line : undefined;
    case 'gates.evaluated':
    case 'revision.started':
    case 'task.merged':
    case 'task.failed':
    case 'project.stalled':
    case 'project.resumed':
    case 'budget.exhausted':
    case 'effect.in_doubt':
    case 'question.answered':
    case 'question.expired':
      return line;
    default:
      return undefined;
  }
};

/** The words for an event, given the state after it. Each is one whole line. */
export const tell = (state: ProgressState, event: ProjectEvent): Told => {
  const line = describeEvent(state, event, plainStyle);
  const head = headline(event, line);
  return {
    ...(line === undefined ? {} : { reasoning: `${fit(line, longestLine)}\n` }),
    ...(head === undefined ? {} : { content: `- ${fit(head, longestLine)}\n` }),
  };
};

/** After these a project may have come to where somebody else is to act. */
export const mayRest = (event: ProjectEvent): boolean => {
  switch (event.type) {
    case 'project.completed':
    case 'project.failed':
    case 'project.blocked':
    case 'project.cancelled':
    case 'project.paused':
    case 'question.asked':
      return true;
    default:
      return false;
  }
};
