/** Tells the bus of everything that happens in a project: the events of its log, on one topic for all of a workspace. */
import { projectsTopic } from '../../shared/domain/event-bus/platform-topics.ts';
import type { ProjectState } from '../../shared/domain/project/state.ts';
import type { ProjectNews } from '../../shared/protocol/platform-news.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import { LogPublisher, type Storage, type Timers } from '../platform/index.ts';
import { topicStub, type ObjectBindings } from '../stubs.ts';
import type { Engine } from './engine.ts';

export interface NewsParts {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly now: () => number;
  readonly engine: Pick<Engine, 'events'>;
  /** The project's lasting name. */
  readonly source: string;
  readonly env: Pick<ObjectBindings, 'TOPIC'>;
  readonly identity: () => NonNullable<ProjectState['identity']>;
}

/** Begins to follow a project's log. */
export const publishProject = ({ engine, env, identity, ...parts }: NewsParts): LogPublisher<ProjectEvent> =>
  new LogPublisher<ProjectEvent>({
    ...parts,
    log: engine.events,
    topic: () => topicStub(env, identity().workspaceId, projectsTopic),
    tell: ({ sequence, recordedAt, event }) => {
      const { projectId } = identity();
      const data: ProjectNews = { projectId, sequence, recordedAt, event };
      return { type: event.type, key: projectId, data };
    },
    tellBriefly: ({ sequence, recordedAt, event: { type } }) => {
      const { projectId } = identity();
      const data: ProjectNews = { projectId, sequence, recordedAt, event: { type, isTooLarge: true } };
      return { type, key: projectId, data };
    },
  });
