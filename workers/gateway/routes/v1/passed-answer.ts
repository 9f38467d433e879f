/** Answers of providers that speak the caller's wire themselves: their bytes, and an error frame of ours where they break. */
import { joinBytes } from '../../../../shared/domain/join-bytes.ts';
import type { PassedPiece } from '../../../../shared/adapters/models/pass-through-frames.ts';
import {
  passThrough,
  type PassedRequest,
  type PassedStream,
  type PassedWire,
  type WholeAnswer,
} from '../../../../shared/adapters/models/pass-through.ts';
import type { ProviderAccount } from '../../../../shared/adapters/models/anthropic.ts';
import { fromModelFailure, type ProviderDetail } from '../../../../shared/protocol/openai/model-failure.ts';
import type { ModelFailure, ModelUsage } from '../../../../shared/ports/model-client.ts';
import { dressedAnswer, type AnswerHeaders } from '../../answer-headers.ts';
import type { AppContext } from '../../app-environment.ts';
import { refuse } from '../../errors/anthropic-error.ts';
import type { Call } from '../../model-calls/call.ts';
import { errorFrame } from './error-frame.ts';
import { eventStream, streamed, type FrameSource } from './event-stream.ts';
import { logFailure } from './log-failure.ts';
import { hearWhole, StreamEar, type JudgedRequest } from './passed-quality.ts';

export interface PassedCall {
  readonly account: ProviderAccount;
  readonly request: PassedRequest;
  /** The name that was asked for. */
  readonly model: string;
  readonly call: Pick<Call, 'settle' | 'began'>;
  /** Absent: the answer says nothing of the model. */
  readonly judged?: JudgedRequest;
  /** Told how the call began, so that a key that is refused rests: undefined for an answer. */
  readonly settleKey?: (failure: ModelFailure | undefined) => void;
  /** Absent for OpenAI's Chat Completions. */
  readonly wire?: PassedWire;
  /** Ours, for whatever is answered. */
  readonly headers?: AnswerHeaders;
}

const limitHeaders = /^(?:x|anthropic)-ratelimit-/;

/** What the provider says about its limits goes on; everything else of its headers stays here. */
const passedHeaders = (headers: Headers): Record<string, string> => {
  const passed: Record<string, string> = {};
  // oxlint-disable-next-line unicorn/no-array-for-each -- an iterator makes an array of every header, on every call
  headers.forEach((value, name) => {
    if (limitHeaders.test(name)) passed[name] = value;
  });
  return passed;
};

const encoder = new TextEncoder();

const earOf = (
  context: AppContext,
  { judged, request }: { readonly judged?: JudgedRequest | undefined; readonly request: PassedRequest },
): StreamEar | undefined => (judged === undefined ? undefined : new StreamEar(context, judged, request.choices));

/** The answer's pieces, and the call's settlement by whatever ends them. A frame is taken for one token. */
const framesOf = (
  context: AppContext,
  { model, call, judged, request }: PassedCall,
  first: PassedPiece,
  rest: PassedStream,
  client: { readonly hasLeft: boolean },
): FrameSource => {
  let outputTokens = 0;
  let usage: ModelUsage | undefined;
  const ear = earOf(context, { judged, request });
  let ahead: PassedPiece | undefined = first;
  let isOver = false;
  const leave = (): void => {
    isOver = true;
    call.settle({ status: 'cancelled', usage, outputTokens });
    rest.end();
  };
  const next = async (): Promise<Uint8Array | undefined> => {
    if (isOver) return undefined;
    const piece = ahead ?? (await rest.next());
    ahead = undefined;
    ear?.hear(piece.bytes);
    if (piece.type === 'more') {
      outputTokens += piece.frames;
      ({ usage } = piece);
      return piece.bytes;
    }
    isOver = true;
    settlePassed(context, { model, call, ear }, piece, outputTokens, client);
    if (piece.type === 'end') return piece.bytes;
    return joinBytes([piece.bytes, encoder.encode(errorFrame(context, piece.failure))]);
  };
  return { next, leave };
};

const settlePassed = (
  context: AppContext,
  { model, call, ear }: Pick<PassedCall, 'model' | 'call'> & { readonly ear: StreamEar | undefined },
  piece: Exclude<PassedPiece, { type: 'more' }>,
  outputTokens: number,
  client: { readonly hasLeft: boolean },
): void => {
  const { usage } = piece;
  if (piece.type === 'end') {
    const heard = ear?.heard(piece.heard);
    call.settle({ status: 'answered', usage, outputTokens, ...(heard === undefined ? {} : { heard }) });
  } else if (client.hasLeft) call.settle({ status: 'cancelled', usage, outputTokens });
  else {
    logFailure(context, model, piece.failure);
    call.settle({ status: 'failed', usage, outputTokens, failure: piece.failure });
  }
};

const fail = (
  context: AppContext,
  { model, call, headers = {} }: PassedCall,
  failure: ModelFailure,
  detail?: ProviderDetail,
): Response => {
  logFailure(context, model, failure);
  const status = failure.kind === 'cancelled' ? 'cancelled' : 'failed';
  call.settle({ status, usage: undefined, outputTokens: 0, failure });
  const answer = refuse(context, fromModelFailure(failure, detail));
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return answer;
};

const whole = (
  context: AppContext,
  { call, judged, request }: PassedCall,
  { bytes, usage, answer }: WholeAnswer,
  headers: AnswerHeaders,
): Response => {
  const heard = judged === undefined ? {} : { heard: hearWhole(context, judged, request.choices, answer) };
  call.settle({ status: 'answered', usage, outputTokens: Math.ceil(bytes.length / 4), ...heard });
  return dressedAnswer(context, bytes, { ...headers, 'content-type': 'application/json' });
};

/** Sends the request on and answers what comes back. */
export const passedAnswer = async (context: AppContext, call: PassedCall): Promise<Response> => {
  const answer = await passThrough(call.account, call.request, call.wire, context.req.raw.signal);
  call.settleKey?.(answer.ok ? undefined : answer.error.failure);
  if (!answer.ok) return fail(context, call, answer.error.failure, answer.error.detail);
  const { body, cancel } = answer.value;
  const headers = { ...passedHeaders(answer.value.headers), ...call.headers };
  if (body.type === 'whole') return whole(context, call, body, headers);
  const first = await body.next();
  if (first.type === 'failed' && first.bytes.length === 0) return fail(context, call, first.failure);
  call.call.began();
  const client = { hasLeft: false };
  if (first.type === 'end') {
    const ear = earOf(context, call);
    ear?.hear(first.bytes);
    settlePassed(context, { ...call, ear }, first, 0, client);
    return streamed(context, joinBytes([first.bytes]), headers);
  }
  const source = framesOf(context, call, first, body, client);
  const leave = (): void | Promise<void> => {
    client.hasLeft = true;
    cancel();
    return source.leave();
  };
  return eventStream(context, { next: source.next, leave }, headers);
};
