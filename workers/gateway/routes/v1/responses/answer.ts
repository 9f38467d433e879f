/** Answers of models in the shape of the Responses API, whole or as they come, kept before they are said to be whole. */
import { collectAnswer } from '../../../../../shared/domain/model/collect.ts';
import { ok, type Result } from '../../../../../shared/errors/result.ts';
import { fromAppError } from '../../../../../shared/protocol/openai/app-error.ts';
import { aboutInput } from '../../../../../shared/protocol/openai/error.ts';
import { fromModelFailure } from '../../../../../shared/protocol/openai/model-failure.ts';
import { eventFrame, type ResponseEvent } from '../../../../../shared/protocol/responses/events.ts';
import { toStoredInput, type KeptItem } from '../../../../../shared/protocol/responses/stored-input.ts';
import type { ResponseWriter } from '../../../../../shared/protocol/responses/writer.ts';
import type { ModelClient, ModelFailure, ModelRequest } from '../../../../../shared/ports/model-client.ts';
import type { AppContext } from '../../../app-environment.ts';
import { openAiError } from '../../../errors/openai-error.ts';
import type { ResponsePlace } from '../../../response-ids.ts';
import { eventStream, generatedFrames } from '../event-stream.ts';
import { logFailure } from '../log-failure.ts';
import { beginStream } from '../translated-answer.ts';
import { askConversation } from './stored.ts';

export interface ResponseCall {
  readonly client: ModelClient;
  readonly request: ModelRequest;
  readonly writer: ResponseWriter;
  /** The name that was asked for. */
  readonly model: string;
  readonly place: ResponsePlace;
  readonly previous: ResponsePlace | undefined;
  readonly input: readonly KeptItem[];
  readonly store: boolean;
}

/** Keeps the answer where that was asked for. It may be tried again: the same answer is kept once. */
const keep = async (context: AppContext, call: ResponseCall): Promise<Result<unknown>> => {
  if (!call.store) return ok(undefined);
  const { responseId } = call.place;
  const command = {
    responseId,
    ...(call.previous === undefined ? {} : { previousResponseId: call.previous.responseId }),
    input: JSON.stringify(toStoredInput(responseId, call.input)),
    response: JSON.stringify(call.writer.whole()),
  };
  return await askConversation(context, call.place, (conversation) => conversation.keep(command));
};

const refuse = (context: AppContext, call: ResponseCall, failure: ModelFailure): Response => {
  logFailure(context, call.model, failure);
  const { error, ...refusal } = fromModelFailure(failure);
  return openAiError(context, { ...refusal, error: aboutInput(error, 'input') });
};

/** The answer when it is whole, with nothing of it when it is not. */
export const wholeResponse = async (context: AppContext, call: ResponseCall): Promise<Response> => {
  const { writer } = call;
  writer.start();
  const { signal } = context.req.raw;
  const answer = await collectAnswer(call.client, call.request, signal, (event) => void writer.add(event));
  if (!answer.ok) return refuse(context, call, answer.failure);
  const kept = await keep(context, call);
  return kept.ok ? context.json(writer.shown()) : openAiError(context, fromAppError(kept.error));
};

const encoder = new TextEncoder();

const encode = (events: readonly ResponseEvent[]): Uint8Array => encoder.encode(events.map(eventFrame).join(''));

/** The answer as it comes. */
export const streamedResponse = async (context: AppContext, call: ResponseCall): Promise<Response> => {
  const { writer } = call;
  const { first, rest, cancel } = await beginStream(context, call);
  if (first.type === 'failed') return refuse(context, call, first.failure);
  const frames = async function* (): AsyncGenerator<Uint8Array, void> {
    try {
      yield encode([...writer.start(), ...writer.add(first)]);
      for await (const event of rest) {
        if (event.type === 'failed') logFailure(context, call.model, event.failure);
        const events = writer.add(event);
        if (events.length > 0) yield encode(events);
      }
    } finally {
      // A client may leave before the loop has begun, and the call has to be settled then as well.
      await rest.return();
    }
    const kept = await keep(context, call);
    if (!kept.ok) writer.fail(`The answer could not be stored: ${kept.error.detail}`);
    yield encode(writer.last());
  };
  return eventStream(context, generatedFrames(frames(), cancel));
};
