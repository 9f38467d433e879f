/**
 * OpenAI's Chat Completions behind our port, over the official SDK; also for the many servers that speak the same
 * protocol. Retries are ours, so the SDK's are off.
 */
import OpenAI from 'openai';
import { createFailure } from '../../domain/model/failure.ts';
import { toOpenAiMessages } from '../../domain/model/openai-messages.ts';
import { toOpenAiOptions } from '../../domain/model/openai-options.ts';
import type { WireQuirks } from '../../domain/model/providers/provider.ts';
import { toStopReason } from '../../domain/model/stop-reason.ts';
import type { ModelClient, ModelEvent, ModelRequest, ModelUsage } from '../../ports/model-client.ts';
import type { ProviderAccount } from './anthropic.ts';
import { defaultCallLimits, type CallLimits } from './call-watch.ts';
import { openAiPiece, readOpenAiUsage, type OpenAiDelta, type OpenAiToolCall } from './openai-piece.ts';
import { runCall, wrongShape, type StreamReader } from './run-call.ts';

/** Folds OpenAI's chunks into our events. */
export class OpenAiReader implements StreamReader {
  readonly #started = new Set<number>();
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
    this.#finishReason = choice.finish_reason ?? this.#finishReason;
    return choice.delta === undefined || choice.delta === null ? [] : this.#grew(choice.delta);
  }

  end(): readonly ModelEvent[] {
    if (this.#finishReason === undefined) {
      const failure = this.#understood
        ? createFailure('connection_lost', 'The answer ended before it was complete.')
        : createFailure('malformed_response', 'The provider sent an empty stream.');
      return [{ type: 'failed', failure }];
    }
    const stopReason = this.#refused ? 'refusal' : toStopReason(this.#finishReason, this.#started.size);
    return [
      ...(this.#usage === undefined ? [] : [{ type: 'usage' as const, usage: this.#usage }]),
      { type: 'finished', stopReason },
    ];
  }

  #grew(delta: OpenAiDelta): readonly ModelEvent[] {
    const events: ModelEvent[] = [];
    if (typeof delta.content === 'string' && delta.content !== '') {
      events.push({ type: 'text_delta', text: delta.content });
    }
    if (typeof delta.refusal === 'string' && delta.refusal !== '') {
      this.#refused = true;
      events.push({ type: 'text_delta', text: delta.refusal });
    }
    for (const call of delta.tool_calls ?? []) events.push(...this.#callGrew(call));
    return events;
  }

  #callGrew(call: OpenAiToolCall): readonly ModelEvent[] {
    // Some servers leave the index out when there is one call only, and some leave the id out.
    const index = call.index ?? 0;
    const events: ModelEvent[] = [];
    if (!this.#started.has(index)) {
      this.#started.add(index);
      const name = call.function?.name ?? '';
      events.push({ type: 'tool_call_started', index, id: call.id ?? `call_${index}`, name });
    }
    const argumentsText = call.function?.arguments ?? '';
    if (argumentsText !== '') events.push({ type: 'tool_call_delta', index, argumentsText });
    return events;
  }
}

/** The request as OpenAI's wire has it, with what this server wants otherwise. */
export const toParameters = (
  request: ModelRequest,
  quirks: WireQuirks,
): OpenAI.Chat.Completions.ChatCompletionCreateParamsStreaming => ({
  model: request.model,
  // SAFETY: `toOpenAiMessages` builds exactly these messages; only `readonly` differs from the SDK's types.
  messages: toOpenAiMessages(request.system, request.messages) as OpenAI.Chat.Completions.ChatCompletionMessageParam[],
  ...(request.tools.length === 0
    ? {}
    : {
        tools: request.tools.map((tool) => ({
          type: 'function' as const,
          function: {
            name: tool.name,
            description: tool.description,
            parameters: { ...tool.parameters },
            ...(tool.strict === true ? { strict: true } : {}),
          },
        })),
      }),
  ...toOpenAiOptions(request),
  [quirks.tokenLimit ?? 'max_completion_tokens']: request.maxOutputTokens,
  stream: true,
  ...(quirks.streamOptions === false ? {} : { stream_options: { include_usage: true } }),
});

/** A client for OpenAI's models, or for another server that speaks their protocol. */
export const createOpenAiClient = (
  account: ProviderAccount,
  limits: CallLimits = defaultCallLimits,
  quirks: WireQuirks = {},
): ModelClient => ({
  stream: (request, signal) =>
    runCall(limits, signal, () => ({
      reader: new OpenAiReader(),
      open: async (watch) => {
        const client = new OpenAI({
          apiKey: account.apiKey,
          baseURL: account.baseUrl ?? 'https://api.openai.com/v1',
          maxRetries: 0,
          timeout: limits.totalMs + 1_000,
          fetch: watch.fetch,
          logLevel: 'off',
        });
        return client.chat.completions.create(toParameters(request, quirks), {
          signal: watch.signal,
          headers: { ...quirks.headers, 'idempotency-key': request.idempotencyKey },
        });
      },
    })),
});
