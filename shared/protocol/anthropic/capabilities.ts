/**
 * What of a request for Anthropic's Messages another model cannot do. A field is refused by its name, or, where it
 * changes nothing about an answer, reported as one that had no effect; it is never dropped in silence.
 */
import type { ModelMessage } from '../../ports/model-client.ts';
import type { MessagesRequest } from '../../schemas/anthropic-messages.ts';
import { unsupported, type OpenAiRefusal } from '../openai/error.ts';

export interface MessagesCapabilities {
  /** For sentences: `openai`. */
  readonly provider: string;
  /** Reads images and documents. */
  readonly media: boolean;
  /** Samples at all, so that `top_k` would have to mean something. */
  readonly samples: boolean;
  /** Thinks when it is asked to. */
  readonly thinks: boolean;
  /** Longest name of an end user, in characters; 0 where the provider is not told. */
  readonly longestUser: number;
}

/** Models behind OpenAI's wire, of which nothing more is known. */
export const remoteMessages = (provider: string): MessagesCapabilities => ({
  provider,
  media: true,
  samples: true,
  thinks: true,
  longestUser: 64,
});

/** The offline engineer: rule-based, and always alike. */
export const offlineMessages: MessagesCapabilities = {
  provider: 'offline',
  media: true,
  samples: false,
  thinks: false,
  longestUser: 0,
};

/** What of the request the model cannot do; undefined when there is nothing. */
export const findImpossible = (
  request: Pick<MessagesRequest, 'top_k'>,
  messages: readonly ModelMessage[],
  able: MessagesCapabilities,
): OpenAiRefusal | undefined => {
  const { provider } = able;
  if (request.top_k !== undefined && able.samples) {
    return unsupported('top_k', `top_k: ${provider} models have no such parameter.`);
  }
  const hasMedia = messages.some((message) => message.role !== 'assistant' && message.parts !== undefined);
  return hasMedia && !able.media
    ? unsupported('messages', `messages: ${provider} models read text alone, no images or documents.`)
    : undefined;
};

/** Hints about contexts, caches, storage and transport, and labels: an answer is the same with and without them. */
const hints = ['context_management', 'diagnostics', 'service_tier', 'thread', 'user_profile_id'] as const;

const toolHints = ['defer_loading', 'eager_input_streaming', 'input_examples'] as const;

type Marked = { readonly cache_control?: unknown; readonly content?: unknown };

const isMarked = ({ cache_control: mark, content }: Marked): boolean =>
  (mark !== undefined && mark !== null) || (Array.isArray(content) && content.some((block: Marked) => isMarked(block)));

/** True where the caller marked what a provider should cache. */
export const asksForCache = ({ cache_control: mark, system, tools = [], messages }: MessagesRequest): boolean =>
  isMarked({ cache_control: mark, content: system }) || tools.some(isMarked) || messages.some(isMarked);

/** The user's name, where the provider takes one of this length. */
export const userOf = ({ metadata }: MessagesRequest, able: MessagesCapabilities): string | undefined => {
  const user = metadata?.user_id;
  return typeof user === 'string' && user.length <= able.longestUser ? user : undefined;
};

/** The names of the fields that were taken and change nothing. */
export const findWithoutEffect = (request: MessagesRequest, able: MessagesCapabilities): readonly string[] => {
  const { metadata, thinking, output_config: output, tools = [] } = request;
  const isHeard = typeof metadata?.user_id !== 'string' || userOf(request, able) !== undefined;
  const asksToThink = thinking !== undefined && (thinking.type === 'disabled' || !able.thinks);
  return [
    ...(asksForCache(request) ? ['cache_control'] : []),
    ...hints.filter((name) => request[name] !== undefined && request[name] !== null),
    ...(isHeard ? [] : ['metadata']),
    ...(request.top_k !== undefined ? ['top_k'] : []),
    ...(asksToThink ? ['thinking'] : []),
    ...(typeof output?.effort === 'string' && !able.thinks ? ['output_config.effort'] : []),
    ...toolHints
      .filter((name) => tools.some((tool) => tool[name] !== undefined && tool[name] !== null))
      .map((name) => `tools.${name}`),
  ];
};
