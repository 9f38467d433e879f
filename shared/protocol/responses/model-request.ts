/**
 * A request in our form. What cannot be had is refused here, before anything is sent; what a provider can do is judged by
 * the same table as for chat completions, in whose words the parameters are put for that.
 */
import { err, ok, type Result } from '../../errors/result.ts';
import type { ModelOptions, ModelRequest, ToolChoice } from '../../ports/model-client.ts';
import type { ChatRequest } from '../../schemas/openai-chat.ts';
import type { ResponsesRequest } from '../../schemas/responses.ts';
import type { Capabilities } from '../openai/capabilities.ts';
import { unsupported, type OpenAiRefusal } from '../openai/error.ts';
import { toModelRequest } from '../openai/model-request.ts';
import { noMessage, readConversation, type PlacedItem } from './input.ts';
import { readResponseTools, type GivenTool, type ReadTools } from './tools.ts';

export interface TranslatedResponse {
  readonly request: ModelRequest;
  /** Parameters that were taken and change nothing, for the answer to say so. */
  readonly withoutEffect: readonly string[];
  readonly tools: ReadonlyMap<string, GivenTool>;
  readonly callIds: ReadonlySet<string>;
}

type Check = readonly [param: string, isAsked: (request: ResponsesRequest) => boolean, reason: string];

const isSet = (value: unknown): boolean => value !== undefined && value !== null;

/** What no model can have here. */
const impossible: readonly Check[] = [
  [
    'background',
    (request) => isSet(request.background) && request.background !== false,
    'Answers are not made in the background here.',
  ],
  [
    'context_management',
    (request) => isSet(request.context_management),
    'Conversations are not compacted unasked here; use POST /v1/responses/compact.',
  ],
  ['moderation', (request) => isSet(request.moderation), 'There is no moderation here.'],
  ['prompt', (request) => isSet(request.prompt), "There are no stored prompts here; use 'instructions'."],
  ['truncation', (request) => request.truncation === 'auto', 'Nothing is left out of a conversation here.'],
  [
    'stream_options',
    (request) => isSet(request.stream_options) && request.stream !== true,
    "'stream_options' is only for streamed answers.",
  ],
];

/** The names of chat completions, and ours for the same. */
const ownNames: readonly (readonly [chat: string, own: string])[] = [
  ['response_format.json_schema', 'text.format'],
  ['response_format', 'text.format'],
  ['reasoning_effort', 'reasoning.effort'],
  ['verbosity', 'text.verbosity'],
  ['max_completion_tokens', 'max_output_tokens'],
];

const ownName = (text: string): string =>
  ownNames.reduce((renamed, [chat, own]) => renamed.replaceAll(chat, own), text);

const inOwnWords = ({ error, ...refusal }: OpenAiRefusal): OpenAiRefusal => ({
  ...refusal,
  error: { ...error, message: ownName(error.message), param: error.param === null ? null : ownName(error.param) },
});

const toChatChoice = (choice: ToolChoice): NonNullable<ChatRequest['tool_choice']> =>
  choice.type === 'named' ? { type: 'function', function: { name: choice.name } } : choice.type;

/** Everything but the conversation, in whose place stands a word. */
const inChatWords = (request: ResponsesRequest, { definitions, choice }: ReadTools): ChatRequest => {
  const { text, reasoning } = request;
  const format = text?.format ?? undefined;
  return {
    model: request.model,
    messages: [{ role: 'user', content: '-' }],
    tools: definitions.map((definition) => ({ type: 'function', function: definition })),
    tool_choice: choice === undefined ? undefined : toChatChoice(choice),
    parallel_tool_calls: request.parallel_tool_calls,
    temperature: request.temperature,
    top_p: request.top_p,
    user: request.user,
    max_completion_tokens: request.max_output_tokens,
    reasoning_effort: reasoning?.effort,
    verbosity: text?.verbosity,
    service_tier: request.service_tier,
    frequency_penalty: request.frequency_penalty,
    presence_penalty: request.presence_penalty,
    prompt_cache_key: request.prompt_cache_key,
    prompt_cache_options: request.prompt_cache_options,
    prompt_cache_retention: request.prompt_cache_retention,
    safety_identifier: request.safety_identifier,
    ...(format === undefined
      ? {}
      : {
          response_format:
            format.type === 'json_schema' && format.name !== undefined
              ? { type: format.type, json_schema: { ...format, name: format.name } }
              : { type: format.type },
        }),
  };
};

/** How many likeliest tokens the answer is to show for each of its own; undefined where none is to be shown. */
const readTopLogprobs = (request: ResponsesRequest, able: Capabilities): Result<number | undefined, OpenAiRefusal> => {
  const isIncluded = request.include?.includes('message.output_text.logprobs') === true;
  const top = request.top_logprobs ?? 0;
  if (!isIncluded && top === 0) return ok(undefined);
  if (able.logprobs === true) return ok(top);
  return err(unsupported(isIncluded ? 'include' : 'top_logprobs', `${able.provider} models tell no logprobs here.`));
};

/** Parameters that never change an answer here: a label, and a limit of calls of the provider's own tools. */
const labels = ['client_metadata', 'max_tool_calls'] as const;

/**
 * `items` is the conversation so far with the request's own input at its end; `model` the name that the provider knows.
 */
export const toResponseModelRequest = (
  request: ResponsesRequest,
  items: readonly PlacedItem[],
  able: Capabilities,
  call: { readonly model: string; readonly idempotencyKey: string },
): Result<TranslatedResponse, OpenAiRefusal> => {
  const refused = impossible.find(([, isAsked]) => isAsked(request));
  if (refused !== undefined) return err(unsupported(refused[0], refused[2]));
  const topLogprobs = readTopLogprobs(request, able);
  if (!topLogprobs.ok) return topLogprobs;
  const tools = readResponseTools(request);
  if (!tools.ok) return tools;
  const judged = toModelRequest(inChatWords(request, tools.value), able, call);
  if (!judged.ok) return err(inOwnWords(judged.error));
  const conversation = readConversation(items, able);
  if (!conversation.ok) return conversation;
  const { system, messages, callIds } = conversation.value;
  // What is only prepared may be all that stands before the first message.
  if (messages.length === 0 && request.generate !== false) return err(noMessage);
  const isContinued = [request.previous_response_id, request.conversation, request.prompt_cache_key].some(isSet);
  const options: ModelOptions = {
    ...judged.value.request.options,
    ...(isContinued ? { promptCaching: true } : {}),
    ...(topLogprobs.value === undefined ? {} : { topLogprobs: topLogprobs.value }),
  };
  return ok({
    request: {
      ...judged.value.request,
      system: [request.instructions ?? '', system].filter((text) => text !== '').join('\n\n'),
      messages,
      options,
    },
    withoutEffect: [
      ...judged.value.withoutEffect.map(ownName),
      ...labels.filter((name) => isSet(request[name])),
      ...tools.value.withoutEffect,
    ],
    tools: tools.value.given,
    callIds,
  });
};
