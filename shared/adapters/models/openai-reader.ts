/** The pieces of an OpenAI stream as our events, with the habits of the servers that speak the same protocol. */
import { createFailure } from '../../domain/model/failure.ts';
import { toStopReason } from '../../domain/model/stop-reason.ts';
import type { ModelEvent, ModelUsage, TokenLogprob } from '../../ports/model-client.ts';
import {
  openAiPiece,
  readOpenAiLogprobs,
  readOpenAiUsage,
  type OpenAiDelta,
  type OpenAiLogprobs,
  type OpenAiReasoningDetail,
  type OpenAiToolCall,
} from './openai-piece.ts';
import { wrongShape, type StreamReader } from './run-call.ts';

const said = (text: string | null | undefined, logprobs: readonly TokenLogprob[] = []): readonly ModelEvent[] =>
  typeof text === 'string' && text !== ''
    ? [{ type: 'text_delta', text, ...(logprobs.length === 0 ? {} : { logprobs }) }]
    : [];

const thought = (text: string | null | undefined): readonly ModelEvent[] =>
  typeof text === 'string' && text !== '' ? [{ type: 'reasoning_delta', text }] : [];

const readContent = (content: OpenAiDelta['content'], logprobs: OpenAiLogprobs): readonly ModelEvent[] =>
  Array.isArray(content)
    ? content.flatMap((part) =>
        part.type === 'thinking' ? (part.thinking ?? []).flatMap(({ text }) => thought(text)) : said(part.text),
      )
    : said(content, readOpenAiLogprobs(logprobs));

const readDetail = (detail: OpenAiReasoningDetail, isToldApart: boolean): readonly ModelEvent[] => {
  const { type, text, summary, signature, data } = detail;
  if (type === 'reasoning.encrypted') {
    return typeof data === 'string' ? [{ type: 'reasoning_redacted', data }] : [];
  }
  return [
    ...(isToldApart ? [] : thought(text ?? summary)),
    ...(typeof signature === 'string' && signature !== '' ? [{ type: 'reasoning_signed' as const, signature }] : []),
  ];
};

/** One thought comes under up to three names at once; each text is told once. */
const readReasoning = (delta: OpenAiDelta): readonly ModelEvent[] => {
  const plain = thought(delta.reasoning_content ?? delta.reasoning);
  return [...plain, ...(delta.reasoning_details ?? []).flatMap((detail) => readDetail(detail, plain.length > 0))];
};

interface OpenCall {
  readonly index: number;
  readonly id: string;
}

/** Folds one stream. */
export class OpenAiReader implements StreamReader {
  /** By the index that the server gives; ours counts the calls as they come. */
  readonly #calls = new Map<number, OpenCall>();
  #started = 0;
  #usage: ModelUsage | undefined;
  #finishReason: string | undefined;
  #refused = false;
  #understood = false;

  read(piece: unknown): readonly ModelEvent[] {
    const parsed = openAiPiece.safeParse(piece);
    if (!parsed.success) return [{ type: 'failed', failure: wrongShape }];
    const { choices, usage } = parsed.data;
    this.#usage = readOpenAiUsage(usage) ?? this.#usage;
    if (choices === undefined || choices === null) return [];
    this.#understood = true;
    const choice = choices[0];
    if (choice === undefined) return [];
    this.#finishReason = choice.finish_reason || this.#finishReason;
    return choice.delta === undefined || choice.delta === null ? [] : this.#grew(choice.delta, choice.logprobs);
  }

  end(): readonly ModelEvent[] {
    if (this.#finishReason === undefined) {
      const failure = this.#understood
        ? createFailure('connection_lost', 'The answer ended before it was complete.')
        : createFailure('malformed_response', 'The provider sent an empty stream.');
      return [{ type: 'failed', failure }];
    }
    const usage = this.#usage === undefined ? [] : [{ type: 'usage' as const, usage: this.#usage }];
    if (this.#finishReason === 'error') {
      return [...usage, { type: 'failed', failure: createFailure('provider_error', 'The provider failed.') }];
    }
    const stopReason = this.#refused ? 'refusal' : toStopReason(this.#finishReason, this.#started);
    return [...usage, { type: 'finished', stopReason }];
  }

  #grew(delta: OpenAiDelta, logprobs: OpenAiLogprobs): readonly ModelEvent[] {
    const refusal = said(delta.refusal);
    if (refusal.length > 0) this.#refused = true;
    const legacy = delta.function_call ?? undefined;
    const calls = [...(delta.tool_calls ?? []), ...(legacy === undefined ? [] : [{ function: legacy }])];
    return [
      ...readReasoning(delta),
      ...readContent(delta.content, logprobs),
      ...refusal,
      ...calls.flatMap((call) => this.#callGrew(call)),
    ];
  }

  #callGrew(call: OpenAiToolCall | Pick<OpenAiToolCall, 'function'>): readonly ModelEvent[] {
    const id = 'id' in call ? (call.id ?? '') : '';
    const name = call.function?.name ?? '';
    const sentIndex = 'index' in call ? (call.index ?? undefined) : undefined;
    // Without an index, a piece goes on with the last call unless it names another one.
    const place = sentIndex ?? Math.max(0, this.#started - 1);
    const known = this.#calls.get(place);
    // Some servers give every call the same index, and tell them apart by their ids.
    const isAnother = known !== undefined && id !== '' && id !== known.id && name !== '';
    const open = known === undefined || isAnother ? this.#start(sentIndex ?? this.#started, id) : known;
    const { index } = open;
    const argumentsText = call.function?.arguments ?? '';
    return [
      ...(open === known ? [] : [{ type: 'tool_call_started' as const, index, id: open.id, name }]),
      ...(argumentsText === '' ? [] : [{ type: 'tool_call_delta' as const, index, argumentsText }]),
    ];
  }

  #start(place: number, id: string): OpenCall {
    const index = this.#started;
    this.#started += 1;
    const open = { index, id: id === '' ? `call_${index}` : id };
    this.#calls.set(place, open);
    return open;
  }
}
