/** The pieces of Anthropic's stream as our events. */
import { createFailure } from '../../domain/model/failure.ts';
import { toStopReason } from '../../domain/model/stop-reason.ts';
import type { ModelEvent, ModelUsage } from '../../ports/model-client.ts';
import { anthropicPiece, type AnthropicPiece, type AnthropicUsage } from './anthropic-piece.ts';
import { wrongShape, type StreamReader } from './run-call.ts';

/** `input_tokens` leaves cached tokens out, ours counts them in; later figures of a stream replace earlier ones. */
class UsageCounter {
  #input: number | undefined;
  #output: number | undefined;
  #cacheRead = 0;
  #cacheWrite = 0;
  #thinking = 0;

  note(usage: AnthropicUsage): void {
    this.#input = usage?.input_tokens ?? this.#input;
    this.#output = usage?.output_tokens ?? this.#output;
    this.#cacheRead = usage?.cache_read_input_tokens ?? this.#cacheRead;
    this.#cacheWrite = usage?.cache_creation_input_tokens ?? this.#cacheWrite;
    this.#thinking = usage?.output_tokens_details?.thinking_tokens ?? this.#thinking;
  }

  /** Undefined when the provider told nothing: no figure is better than a wrong one. */
  get usage(): ModelUsage | undefined {
    if (this.#input === undefined || this.#output === undefined) return undefined;
    return {
      inputTokens: this.#input + this.#cacheRead + this.#cacheWrite,
      outputTokens: this.#output,
      cachedInputTokens: this.#cacheRead,
      ...(this.#cacheWrite === 0 ? {} : { cacheWriteTokens: this.#cacheWrite }),
      ...(this.#thinking === 0 ? {} : { reasoningTokens: this.#thinking }),
    };
  }
}

interface OpenToolCall {
  readonly index: number;
  /** Arguments that came whole with the start of the block, used when no piece follows. */
  readonly input: unknown;
  received: boolean;
}

const hasFields = (input: unknown): boolean =>
  typeof input === 'object' && input !== null && Object.keys(input).length > 0;

/** Folds one stream. */
export class AnthropicReader implements StreamReader {
  readonly #usage = new UsageCounter();
  /** By the index of the content block; our index counts tool calls alone. */
  readonly #calls = new Map<number, OpenToolCall>();
  /** Signatures of the blocks of thinking that are open, by the index of the block. */
  readonly #signatures = new Map<number, string>();
  #messageId: string | undefined;
  #hasBlocks = false;
  #hasText = false;
  #stop: (AnthropicPiece & { type: 'message_delta' })['delta'] = {};
  #complete = false;

  read(received: unknown): readonly ModelEvent[] {
    const parsed = anthropicPiece.safeParse(received);
    if (!parsed.success) return [{ type: 'failed', failure: wrongShape }];
    const piece = parsed.data;
    switch (piece?.type) {
      case undefined:
        return [];
      case 'message_start':
        return this.#messageStarted(piece);
      case 'content_block_start':
        return this.#blockStarted(piece);
      case 'content_block_delta':
        return this.#blockGrew(piece);
      case 'content_block_stop':
        return this.#blockStopped(piece.index);
      case 'message_delta':
        this.#usage.note(piece.usage);
        if (typeof piece.delta.stop_reason === 'string') this.#stop = piece.delta;
        return [];
      case 'message_stop':
        // Nothing is missing any more, so that it does not matter how the connection ends.
        this.#complete = true;
        return this.end();
    }
  }

  end(): readonly ModelEvent[] {
    const lost = createFailure('connection_lost', 'The answer ended before it was complete.');
    if (!this.#complete) return [{ type: 'failed', failure: lost }];
    const { stop_reason: reason, stop_sequence: stopText, stop_details: details } = this.#stop;
    if (typeof reason !== 'string') {
      const failure = createFailure('malformed_response', 'The answer ended without a reason.');
      return [{ type: 'failed', failure }];
    }
    const { usage } = this.#usage;
    const stopReason = toStopReason(reason, this.#calls.size);
    const explanation = stopReason === 'refusal' && !this.#hasText ? (details?.explanation ?? '') : '';
    return [
      ...(explanation === '' ? [] : [{ type: 'text_delta' as const, text: explanation }]),
      ...(usage === undefined ? [] : [{ type: 'usage' as const, usage }]),
      { type: 'finished', stopReason, ...(typeof stopText === 'string' ? { stopText } : {}) },
    ];
  }

  /** A server may repeat the start of its message; another message in the middle of one is two answers mixed up. */
  #messageStarted({ message }: AnthropicPiece & { type: 'message_start' }): readonly ModelEvent[] {
    if (this.#hasBlocks && message.id !== this.#messageId) return [{ type: 'failed', failure: wrongShape }];
    this.#messageId = message.id ?? undefined;
    this.#usage.note(message.usage);
    return [];
  }

  #said(text: string): readonly ModelEvent[] {
    if (text === '') return [];
    this.#hasText = true;
    return [{ type: 'text_delta', text }];
  }

  #blockStarted(piece: AnthropicPiece & { type: 'content_block_start' }): readonly ModelEvent[] {
    const block = piece.content_block;
    this.#hasBlocks = true;
    switch (block?.type) {
      case undefined:
        return [];
      case 'text':
        return this.#said(block.text);
      case 'thinking':
        this.#signatures.set(piece.index, block.signature ?? '');
        return block.thinking === '' ? [] : [{ type: 'reasoning_delta', text: block.thinking }];
      case 'redacted_thinking':
        return [{ type: 'reasoning_redacted', data: block.data }];
      case 'tool_use': {
        const index = this.#calls.size;
        this.#calls.set(piece.index, { index, input: block.input, received: false });
        return [{ type: 'tool_call_started', index, id: block.id, name: block.name }];
      }
    }
  }

  #blockGrew({ delta, index }: AnthropicPiece & { type: 'content_block_delta' }): readonly ModelEvent[] {
    switch (delta?.type) {
      case undefined:
        return [];
      case 'text_delta':
        return this.#said(delta.text);
      case 'thinking_delta':
        return delta.thinking === '' ? [] : [{ type: 'reasoning_delta', text: delta.thinking }];
      case 'signature_delta':
        this.#signatures.set(index, (this.#signatures.get(index) ?? '') + delta.signature);
        return [];
      case 'input_json_delta': {
        const call = this.#calls.get(index);
        if (call === undefined || delta.partial_json === '') return [];
        call.received = true;
        return [{ type: 'tool_call_delta', index: call.index, argumentsText: delta.partial_json }];
      }
    }
  }

  #blockStopped(blockIndex: number): readonly ModelEvent[] {
    const signature = this.#signatures.get(blockIndex) ?? '';
    this.#signatures.delete(blockIndex);
    if (signature !== '') return [{ type: 'reasoning_signed', signature }];
    const call = this.#calls.get(blockIndex);
    if (call === undefined || call.received || !hasFields(call.input)) return [];
    return [{ type: 'tool_call_delta', index: call.index, argumentsText: JSON.stringify(call.input) }];
  }
}
