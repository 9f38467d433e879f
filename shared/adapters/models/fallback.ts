/** Several models behind the port of one: the next is asked where the one before could not answer. */
import { createFailure } from '../../domain/model/failure.ts';
import { concludeChain, decideFallback, type FallbackProgress } from '../../domain/model/fallback.ts';
import type { CancelSignal, ModelClient, ModelEvent, ModelFailure, ModelRequest } from '../../ports/model-client.ts';

export interface FallbackTarget {
  readonly client: ModelClient;
  /** The model as its own provider calls it. */
  readonly model: string;
  /** What `servedBy` says, for example `anthropic/claude-sonnet-4-5`; by default the model. */
  readonly name?: string;
}

type Decide = (failure: ModelFailure, progress: FallbackProgress) => boolean;

const noModel = createFailure('invalid_request', 'There is no model to call.');

async function* streamFirstThatAnswers(
  targets: readonly FallbackTarget[],
  decide: Decide,
  request: ModelRequest,
  signal: CancelSignal | undefined,
): AsyncGenerator<ModelEvent> {
  const failures: ModelFailure[] = [];
  for (const [index, { client, model, name }] of targets.entries()) {
    let delivered = false;
    let failure = createFailure('connection_lost', 'The answer ended before it was complete.');
    for await (const event of client.stream({ ...request, model }, signal)) {
      if (event.type === 'failed') {
        ({ failure } = event);
        break;
      }
      delivered = true;
      yield event.type === 'finished' ? { ...event, servedBy: name ?? model } : event;
      if (event.type === 'finished') return;
    }
    failures.push(failure);
    if (decide(failure, { delivered, left: targets.length - index - 1 })) continue;
    yield { type: 'failed', failure: concludeChain(failures, delivered) ?? failure };
    return;
  }
  yield { type: 'failed', failure: concludeChain(failures, false) ?? noModel };
}

/**
 * A client that asks its targets one after another, as long as nothing was delivered and `decide` says that another
 * one can help. `finished` says in `servedBy` which one answered; when none did, the failure is the one of them that
 * passes first. The model of the request is replaced by each target's own.
 */
export const withFallback = (targets: readonly FallbackTarget[], decide: Decide = decideFallback): ModelClient => ({
  stream: (request, signal) => streamFirstThatAnswers(targets, decide, request, signal),
});
