/** A whole request in the words of Anthropic's Messages API, with marks for its prompt cache where they are wanted. */
import type { JsonSchema, ModelRequest, ToolDefinition } from '../../ports/model-client.ts';
import {
  toAnthropicMessages,
  type AnthropicBlock,
  type AnthropicMessage,
  type CacheControl,
} from './anthropic-messages.ts';
import { toAnthropicOptions, type AnthropicOptions } from './anthropic-options.ts';

interface AnthropicTool {
  readonly name: string;
  readonly description: string;
  readonly input_schema: JsonSchema & { readonly type: 'object' };
  readonly strict?: true;
  readonly cache_control?: CacheControl;
}

export interface AnthropicRequest extends AnthropicOptions {
  readonly model: string;
  readonly max_tokens: number;
  readonly system?:
    | string
    | readonly [{ readonly type: 'text'; readonly text: string; readonly cache_control: CacheControl }];
  readonly messages: readonly AnthropicMessage[];
  readonly tools?: readonly AnthropicTool[];
  readonly stream: true;
}

const ephemeral = { cache_control: { type: 'ephemeral' } } as const;

const isCacheable = ({ type }: AnthropicBlock): boolean => type !== 'thinking' && type !== 'redacted_thinking';

/** The mark ends the conversation so far, so that the next, longer request finds it in the cache. */
const markConversation = (messages: readonly AnthropicMessage[]): readonly AnthropicMessage[] => {
  const last = messages.at(-1);
  const place = last?.content.findLastIndex(isCacheable) ?? -1;
  const block = last?.content[place];
  if (last === undefined || block === undefined) return messages;
  return messages.with(messages.length - 1, {
    role: last.role,
    content: last.content.with(place, { ...block, ...ephemeral }),
  });
};

const toTool = (tool: ToolDefinition): AnthropicTool => ({
  name: tool.name,
  description: tool.description,
  input_schema: { ...tool.parameters, type: 'object' },
  ...(tool.strict === true ? { strict: true } : {}),
});

/**
 * The body of `POST /v1/messages`. With `promptCaching` the tools, the system text and the conversation are each ended
 * by a mark: three of the four that the API allows.
 */
export const toAnthropicRequest = (request: ModelRequest): AnthropicRequest => {
  const { system, options = {} } = request;
  const cached = options.promptCaching === true;
  const messages = toAnthropicMessages(request.messages);
  const tools = request.tools.map((tool, index) =>
    cached && index === request.tools.length - 1 ? { ...toTool(tool), ...ephemeral } : toTool(tool),
  );
  return {
    model: request.model,
    max_tokens: request.maxOutputTokens,
    ...(system === '' ? {} : { system: cached ? [{ type: 'text', text: system, ...ephemeral }] : system }),
    messages: cached ? markConversation(messages) : messages,
    ...(tools.length === 0 ? {} : { tools }),
    ...toAnthropicOptions(request),
    stream: true,
  };
};
