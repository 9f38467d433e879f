/** Answers of models in the shape of the Responses API, whole or as they come, kept before they are said to be whole. */
import { collectAnswer } from '../../../../../shared/domain/model/collect.ts';
import { fromAppError } from '../../../../../shared/protocol/openai/app-error.ts';
import { aboutInput } from '../../../../../shared/protocol/openai/error.ts';
import { fromModelFailure } from '../../../../../shared/protocol/openai/model-failure.ts';
import { eventFrame, type ResponseEvent } from '../../../../../shared/protocol/responses/events.ts';
import type { PlacedItem } from '../../../../../shared/protocol/responses/input.ts';
import type { KeptItem } from '../../../../../shared/protocol/responses/stored-input.ts';
import type { ResponseWriter } from '../../../../../shared/protocol/responses/writer.ts';
import type { ModelClient, ModelFailure, ModelRequest } from '../../../../../shared/ports/model-client.ts';
import type { AppContext } from '../../../app-environment.ts';
import { openAiError } from '../../../errors/openai-error.ts';
import type { ResponsePlace } from '../../../response-ids.ts';
import { eventStream, generatedFrames } from '../event-stream.ts';
import { logFailure } from '../log-failure.ts';
import { beginStream } from '../translated-answer.ts';
import type { ConversationContext } from './conversation-context.ts';
import { keepAnswer } from './keep.ts';

export interface ResponseCall {
  readonly client: ModelClient;
  readonly request: ModelRequest;
  readonly writer: ResponseWriter;
  /** The name that was asked for. */
  readonly model: string;
  readonly place: ResponsePlace;
  readonly previous: ResponsePlace | undefined;
  readonly conversation: ConversationContext | undefined;
  readonly input: readonly KeptItem[];
  /** All of the conversation, the input at its end. */
  readonly items: readonly PlacedItem[];
  readonly store: boolean;
}

/** Answers a failure of the model that was asked for by this name. */
export const refuseFailure = (context: AppContext, model: string, failure: ModelFailure): Response => {
  logFailure(context, model, failure);
  const { error, ...refusal } = fromModelFailure(failure);
  return openAiError(context, { ...refusal, error: aboutInput(error, 'input') });
};

/** The answer when it is whole, with nothing of it when it is not. */
export const wholeResponse = async (context: AppContext, call: ResponseCall): Promise<Response> => {
  const { writer } = call;
  writer.start();
  const { signal } = context.req.raw;
  const answer = await collectAnswer(call.client, call.request, signal, (event) => void writer.add(event));
  if (!answer.ok) return refuseFailure(context, call.model, answer.failure);
  const kept = await keepAnswer(context, call);
  return kept.ok ? context.json(writer.shown()) : openAiError(context, fromAppError(kept.error));
};

/** Nothing is asked of a model: what was sent stands for the next request to go on from. */
export const preparedResponse = async (context: AppContext, call: ResponseCall): Promise<Response> => {
  const { writer } = call;
  const events = [...writer.start(), ...writer.add({ type: 'finished', stopReason: 'end' })];
  const kept = await keepAnswer(context, call);
  if (!kept.ok) return openAiError(context, fromAppError(kept.error));
  const frames = async function* (): AsyncGenerator<Uint8Array, void> {
    yield encode([...events, ...writer.last()]);
  };
  return eventStream(
    context,
    generatedFrames(frames(), () => undefined),
  );
};

const encoder = new TextEncoder();

const encode = (events: readonly ResponseEvent[]): Uint8Array => encoder.encode(events.map(eventFrame).join(''));

/** The answer as it comes. */
export const streamedResponse = async (context: AppContext, call: ResponseCall): Promise<Response> => {
  const { writer } = call;
  const { first, rest, cancel } = await beginStream(context, call);
  if (first.type === 'failed') return refuseFailure(context, call.model, first.failure);
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
    const kept = await keepAnswer(context, call);
    if (!kept.ok) writer.fail(`The answer could not be stored: ${kept.error.detail}`);
    yield encode(writer.last());
  };
  return eventStream(context, generatedFrames(frames(), cancel));
};
