/**
 * What all adapters share: open a stream, turn its pieces into our events, and make sure that the last event is
 * `finished` or `failed`, whatever happens in between.
 */
import { createFailure, classifyProviderError, parseRetryAfter } from '../../domain/model/failure.ts';
import type { CancelSignal, ModelEvent, ModelFailure } from '../../ports/model-client.ts';
import { CallWatch, type CallLimits } from './call-watch.ts';

/** Folds the pieces of one provider's stream into our events. */
export interface StreamReader {
  /** Our events for this piece, which may be anything that JSON can say; `failed` when it is no piece. */
  readonly read: (piece: unknown) => readonly ModelEvent[];
  /** At the end of the stream: the last events, of which the last one is `finished` or `failed`. */
  readonly end: () => readonly ModelEvent[];
}

export interface ProviderCall {
  readonly open: (watch: CallWatch) => Promise<AsyncIterable<unknown>>;
  readonly reader: StreamReader;
  /** The provider may answer whole although a stream was asked for, and `open` knows how to read that. */
  readonly acceptsWhole?: true;
}

/** For readers: a piece of another shape than the protocol's. */
export const wrongShape = createFailure(
  'malformed_response',
  "The provider sent a piece of its answer that is not of its protocol's shape.",
);

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && name in value
    ? // SAFETY: `in` has just shown that the property is there; its value stays unknown.
      (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

const headerReader = (headers: unknown): ((name: string) => string | null) =>
  headers instanceof Headers ? (name) => headers.get(name) : () => null;

const readShouldRetry = (text: string | null): boolean | undefined =>
  text === 'true' ? true : text === 'false' ? false : undefined;

/** Both SDKs throw errors of the same shape: `status`, `headers`, and the parsed body under `error`. */
const classifyThrown = (thrown: unknown): ModelFailure => {
  if (thrown instanceof SyntaxError) {
    return createFailure('malformed_response', 'The provider sent a piece of its answer that is not JSON.');
  }
  const status = fieldOf(thrown, 'status');
  const body = fieldOf(thrown, 'error');
  // Anthropic wraps the error once more than OpenAI's SDK leaves it.
  const inner = typeof fieldOf(body, 'error') === 'object' ? fieldOf(body, 'error') : body;
  if (typeof status !== 'number' && (typeof inner !== 'object' || inner === null)) {
    return createFailure('connection_lost', 'The connection to the provider could not be made or was lost.');
  }
  const header = headerReader(fieldOf(thrown, 'headers'));
  const code = fieldOf(inner, 'code');
  return classifyProviderError({
    status: typeof status === 'number' ? status : undefined,
    type: textOf(fieldOf(inner, 'type')),
    // Routers send the HTTP status as a number here.
    code: textOf(code) ?? (typeof code === 'number' ? String(code) : undefined),
    message: textOf(fieldOf(inner, 'message')),
    retryAfterMs: parseRetryAfter(header, Date.now()),
    shouldRetry: readShouldRetry(header('x-should-retry')),
  });
};

const failed = (failure: ModelFailure): ModelEvent => ({ type: 'failed', failure });

const wrongContentType = (contentType: string | undefined): ModelFailure | undefined =>
  contentType === undefined || contentType.includes('text/event-stream')
    ? undefined
    : createFailure(
        'malformed_response',
        `The provider answered ${contentType.split(';')[0] || 'no content type'} where an event stream was expected.`,
      );

async function* readStream(call: ProviderCall, watch: CallWatch): AsyncGenerator<ModelEvent> {
  const stream = await watch.race(call.open(watch));
  if (stream === undefined) return;
  const unusable = call.acceptsWhole === true ? undefined : wrongContentType(watch.contentType);
  if (unusable !== undefined) {
    yield failed(unusable);
    return;
  }
  const pieces = stream[Symbol.asyncIterator]();
  for (;;) {
    const next = await watch.race(pieces.next());
    if (next === undefined || watch.failure !== undefined) return;
    if (next.done === true) break;
    yield* call.reader.read(next.value);
  }
  yield* call.reader.end();
}

const tooLong = createFailure('malformed_response', 'The answer is longer than is kept of one.');

const lengthOf = (event: ModelEvent): number => {
  if (event.type === 'text_delta' || event.type === 'reasoning_delta') return event.text.length;
  if (event.type === 'reasoning_signed') return event.signature.length;
  if (event.type === 'reasoning_redacted') return event.data.length;
  if (event.type === 'tool_call_started') return event.id.length + event.name.length;
  return event.type === 'tool_call_delta' ? event.argumentsText.length : 0;
};

const isLast = (event: ModelEvent): boolean => event.type === 'finished' || event.type === 'failed';

/** Runs one call. Never throws; nothing follows the first `finished` or `failed`. */
export async function* runCall(
  limits: CallLimits,
  signal: CancelSignal | undefined,
  createCall: () => ProviderCall,
): AsyncGenerator<ModelEvent> {
  const watch = new CallWatch(limits, signal);
  try {
    if (watch.failure === undefined) {
      let length = 0;
      for await (const event of readStream(createCall(), watch)) {
        length += lengthOf(event);
        if (length > limits.maxAnswerLength) {
          yield failed(tooLong);
          return;
        }
        yield event;
        if (isLast(event)) return;
      }
    }
    yield failed(watch.failure ?? createFailure('connection_lost', 'The answer ended before it was complete.'));
  } catch (thrown) {
    yield failed(watch.failure ?? classifyThrown(thrown));
  } finally {
    watch.dispose();
  }
}
