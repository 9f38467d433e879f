import {
  evolveRepository,
  initialRepositoryState,
  repositoryEventTypes,
  type RepositoryEvent,
  type RepositoryState,
} from '../../shared/domain/repository/events.ts';
import type { Aggregate } from '../platform/aggregate.ts';

export const repositoryAggregate: Aggregate<RepositoryState, RepositoryEvent> = {
  initial: initialRepositoryState,
  evolve: evolveRepository,
  stateVersion: 1,
  eventTypes: repositoryEventTypes,
};
