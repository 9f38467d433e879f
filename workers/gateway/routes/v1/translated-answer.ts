/** Answers of models behind our own port, in OpenAI's shape, whole or as they come. */
import { collectAnswer } from '../../../../shared/domain/model/collect.ts';
import { createFailure } from '../../../../shared/domain/model/failure.ts';
import type { ModelClient, ModelEvent, ModelRequest } from '../../../../shared/ports/model-client.ts';
import { ChunkWriter } from '../../../../shared/protocol/openai/chunks.ts';
import { toCompletion, type AnswerHead } from '../../../../shared/protocol/openai/completion.ts';
import { fromModelFailure } from '../../../../shared/protocol/openai/model-failure.ts';
import type { AppContext } from '../../app-environment.ts';
import { openAiError } from '../../errors/openai-error.ts';
import { eventStream } from './event-stream.ts';
import { logFailure } from './log-failure.ts';

export interface TranslatedCall {
  readonly client: ModelClient;
  readonly request: ModelRequest;
  readonly head: AnswerHead;
  readonly includeUsage: boolean;
}

const encoder = new TextEncoder();

/** The answer when it is whole, with nothing of it when it is not. */
export const wholeAnswer = async (context: AppContext, call: TranslatedCall): Promise<Response> => {
  const answer = await collectAnswer(call.client, call.request);
  if (answer.ok) return context.json(toCompletion(call.head, answer));
  logFailure(context, call.head.model, answer.failure);
  return openAiError(context, fromModelFailure(answer.failure));
};

/** The end of an answer that has none. */
export const endedEarly: Extract<ModelEvent, { type: 'failed' }> = {
  type: 'failed',
  failure: createFailure('connection_lost', 'The answer ended before it was finished.'),
};

/** The events up to the one that ends the answer, which comes in any case. */
export async function* eventsOf(events: AsyncIterator<ModelEvent>): AsyncGenerator<ModelEvent, void> {
  for (;;) {
    const next = await events.next();
    yield next.done === true ? endedEarly : next.value;
    if (next.done === true || next.value.type === 'finished' || next.value.type === 'failed') return;
  }
}

/** The answer as it comes. A failure before its first piece still has a status of its own. */
export const streamedAnswer = async (context: AppContext, call: TranslatedCall): Promise<Response> => {
  const canceller = new AbortController();
  const events = eventsOf(call.client.stream(call.request, canceller.signal)[Symbol.asyncIterator]());
  const first = await events.next();
  if (first.done === true || first.value.type === 'failed') {
    const { failure } = first.done !== true && first.value.type === 'failed' ? first.value : endedEarly;
    logFailure(context, call.head.model, failure);
    return openAiError(context, fromModelFailure(failure));
  }
  const writer = new ChunkWriter(call.head, call.includeUsage);
  const opening = writer.start() + writer.add(first.value);
  const frames = async function* (): AsyncGenerator<Uint8Array, void> {
    yield encoder.encode(opening);
    for await (const event of events) {
      if (event.type === 'failed') logFailure(context, call.head.model, event.failure);
      const text = writer.add(event);
      if (text !== '') yield encoder.encode(text);
    }
  };
  return eventStream(frames(), () => canceller.abort());
};
