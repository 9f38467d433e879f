/** Anthropic's Messages API behind our port, over the official SDK. Retries are ours, so the SDK's are off. */
import Anthropic from '@anthropic-ai/sdk';
import { toAnthropicRequest } from '../../domain/model/anthropic-request.ts';
import { findAnthropicConflict, type OptionConflict } from '../../domain/model/anthropic-thinking.ts';
import { createFailure } from '../../domain/model/failure.ts';
import type { ModelClient, ModelEvent, ModelRequest } from '../../ports/model-client.ts';
import { AnthropicReader } from './anthropic-reader.ts';
import { defaultCallLimits, type CallLimits } from './call-watch.ts';
import { runCall } from './run-call.ts';

export interface ProviderAccount {
  readonly apiKey: string;
  /** Another address that speaks the same protocol. */
  readonly baseUrl?: string | undefined;
  /** What it is called where the key must not be seen; absent: a hash of the key. */
  readonly id?: string;
  /** A workspace's own credential, as people call it: `openai/main`. */
  readonly credential?: string;
}

const toParameters = (request: ModelRequest): Anthropic.Messages.MessageCreateParamsStreaming =>
  // SAFETY: `toAnthropicRequest` builds exactly these fields; only `readonly` differs from the SDK's types, and a media
  // type may be one that the API refuses in its own words.
  toAnthropicRequest(request) as unknown as Anthropic.Messages.MessageCreateParamsStreaming;

/** The answer to a request that the provider has no words for. */
async function* refuse({ message }: OptionConflict): AsyncGenerator<ModelEvent> {
  yield { type: 'failed', failure: createFailure('invalid_request', `The model ${message}.`) };
}

/** A client for Anthropic's models, or for another server that speaks their protocol. */
export const createAnthropicClient = (
  account: ProviderAccount,
  limits: CallLimits = defaultCallLimits,
): ModelClient => ({
  stream: (request, signal) => {
    const conflict = findAnthropicConflict(request);
    if (conflict !== undefined) return refuse(conflict);
    return runCall(limits, signal, () => ({
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
    }));
  },
});
