/**
 * A request to a provider that speaks the caller's wire itself: passed on as it is, and so is its answer, byte for
 * byte. What is added is what a proxy must not lack: limits of time and size, an end that is never made up, and
 * refusals without the provider's keys and stacks.
 */
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
  /** What reads along with one stream. */
  readonly frames: (request: PassedRequest) => PassThroughFrames;
}

export interface PassedAnswer {
  readonly headers: Headers;
  /** For a client that has left: ends the provider's work at once. */
  readonly cancel: () => void;
  /** A whole JSON answer, or the pieces of a stream, of which the last one is `end` or `failed`. */
  readonly body: WholeAnswer | AsyncGenerator<PassedPiece, void>;
}

/** OpenAI's Chat Completions. */
const openAiChat: PassedWire = {
  address: ({ baseUrl }) => `${(baseUrl ?? 'https://api.openai.com/v1').replace(/\/+$/, '')}/chat/completions`,
  headers: ({ apiKey }) => ({ authorization: `Bearer ${apiKey}` }),
  isAnswer: ({ choices }) => Array.isArray(choices),
  usageOf: readUsage,
  frames: ({ choices, hidesUsage }) => new PassThroughFrames(new FrameJudge(choices, hidesUsage), doneFrame),
};

const refused = (failure: ModelFailure): Result<never, ProviderRefusal> => err({ failure, detail: {} });

const lost = createFailure('connection_lost', 'The connection to the provider could not be made or was lost.');

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
  watch.fetch(wire.address(account), {
    method: 'POST',
    headers: {
      ...wire.headers(account),
      'content-type': 'application/json',
      accept: request.stream ? 'text/event-stream' : 'application/json',
      'idempotency-key': request.idempotencyKey,
    },
    body: request.body,
    signal: watch.signal,
  });

const readWhole = async (
  response: Response,
  wire: PassedWire,
  watch: CallWatch,
): Promise<Result<PassedAnswer, ProviderRefusal>> => {
  const buffer = await watch.race(response.arrayBuffer());
  if (buffer === undefined || watch.failure !== undefined) return refused(watch.failure ?? lost);
  const bytes = new Uint8Array(buffer);
  const answer = parse(new TextDecoder().decode(bytes));
  return answer !== undefined && wire.isAnswer(answer)
    ? ok({
        headers: response.headers,
        cancel: () => watch.dispose(),
        body: { type: 'whole', bytes, usage: wire.usageOf(answer), answer },
      })
    : refused(createFailure('malformed_response', 'The provider sent an answer that is not of its API.'));
};

async function* readPieces(
  body: ReadableStream<Uint8Array>,
  frames: PassThroughFrames,
  secrets: readonly string[],
  watch: CallWatch,
): AsyncGenerator<PassedPiece, void> {
  const broken = (): PassedPiece => ({
    type: 'failed',
    bytes: new Uint8Array(),
    failure: watch.failure ?? lost,
    usage: frames.usage,
  });
  const reader = body.getReader();
  try {
    for (;;) {
      const next = await watch.race(reader.read());
      if (next === undefined || watch.failure !== undefined) {
        yield broken();
        return;
      }
      const piece = next.value === undefined ? frames.end() : frames.read(next.value);
      if (piece.type === 'failed' && piece.frame !== undefined) {
        yield { ...piece, failure: readProviderRefusal(dataOf(piece.frame) ?? '', secrets).failure };
      } else if (piece.type !== 'more' || piece.bytes.length > 0) yield piece;
      if (piece.type !== 'more') return;
    }
  } catch {
    // The connection broke; what it was does not matter to whoever waits for the answer.
    yield broken();
  } finally {
    // Also when the client has left: nobody wants the rest, and the provider is not to make it.
    watch.dispose();
  }
}

const answerOf = async (
  response: Response,
  request: PassedRequest,
  wire: PassedWire,
  watch: CallWatch,
  secrets: readonly string[],
): Promise<Result<PassedAnswer, ProviderRefusal>> => {
  if (!response.ok) {
    const text = await watch.race(response.text());
    return err(readProviderRefusal(text ?? '', secrets, response));
  }
  const contentType = response.headers.get('content-type') ?? '';
  if (!contentType.includes(request.stream ? 'text/event-stream' : 'json')) return refused(unusable(contentType));
  if (!request.stream) return await readWhole(response, wire, watch);
  if (response.body === null) return refused(lost);
  const body = readPieces(response.body, wire.frames(request), secrets, watch);
  return ok({ headers: response.headers, cancel: () => watch.dispose(), body });
};

/**
 * Sends the request on. Never throws. Whoever stops reading a stream before its end must `return` its generator; `signal`
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
    const answer = await answerOf(response, request, wire, watch, [account.apiKey]);
    isStreaming = answer.ok && !('type' in answer.value.body);
    return answer;
  } catch {
    return refused(watch.failure ?? lost);
  } finally {
    if (!isStreaming) watch.dispose();
  }
};
