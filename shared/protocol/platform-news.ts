/** What the platform's own topics carry: an event of an object's log, with its place in it. Times are milliseconds. */
import type { CompositionEvent } from './composition-events.ts';
import type { ProjectEvent } from './project-events.ts';

/** An event that is longer than a topic takes, without its body; the log itself has it. */
interface TooLarge<Type extends string> {
  readonly type: Type;
  readonly isTooLarge: true;
}

/** On `platform.projects`. `GET /api/projects/{projectId}/events?after=<sequence - 1>` begins with the event. */
export interface ProjectNews {
  readonly projectId: string;
  /** Of the event in the project's log. */
  readonly sequence: number;
  readonly recordedAt: number;
  readonly event: ProjectEvent | TooLarge<ProjectEvent['type']>;
}

/** On `platform.compositions`. */
export interface CompositionNews {
  readonly composition: string;
  /** Of the event in the Composer's log. */
  readonly sequence: number;
  readonly recordedAt: number;
  readonly event: CompositionEvent | TooLarge<CompositionEvent['type']>;
}
