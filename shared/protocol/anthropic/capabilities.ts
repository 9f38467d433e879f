/**
 * What of a request for Anthropic's Messages another model cannot do. A field is refused by its name, or, where it
 * changes nothing about an answer, reported as one that had no effect; it is never dropped in silence.
 */
import type { ContentPart, ModelMessage, ModelOptions, ModelRequest } from '../../ports/model-client.ts';
import type { MessagesRequest } from '../../schemas/anthropic-messages.ts';
import type { Capabilities } from '../openai/capabilities.ts';
import { findTextFault } from '../openai/parts.ts';
import { invalidValue, unsupported, type OpenAiRefusal } from '../openai/error.ts';

/** Other providers take names of end users of this length; longer ones are not told. */
const longestUser = 64;

const hasPart = (messages: readonly ModelMessage[], type: ContentPart['type']): boolean =>
  messages.some(
    (message) => message.role !== 'assistant' && message.parts?.some((part) => part.type === type) === true,
  );

const findFileFault = (messages: readonly ModelMessage[], provider: string): string | undefined => {
  for (const message of messages) {
    for (const part of message.role === 'assistant' ? [] : (message.parts ?? [])) {
      if (part.type !== 'file') continue;
      if (part.source.type === 'url') return `${provider} models fetch no files; send the text itself.`;
      const fault = findTextFault(part.source.data, provider);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
};

const conflictNames: Readonly<Partial<Record<keyof ModelOptions, string>>> = {
  reasoningEffort: 'thinking',
  topK: 'top_k',
  topP: 'top_p',
  toolChoice: 'tool_choice',
  format: 'output_config.format',
};

/** What this very model cannot have together, or undefined. */
const findConflict = (request: ModelRequest, able: Capabilities): OpenAiRefusal | undefined => {
  const conflict = able.findConflict?.(request);
  if (conflict === undefined) return undefined;
  const name = conflictNames[conflict.option] ?? conflict.option;
  return unsupported(name, `${name}: the model '${request.model}' ${conflict.message}.`);
};

/** What of the request the model cannot do; undefined when there is nothing. */
export const findImpossible = (request: ModelRequest, able: Capabilities): OpenAiRefusal | undefined => {
  const { provider } = able;
  const { messages, options = {} } = request;
  if (options.topK !== undefined && able.topK !== true) {
    return unsupported('top_k', `top_k: ${provider} models have no such parameter.`);
  }
  if (hasPart(messages, 'image') && !able.images) {
    return unsupported('messages', `messages: ${provider} models take no images.`);
  }
  if (hasPart(messages, 'file') && !able.files && able.textFiles !== true) {
    return unsupported('messages', `messages: ${provider} models take no documents.`);
  }
  const fault = able.textFiles === true ? findFileFault(messages, provider) : undefined;
  if (fault !== undefined) return invalidValue('messages', `messages: ${fault}`);
  if (!able.blankStop && options.stop?.some((text) => text.trim() === '') === true) {
    return invalidValue('stop_sequences', `stop_sequences: ${provider} models do not stop at white space.`);
  }
  return findConflict(request, able);
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
export const userOf = ({ metadata }: MessagesRequest, able: Capabilities): string | undefined => {
  const user = metadata?.user_id;
  return typeof user === 'string' && able.user && user.length <= longestUser ? user : undefined;
};

/** The names of the fields that were taken and change nothing. */
export const findWithoutEffect = (request: MessagesRequest, able: Capabilities): readonly string[] => {
  const { metadata, thinking, output_config: output, tools = [] } = request;
  const isHeard = typeof metadata?.user_id !== 'string' || userOf(request, able) !== undefined;
  const hears = able.reasoning || able.tellsThoughts === true;
  const asksInVain = thinking !== undefined && (thinking.type === 'disabled' || !hears);
  return [
    ...(asksForCache(request) ? ['cache_control'] : []),
    ...hints.filter((name) => request[name] !== undefined && request[name] !== null),
    ...(isHeard ? [] : ['metadata']),
    ...(request.top_k !== undefined && able.isRuled === true ? ['top_k'] : []),
    ...(asksInVain ? ['thinking'] : []),
    ...(typeof output?.effort === 'string' && !able.reasoning ? ['output_config.effort'] : []),
    ...toolHints
      .filter((name) => tools.some((tool) => tool[name] !== undefined && tool[name] !== null))
      .map((name) => `tools.${name}`),
  ];
};
