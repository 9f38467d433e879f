/** Answers of models behind our own port, in the shape of the API that was addressed, whole or as they come. */
import { collectAnswer, type CollectedAnswer } from '../../../../shared/domain/model/collect.ts';
import { createFailure } from '../../../../shared/domain/model/failure.ts';
import type { CancelSignal, ModelClient, ModelEvent, ModelRequest } from '../../../../shared/ports/model-client.ts';
import { fromModelFailure } from '../../../../shared/protocol/openai/model-failure.ts';
import type { AppContext } from '../../app-environment.ts';
import { refuse } from '../../errors/anthropic-error.ts';
import { eventStream, generatedFrames } from './event-stream.ts';
import { logFailure } from './log-failure.ts';

export interface TranslatedCall {
  readonly client: ModelClient;
  readonly request: ModelRequest;
  /** The name that was asked for. */
  readonly model: string;
}

/** Writes the frames of one answer. */
export interface FrameWriter {
  start(): string;
  add(event: ModelEvent): string;
}

type Whole = Extract<CollectedAnswer, { ok: true }>;

const encoder = new TextEncoder();

/**
 * The answer when it is whole, with nothing of it when it is not. A client that hangs up ends the provider's call, where
 * the runtime notices.
 */
export const wholeAnswer = async (
  context: AppContext,
  call: TranslatedCall,
  write: (answer: Whole) => object,
  onEvent?: (event: ModelEvent) => void,
): Promise<Response> => {
  const answer = await collectAnswer(call.client, call.request, context.req.raw.signal, onEvent);
  if (answer.ok) return Response.json(write(answer));
  logFailure(context, call.model, answer.failure);
  return refuse(context, fromModelFailure(answer.failure));
};

/** The end of an answer that has none. */
const endedEarly: Extract<ModelEvent, { type: 'failed' }> = {
  type: 'failed',
  failure: createFailure('connection_lost', 'The answer ended before it was finished.'),
};

/** The events up to the one that ends the answer, which comes in any case. */
async function* eventsOf(events: AsyncIterator<ModelEvent>): AsyncGenerator<ModelEvent, void> {
  try {
    for (;;) {
      const next = await events.next();
      yield next.done === true ? endedEarly : next.value;
      if (next.done === true || next.value.type === 'finished' || next.value.type === 'failed') return;
    }
  } finally {
    // Also when the client has left: the call behind ends with it.
    await events.return?.();
  }
}

/** A stream of which the first event has come. */
export interface BegunStream {
  readonly first: ModelEvent;
  /** What follows. Whoever does not read it to its end must `return` it, also before the first read. */
  readonly rest: AsyncGenerator<ModelEvent, void>;
  /** For a client that has left. */
  readonly cancel: () => void;
}

/** Asks for an answer and waits until something of it has come, so that a failure can still have a status of its own. */
export const beginStream = async (
  context: AppContext,
  { client, request }: Pick<TranslatedCall, 'client' | 'request'>,
): Promise<BegunStream> => {
  const canceller = new AbortController();
  const hangUp = context.req.raw.signal;
  // The client can hang up before there is a body for it to cancel.
  const signal: CancelSignal = {
    get aborted() {
      return canceller.signal.aborted || hangUp.aborted;
    },
  };
  const rest = eventsOf(client.stream(request, signal)[Symbol.asyncIterator]());
  const next = await rest.next();
  return { first: next.done === true ? endedEarly : next.value, rest, cancel: () => canceller.abort() };
};

/** The answer as it comes. */
export const streamedAnswer = async (
  context: AppContext,
  call: TranslatedCall,
  writer: FrameWriter,
): Promise<Response> => {
  const { first, rest, cancel } = await beginStream(context, call);
  if (first.type === 'failed') {
    logFailure(context, call.model, first.failure);
    return refuse(context, fromModelFailure(first.failure));
  }
  const opening = writer.start() + writer.add(first);
  const frames = async function* (): AsyncGenerator<Uint8Array, void> {
    try {
      if (opening !== '') yield encoder.encode(opening);
      for await (const event of rest) {
        if (event.type === 'failed') logFailure(context, call.model, event.failure);
        const text = writer.add(event);
        if (text !== '') yield encoder.encode(text);
      }
    } finally {
      // A client may leave before the loop has begun.
      await rest.return();
    }
  };
  return eventStream(context, generatedFrames(frames(), cancel));
};
