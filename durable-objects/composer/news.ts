/** Tells the bus of everything that happens to the compositions of a workspace. */
import type { CompositionEvent } from '../../shared/protocol/composition-events.ts';
import type { CompositionNews } from '../../shared/protocol/platform-news.ts';
import { LogPublisher } from '../platform/index.ts';

type Parts = ConstructorParameters<typeof LogPublisher<CompositionEvent>>[0];

/** Begins to follow the Composer's log. */
export const publishCompositions = (parts: Omit<Parts, 'tell' | 'tellBriefly'>): LogPublisher<CompositionEvent> =>
  new LogPublisher<CompositionEvent>({
    ...parts,
    tell: ({ sequence, recordedAt, event }) => {
      const data: CompositionNews = { composition: event.name, sequence, recordedAt, event };
      return { type: event.type, key: event.name, data };
    },
    tellBriefly: ({ sequence, recordedAt, event: { type, name } }) => {
      const event = { type, isTooLarge: true } as const;
      const data: CompositionNews = { composition: name, sequence, recordedAt, event };
      return { type, key: name, data };
    },
  });
