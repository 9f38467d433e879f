/**
 * Our conversation in the form of Anthropic's Messages API (https://docs.anthropic.com/en/api/messages).
 * Its rules that ours does not have: turns alternate, all results of one turn's tool calls stand in one user message
 * before any text, text blocks are never empty, arguments are objects, and reasoning comes back only with its signature.
 */
import type { ContentPart, ModelMessage, ReasoningBlock, ToolCall } from '../../ports/model-client.ts';
import { textOfBase64 } from './media.ts';

/** Ends a prefix that the provider is to keep in its cache. */
export interface CacheControl {
  readonly type: 'ephemeral';
}

type AnthropicSource =
  | { readonly type: 'base64'; readonly media_type: string; readonly data: string }
  | { readonly type: 'text'; readonly media_type: 'text/plain'; readonly data: string }
  | { readonly type: 'url'; readonly url: string };

type AnthropicContent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly source: AnthropicSource }
  | { readonly type: 'document'; readonly source: AnthropicSource; readonly title?: string };

export type AnthropicBlock = (
  | AnthropicContent
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string }
  | {
      readonly type: 'tool_use';
      readonly id: string;
      readonly name: string;
      readonly input: Readonly<Record<string, unknown>>;
    }
  | {
      readonly type: 'tool_result';
      readonly tool_use_id: string;
      readonly content: string | readonly AnthropicContent[];
      readonly is_error: boolean;
    }
) & { readonly cache_control?: CacheControl };

export interface AnthropicMessage {
  readonly role: 'user' | 'assistant';
  readonly content: readonly AnthropicBlock[];
}

type TextBlock = Extract<AnthropicContent, { type: 'text' }>;

const textBlocks = (text: string): readonly TextBlock[] => (text.trim() === '' ? [] : [{ type: 'text', text }]);

const toSource = (source: Extract<ContentPart, { type: 'image' }>['source']): AnthropicSource =>
  source.type === 'url' ? source : { type: 'base64', media_type: source.mediaType, data: source.data };

/** A document of plain text is sent as text; every other one as it is, for the provider to take or to refuse. */
const toDocumentSource = (source: Extract<ContentPart, { type: 'file' }>['source']): AnthropicSource => {
  const text = source.type === 'base64' && source.mediaType === 'text/plain' ? textOfBase64(source.data) : undefined;
  return text === undefined ? toSource(source) : { type: 'text', media_type: 'text/plain', data: text };
};

const toContent = (part: ContentPart): readonly AnthropicContent[] => {
  switch (part.type) {
    case 'text':
      return textBlocks(part.text);
    case 'image':
      return [{ type: 'image', source: toSource(part.source) }];
    case 'file': {
      const title = part.name === undefined ? {} : { title: part.name };
      return [{ type: 'document', source: toDocumentSource(part.source), ...title }];
    }
  }
};

/** Arguments that the model wrote badly stay visible to it, under a name of ours. */
const parseArguments = (argumentsJson: string): Readonly<Record<string, unknown>> => {
  if (argumentsJson.trim() === '') return {};
  try {
    const parsed: unknown = JSON.parse(argumentsJson);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // Malformed: answered below like every other text that is not an object.
  }
  return { malformed_arguments: argumentsJson };
};

const toolUse = (call: ToolCall): AnthropicBlock => ({
  type: 'tool_use',
  id: call.id,
  name: call.name,
  input: parseArguments(call.argumentsJson),
});

/** Reasoning that is not signed is another provider's, which this one refuses. */
const thinking = (block: ReasoningBlock): readonly AnthropicBlock[] => {
  if (block.type === 'redacted') return [{ type: 'redacted_thinking', data: block.data }];
  return block.signature === undefined ? [] : [{ type: 'thinking', thinking: block.text, signature: block.signature }];
};

const convert = (message: ModelMessage): AnthropicMessage => {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: message.parts?.flatMap(toContent) ?? textBlocks(message.content) };
    case 'assistant': {
      const said = [...textBlocks(message.content), ...message.toolCalls.map(toolUse)];
      // A message must not end with what was thought.
      const thought = said.length === 0 ? [] : (message.reasoning ?? []).flatMap(thinking);
      return { role: 'assistant', content: [...thought, ...said] };
    }
    case 'tool':
      return {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: message.toolCallId,
            content: message.parts?.flatMap(toContent) ?? message.content,
            is_error: message.isError,
          },
        ],
      };
  }
};

const resultsFirst = (blocks: readonly AnthropicBlock[]): readonly AnthropicBlock[] => [
  ...blocks.filter((block) => block.type === 'tool_result'),
  ...blocks.filter((block) => block.type !== 'tool_result'),
];

/** Messages for the API; neighbours of one role are joined, empty ones are left out. */
export const toAnthropicMessages = (messages: readonly ModelMessage[]): readonly AnthropicMessage[] => {
  const joined: AnthropicMessage[] = [];
  for (const message of messages.map(convert)) {
    const last = joined.at(-1);
    if (message.content.length === 0) continue;
    if (last?.role === message.role) {
      joined[joined.length - 1] = { role: last.role, content: resultsFirst([...last.content, ...message.content]) };
    } else joined.push(message);
  }
  return joined;
};
