/**
 * A request to a provider that speaks the caller's wire itself: passed on as it is, and so is its answer, byte for
 * byte. What is added is what a proxy must not lack: limits of time and size, an end that is never made up, and
 * refusals without the provider's keys and stacks.
 */
import { joinBytes } from '../../domain/join-bytes.ts';
import { createFailure } from '../../domain/model/failure.ts';
import { err, ok, type Result } from '../../errors/result.ts';
import type { CancelSignal, ModelFailure, ModelUsage } from '../../ports/model-client.ts';
import { doneFrame } from '../../protocol/openai/chunks.ts';
import { dataOf, FrameJudge, parse } from '../../protocol/openai/frame-judge.ts';
import { readUsage } from '../../protocol/openai/usage.ts';
import type { ProviderAccount } from './anthropic.ts';
import { CallWatch, defaultCallLimits, type CallLimits } from './call-watch.ts';
import { PassThroughFrames, type PassedPiece } from './pass-through-frames.ts';
import { readProviderRefusal, type ProviderRefusal } from './provider-refusal.ts';

export interface PassedRequest {
  /** JSON, with the model's name as the provider knows it. */
  readonly body: string;
  readonly stream: boolean;
  /** How many answers were asked for. */
  readonly choices: number;
  readonly idempotencyKey: string;
  /** The usage was asked for in the client's name: a chunk with nothing else is not for it. */
  readonly hidesUsage?: boolean;
}

export interface WholeAnswer {
  readonly type: 'whole';
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the provider said that it used. */
  readonly usage: ModelUsage | undefined;
  /** The same, parsed. */
  readonly answer: Readonly<Record<string, unknown>>;
}

/** What differs between the wires. */
export interface PassedWire {
  /** The operation's address at the account's provider. */
  readonly address: (account: ProviderAccount) => string;
  /** The key and what else the provider is told beside the body. */
  readonly headers: (account: ProviderAccount) => Readonly<Record<string, string>>;
  /** True for an answer of the protocol. */
  readonly isAnswer: (answer: Readonly<Record<string, unknown>>) => boolean;
  /** The tokens of a whole answer, where it tells them. */
  readonly usageOf: (answer: Readonly<Record<string, unknown>>) => ModelUsage | undefined;
  /** What reads along with one stream, of whose events none may be larger than so many bytes. */
  readonly frames: (request: PassedRequest, maxEventBytes: number) => PassThroughFrames;
}

export interface PassedAnswer {
  readonly headers: Headers;
  /** For a client that has left: ends the provider's work at once. */
  readonly cancel: () => void;
  readonly body: WholeAnswer | PassedStream;
}

/** The pieces of a stream, of which the last one is `end` or `failed`. No generator: many a stream has thousands. */
export interface PassedStream {
  readonly type: 'stream';
  /** The next piece; not to be asked after the last one, nor before the one before has come. */
  readonly next: () => Promise<PassedPiece>;
  /** Ends it early. */
  readonly end: () => void;
}

/** Both operations have `choices` that say why they ended, and tell their usage alike. */
const openAiWire = (operation: string): PassedWire => ({
  address: ({ baseUrl }) => `${(baseUrl ?? 'https://api.openai.com/v1').replace(/\/+$/, '')}/${operation}`,
  headers: ({ apiKey }) => ({ authorization: `Bearer ${apiKey}` }),
  isAnswer: ({ choices }) => Array.isArray(choices),
  usageOf: readUsage,
  frames: ({ choices, hidesUsage }, maxEventBytes) =>
    new PassThroughFrames(new FrameJudge(choices, hidesUsage), doneFrame, maxEventBytes),
});

/** OpenAI's Chat Completions. */
const openAiChat = openAiWire('chat/completions');

/** The older operation, which completes bare prompts. */
export const openAiCompletions = openAiWire('completions');

const refused = (failure: ModelFailure): Result<never, ProviderRefusal> => err({ failure, detail: {} });

const lost = createFailure('connection_lost', 'The connection to the provider could not be made or was lost.');

const garbled = createFailure('malformed_response', 'The provider sent bytes that are not UTF-8 text.');

const unusable = (contentType: string): ModelFailure =>
  createFailure(
    'malformed_response',
    `The provider sent ${contentType === '' ? 'an answer without a type' : contentType.slice(0, 60)} where an answer of its API was expected.`,
  );

const open = (
  wire: PassedWire,
  account: ProviderAccount,
  request: PassedRequest,
  watch: CallWatch,
): Promise<Response> =>
  fetch(wire.address(account), {
    method: 'POST',
    headers: {
      ...wire.headers(account),
      'content-type': 'application/json',
      ...(request.stream ? { accept: 'text/event-stream' } : {}),
      'idempotency-key': request.idempotencyKey,
    },
    body: request.body,
    // A redirect would carry the key to wherever it points.
    redirect: 'manual',
    signal: watch.signal,
  });

/** Every byte of an answer; undefined when there are more than it may have, or when the call was ended. */
const readBytes = async (
  response: Response,
  watch: CallWatch,
  { maxAnswerBytes }: CallLimits,
): Promise<Uint8Array<ArrayBuffer> | undefined> => {
  watch.note();
  const announced = Number(response.headers.get('content-length') ?? Number.NaN);
  if (announced <= maxAnswerBytes) {
    const buffer = await watch.race(response.arrayBuffer());
    return buffer === undefined ? undefined : new Uint8Array(buffer);
  }
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  for (let size = 0; reader !== undefined; watch.note()) {
    const next = await watch.race(reader.read());
    if (next === undefined) return undefined;
    if (next.value === undefined) break;
    size += next.value.length;
    if (size > maxAnswerBytes) {
      watch.refuse('too_large');
      return undefined;
    }
    chunks.push(next.value);
  }
  return joinBytes(chunks);
};

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

const readWhole = async (
  response: Response,
  wire: PassedWire,
  watch: CallWatch,
  limits: CallLimits,
): Promise<Result<PassedAnswer, ProviderRefusal>> => {
  const bytes = await readBytes(response, watch, limits);
  if (bytes === undefined || watch.failure !== undefined) return refused(watch.failure ?? lost);
  watch.dispose(true);
  let answer: ReturnType<typeof parse>;
  try {
    answer = parse(strictDecoder.decode(bytes));
  } catch {
    return refused(garbled);
  }
  return answer !== undefined && wire.isAnswer(answer)
    ? ok({
        headers: response.headers,
        cancel: () => undefined,
        body: { type: 'whole', bytes, usage: wire.usageOf(answer), answer },
      })
    : refused(createFailure('malformed_response', 'The provider sent an answer that is not of its API.'));
};

/** The watch is disposed of with the last piece, or when the stream is ended early. */
const readPieces = (
  body: ReadableStream<Uint8Array>,
  frames: PassThroughFrames,
  account: ProviderAccount,
  watch: CallWatch,
  { maxAnswerBytes }: CallLimits,
): PassedStream => {
  const reader = body.getReader();
  let size = 0;
  const broken = (): PassedPiece => ({
    type: 'failed',
    bytes: new Uint8Array(),
    failure: watch.failure ?? lost,
    usage: frames.usage,
  });
  const judge = (chunk: Uint8Array | undefined): PassedPiece => {
    if (chunk === undefined) return frames.end();
    watch.note();
    size += chunk.length;
    if (size <= maxAnswerBytes) return frames.read(chunk);
    watch.refuse('too_large');
    return broken();
  };
  const next = async (): Promise<PassedPiece> => {
    for (;;) {
      let read: ReadableStreamReadResult<Uint8Array> | undefined;
      try {
        read = await watch.race(reader.read());
      } catch {
        // The connection broke; what it was does not matter to whoever waits for the answer.
      }
      const piece = read === undefined || watch.failure !== undefined ? broken() : judge(read.value);
      if (piece.type === 'more') {
        if (piece.bytes.length > 0) return piece;
        continue;
      }
      if (piece.type === 'end' && read?.done === false) watch.awaitEnd(reader.read());
      else watch.dispose(read?.done);
      return piece.type === 'failed' && piece.frame !== undefined
        ? { ...piece, failure: readProviderRefusal(dataOf(piece.frame) ?? '', account).failure }
        : piece;
    }
  };
  // Also when the client has left: nobody wants the rest, and the provider is not to make it.
  return { type: 'stream', next, end: () => watch.dispose() };
};

const answerOf = async (
  response: Response,
  account: ProviderAccount,
  request: PassedRequest,
  wire: PassedWire,
  watch: CallWatch,
  limits: CallLimits,
): Promise<Result<PassedAnswer, ProviderRefusal>> => {
  if (!response.ok) {
    const text = await watch.race(watch.watched(response).text());
    return err(readProviderRefusal(text ?? '', account, response));
  }
  const contentType = response.headers.get('content-type') ?? '';
  if (!contentType.includes(request.stream ? 'text/event-stream' : 'json')) return refused(unusable(contentType));
  if (!request.stream) return await readWhole(response, wire, watch, limits);
  if (response.body === null) return refused(lost);
  const body = readPieces(response.body, wire.frames(request, limits.maxEventBytes), account, watch, limits);
  return ok({ headers: response.headers, cancel: () => watch.dispose(), body });
};

/**
 * Sends the request on. Never throws. Whoever stops reading a stream before its end must `end` it; `signal`
 * ends the provider's work at any time.
 */
export const passThrough = async (
  account: ProviderAccount,
  request: PassedRequest,
  wire: PassedWire = openAiChat,
  signal?: CancelSignal,
  limits: CallLimits = defaultCallLimits,
): Promise<Result<PassedAnswer, ProviderRefusal>> => {
  const watch = new CallWatch(limits, signal);
  let isStreaming = false;
  try {
    const response = await watch.race(open(wire, account, request, watch));
    if (response === undefined) return refused(watch.failure ?? lost);
    const answer = await answerOf(response, account, request, wire, watch, limits);
    isStreaming = answer.ok && answer.value.body.type === 'stream';
    return answer;
  } catch {
    return refused(watch.failure ?? lost);
  } finally {
    if (!isStreaming) watch.dispose();
  }
};
