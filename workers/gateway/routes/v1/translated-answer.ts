/** Answers of models behind our own port, in OpenAI's shape, whole or as they come. */
import { collectAnswer } from '../../../../shared/domain/model/collect.ts';
import type { ModelClient, ModelRequest } from '../../../../shared/ports/model-client.ts';
import { ChunkWriter } from '../../../../shared/protocol/openai/chunks.ts';
import { toCompletion, type AnswerHead } from '../../../../shared/protocol/openai/completion.ts';
import { fromModelFailure } from '../../../../shared/protocol/openai/model-failure.ts';
import type { AppContext } from '../../app-environment.ts';
import { openAiError } from '../../errors/openai-error.ts';
import { eventStream } from './event-stream.ts';
import { logFailure } from './log-failure.ts';
import { openEvents } from './model-events.ts';

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

/** The answer as it comes. A failure before its first piece still has a status of its own. */
export const streamedAnswer = async (context: AppContext, call: TranslatedCall): Promise<Response> => {
  const canceller = new AbortController();
  const opened = await openEvents(call.client.stream(call.request, canceller.signal));
  if (!opened.ok) {
    logFailure(context, call.head.model, opened.error);
    return openAiError(context, fromModelFailure(opened.error));
  }
  const writer = new ChunkWriter(call.head, call.includeUsage);
  const opening = writer.start() + writer.add(opened.value.first);
  const frames = async function* (): AsyncGenerator<Uint8Array, void> {
    yield encoder.encode(opening);
    for await (const event of opened.value.rest) {
      if (event.type === 'failed') logFailure(context, call.head.model, event.failure);
      const text = writer.add(event);
      if (text !== '') yield encoder.encode(text);
    }
  };
  return eventStream(frames(), () => canceller.abort());
};
