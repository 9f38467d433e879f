/** Anthropic's Messages as a wire that is passed on: signatures, cache marks and tools of its own arrive as they were. */
import { MessageJudge } from '../../protocol/anthropic/message-judge.ts';
import { UsageReader } from '../../protocol/anthropic/usage.ts';
import type { ProviderAccount } from './anthropic.ts';
import { PassThroughFrames } from './pass-through-frames.ts';
import type { PassedWire } from './pass-through.ts';

/** The version of the wire that is spoken here, whatever the caller says. */
const version = '2023-06-01';

export interface AnthropicExtras {
  /** The caller's `anthropic-beta`. */
  readonly betas?: string | undefined;
  /** The caller's `?beta=true`. */
  readonly isBeta: boolean;
}

const addressOf = ({ baseUrl }: ProviderAccount, path: string, { isBeta }: AnthropicExtras): string =>
  `${(baseUrl ?? 'https://api.anthropic.com').replace(/\/+$/, '')}/v1/messages${path}${isBeta ? '?beta=true' : ''}`;

const headersOf = ({ apiKey }: ProviderAccount, { betas }: AnthropicExtras): Readonly<Record<string, string>> => ({
  'x-api-key': apiKey,
  'anthropic-version': version,
  ...(betas === undefined ? {} : { 'anthropic-beta': betas }),
});

const usageOf = ({ usage }: Readonly<Record<string, unknown>>) => {
  const reader = new UsageReader();
  reader.note(usage);
  return reader.usage;
};

/** `POST /v1/messages`. No end mark is ever added: without `message_stop` an answer is not finished. */
export const anthropicMessages = (extras: AnthropicExtras): PassedWire => ({
  address: (account) => addressOf(account, '', extras),
  headers: (account) => headersOf(account, extras),
  isAnswer: ({ type, content }) => type === 'message' && Array.isArray(content),
  usageOf,
  frames: (_request, maxEventBytes) => new PassThroughFrames(new MessageJudge(), '', maxEventBytes),
});

/** `POST /v1/messages/count_tokens`. */
export const anthropicTokenCount = (extras: AnthropicExtras): PassedWire => ({
  ...anthropicMessages(extras),
  address: (account) => addressOf(account, '/count_tokens', extras),
  isAnswer: ({ input_tokens: count }) => typeof count === 'number',
});
