/**
 * OpenAI's Chat Completions behind our port, over the official SDK; also for the many servers that speak the same
 * protocol. Retries are ours, so the SDK's are off.
 */
import OpenAI from 'openai';
import { toOpenAiMessages } from '../../domain/model/openai-messages.ts';
import { toOpenAiOptions } from '../../domain/model/openai-options.ts';
import type { WireQuirks } from '../../domain/model/providers/provider.ts';
import type { ModelClient, ModelRequest } from '../../ports/model-client.ts';
import type { ProviderAccount } from './anthropic.ts';
import { defaultCallLimits, type CallLimits } from './call-watch.ts';
import { OpenAiReader } from './openai-reader.ts';
import { runCall } from './run-call.ts';

/** The request as OpenAI's wire has it, with what this server wants otherwise. */
export const toParameters = (
  request: ModelRequest,
  { tokenLimit = 'max_completion_tokens', streamOptions = true, reasoning }: WireQuirks,
): OpenAI.Chat.Completions.ChatCompletionCreateParamsStreaming => ({
  model: request.model,
  // SAFETY: `toOpenAiMessages` builds exactly these messages; only `readonly` differs from the SDK's types.
  messages: toOpenAiMessages(
    request.system,
    request.messages,
    reasoning,
  ) as OpenAI.Chat.Completions.ChatCompletionMessageParam[],
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
  [tokenLimit]: request.maxOutputTokens,
  stream: true,
  ...(streamOptions ? { stream_options: { include_usage: true } } : {}),
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
