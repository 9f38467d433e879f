/** Answers of providers that speak OpenAI's wire themselves: their bytes, and an error frame of ours where they break. */
import type { PassedPiece } from '../../../../shared/adapters/models/pass-through-frames.ts';
import { passThrough, type PassedRequest } from '../../../../shared/adapters/models/pass-through.ts';
import type { ProviderAccount } from '../../../../shared/adapters/models/anthropic.ts';
import type { ModelFailure } from '../../../../shared/ports/model-client.ts';
import { frameOf } from '../../../../shared/protocol/openai/chunks.ts';
import { fromModelFailure } from '../../../../shared/protocol/openai/model-failure.ts';
import type { AppContext } from '../../app-environment.ts';
import { openAiError } from '../../errors/openai-error.ts';
import { eventStream } from './event-stream.ts';
import { logFailure } from './log-failure.ts';

export interface PassedCall {
  readonly account: ProviderAccount;
  readonly request: PassedRequest;
  /** The name that was asked for. */
  readonly model: string;
  /** Told how the call began, so that a key that is refused rests: undefined for an answer. */
  readonly settle?: (failure: ModelFailure | undefined) => void;
}

/** What the provider says about its limits goes on; everything else of its headers stays here. */
const passedHeaders = (headers: Headers): Headers =>
  new Headers([...headers].filter(([name]) => name.startsWith('x-ratelimit-')));

const encoder = new TextEncoder();

async function* framesOf(
  context: AppContext,
  model: string,
  first: PassedPiece,
  rest: AsyncGenerator<PassedPiece, void>,
): AsyncGenerator<Uint8Array, void> {
  try {
    for (let piece: PassedPiece | undefined = first; piece !== undefined;) {
      if (piece.bytes.length > 0) yield piece.bytes;
      if (piece.type === 'failed') {
        logFailure(context, model, piece.failure);
        yield encoder.encode(frameOf({ error: fromModelFailure(piece.failure).error }));
      }
      const next = await rest.next();
      piece = next.done === true ? undefined : next.value;
    }
  } finally {
    await rest.return();
  }
}

/** Sends the request on and answers what comes back. */
export const passedAnswer = async (context: AppContext, call: PassedCall): Promise<Response> => {
  const answer = await passThrough(call.account, call.request);
  call.settle?.(answer.ok ? undefined : answer.error.failure);
  if (!answer.ok) {
    const { failure, detail } = answer.error;
    logFailure(context, call.model, failure);
    return openAiError(context, fromModelFailure(failure, detail));
  }
  const { body, cancel } = answer.value;
  const headers = passedHeaders(answer.value.headers);
  if (body instanceof Uint8Array) {
    headers.set('content-type', 'application/json');
    return new Response(body, { headers });
  }
  const first = await body.next();
  if (first.done !== true && (first.value.type !== 'failed' || first.value.bytes.length > 0)) {
    return eventStream(framesOf(context, call.model, first.value, body), cancel, headers);
  }
  await body.return();
  const failure =
    first.done !== true && first.value.type === 'failed'
      ? first.value.failure
      : { kind: 'connection_lost' as const, message: 'The provider sent nothing.', retryable: true };
  logFailure(context, call.model, failure);
  return openAiError(context, fromModelFailure(failure));
};
