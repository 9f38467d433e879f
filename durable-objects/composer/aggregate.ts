/** The Composer's log as the event store reads it. */
import { emptyComposer, evolveComposer, type ComposerState } from '../../shared/domain/composer/state.ts';
import { compositionEventTypes, type CompositionEvent } from '../../shared/protocol/composition-events.ts';
import type { Aggregate } from '../platform/index.ts';

export const composerAggregate: Aggregate<ComposerState, CompositionEvent> = {
  initial: emptyComposer,
  evolve: evolveComposer,
  stateVersion: 1,
  eventTypes: compositionEventTypes,
  restoreOver: () =>
    'members were started and stopped by it. Compose an earlier manifest, which goes back member by member',
};
