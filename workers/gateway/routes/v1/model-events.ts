/** The events of one answer, opened: a failure before anything else is told apart, because it still has a status. */
import { createFailure } from '../../../../shared/domain/model/failure.ts';
import { err, ok, type Result } from '../../../../shared/errors/result.ts';
import type { ModelEvent, ModelFailure } from '../../../../shared/ports/model-client.ts';

const endedEarly: Extract<ModelEvent, { type: 'failed' }> = {
  type: 'failed',
  failure: createFailure('connection_lost', 'The answer ended before it was finished.'),
};

async function* untilEnd(events: AsyncIterator<ModelEvent>): AsyncGenerator<ModelEvent, void> {
  for (;;) {
    const next = await events.next();
    yield next.done === true ? endedEarly : next.value;
    if (next.done === true || next.value.type === 'finished' || next.value.type === 'failed') return;
  }
}

export interface OpenedEvents {
  readonly first: ModelEvent;
  /** Ends with `finished` or `failed`, and with nothing else. */
  readonly rest: AsyncGenerator<ModelEvent, void>;
}

/** Waits for the first event. */
export const openEvents = async (stream: AsyncIterable<ModelEvent>): Promise<Result<OpenedEvents, ModelFailure>> => {
  const rest = untilEnd(stream[Symbol.asyncIterator]());
  const first = await rest.next();
  if (first.done === true) return err(endedEarly.failure);
  return first.value.type === 'failed' ? err(first.value.failure) : ok({ first: first.value, rest });
};
