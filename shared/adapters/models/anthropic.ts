/** Anthropic's Messages API behind our port, over the official SDK. Retries are ours, so the SDK's are off. */
import Anthropic from '@anthropic-ai/sdk';
import { toAnthropicMessages } from '../../domain/model/anthropic-messages.ts';
import { toAnthropicOptions } from '../../domain/model/anthropic-options.ts';
import { createFailure } from '../../domain/model/failure.ts';
import { toStopReason } from '../../domain/model/stop-reason.ts';
import type { ModelClient, ModelEvent, ModelRequest, ModelUsage } from '../../ports/model-client.ts';
import { anthropicPiece, type AnthropicPiece, type AnthropicUsage } from './anthropic-piece.ts';
import { defaultCallLimits, type CallLimits } from './call-watch.ts';
import { runCall, wrongShape, type StreamReader } from './run-call.ts';

export interface ProviderAccount {
  readonly apiKey: string;
  /** Another address that speaks the same protocol. */
  readonly baseUrl?: string | undefined;
}

/** `input_tokens` leaves cached tokens out, ours counts them in; later figures of a stream replace earlier ones. */
class UsageCounter {
  #input: number | undefined;
  #output: number | undefined;
  #cacheRead = 0;
  #cacheWrite = 0;

  note(usage: AnthropicUsage): void {
    this.#input = usage?.input_tokens ?? this.#input;
    this.#output = usage?.output_tokens ?? this.#output;
    this.#cacheRead = usage?.cache_read_input_tokens ?? this.#cacheRead;
    this.#cacheWrite = usage?.cache_creation_input_tokens ?? this.#cacheWrite;
  }

  /** Undefined when the provider told nothing: no figure is better than a wrong one. */
  get usage(): ModelUsage | undefined {
    if (this.#input === undefined || this.#output === undefined) return undefined;
    return {
      inputTokens: this.#input + this.#cacheRead + this.#cacheWrite,
      outputTokens: this.#output,
      cachedInputTokens: this.#cacheRead,
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

class AnthropicReader implements StreamReader {
  readonly #usage = new UsageCounter();
  /** By the index of the content block; our index counts tool calls alone. */
  readonly #calls = new Map<number, OpenToolCall>();
  #stopReason: string | undefined;
  #complete = false;

  read(received: unknown): readonly ModelEvent[] {
    const parsed = anthropicPiece.safeParse(received);
    if (!parsed.success) return [{ type: 'failed', failure: wrongShape }];
    const piece = parsed.data;
    switch (piece?.type) {
      case undefined:
        return [];
      case 'message_start':
        this.#usage.note(piece.message.usage);
        return [];
      case 'content_block_start':
        return this.#blockStarted(piece);
      case 'content_block_delta':
        return this.#blockGrew(piece);
      case 'content_block_stop':
        return this.#blockStopped(piece.index);
      case 'message_delta':
        this.#usage.note(piece.usage);
        this.#stopReason = piece.delta.stop_reason ?? this.#stopReason;
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
    if (this.#stopReason === undefined) {
      const failure = createFailure('malformed_response', 'The answer ended without a reason.');
      return [{ type: 'failed', failure }];
    }
    const { usage } = this.#usage;
    return [
      ...(usage === undefined ? [] : [{ type: 'usage' as const, usage }]),
      { type: 'finished', stopReason: toStopReason(this.#stopReason, this.#calls.size) },
    ];
  }

  #blockStarted(piece: AnthropicPiece & { type: 'content_block_start' }): readonly ModelEvent[] {
    const block = piece.content_block;
    if (block === undefined) return [];
    if (block.type === 'text') return block.text === '' ? [] : [{ type: 'text_delta', text: block.text }];
    const index = this.#calls.size;
    this.#calls.set(piece.index, { index, input: block.input, received: false });
    return [{ type: 'tool_call_started', index, id: block.id, name: block.name }];
  }

  #blockGrew({ delta, index }: AnthropicPiece & { type: 'content_block_delta' }): readonly ModelEvent[] {
    if (delta === undefined) return [];
    if (delta.type === 'text_delta') return [{ type: 'text_delta', text: delta.text }];
    const call = this.#calls.get(index);
    if (call === undefined || delta.partial_json === '') return [];
    call.received = true;
    return [{ type: 'tool_call_delta', index: call.index, argumentsText: delta.partial_json }];
  }

  #blockStopped(blockIndex: number): readonly ModelEvent[] {
    const call = this.#calls.get(blockIndex);
    if (call === undefined || call.received || !hasFields(call.input)) return [];
    return [{ type: 'tool_call_delta', index: call.index, argumentsText: JSON.stringify(call.input) }];
  }
}

const toParameters = (request: ModelRequest): Anthropic.Messages.MessageCreateParamsStreaming => ({
  model: request.model,
  max_tokens: request.maxOutputTokens,
  ...(request.system === '' ? {} : { system: request.system }),
  // SAFETY: `toAnthropicMessages` builds exactly these blocks; only `readonly` differs from the SDK's types.
  messages: toAnthropicMessages(request.messages) as Anthropic.Messages.MessageParam[],
  ...(request.tools.length === 0
    ? {}
    : {
        tools: request.tools.map((tool) => ({
          name: tool.name,
          description: tool.description,
          input_schema: { ...tool.parameters, type: 'object' as const },
          ...(tool.strict === true ? { strict: true } : {}),
        })),
      }),
  ...toAnthropicOptions(request),
  stream: true,
});

/** A client for Anthropic's models, or for another server that speaks their protocol. */
export const createAnthropicClient = (
  account: ProviderAccount,
  limits: CallLimits = defaultCallLimits,
): ModelClient => ({
  stream: (request, signal) =>
    runCall(limits, signal, () => ({
      reader: new AnthropicReader(),
      open: async (watch) => {
        const client = new Anthropic({
          apiKey: account.apiKey,
          authToken: null,
          baseURL: account.baseUrl ?? 'https://api.anthropic.com',
          maxRetries: 0,
          timeout: limits.totalMs + 1_000,
          fetch: watch.fetch,
          logLevel: 'off',
        });
        return client.messages.create(toParameters(request), {
          signal: watch.signal,
          headers: { 'idempotency-key': request.idempotencyKey },
        });
      },
    })),
});
