/**
 * Our conversation in the form of Anthropic's Messages API (https://docs.anthropic.com/en/api/messages).
 * Its rules that ours does not have: turns alternate, all results of one turn's tool calls stand in one user message
 * before any text, text blocks are never empty, and arguments are objects.
 */
import type { ModelMessage, ToolCall } from '../../ports/model-client.ts';

export type AnthropicBlock =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'tool_use';
      readonly id: string;
      readonly name: string;
      readonly input: Readonly<Record<string, unknown>>;
    }
  | {
      readonly type: 'tool_result';
      readonly tool_use_id: string;
      readonly content: string;
      readonly is_error: boolean;
    };

export interface AnthropicMessage {
  readonly role: 'user' | 'assistant';
  readonly content: readonly AnthropicBlock[];
}

const textBlocks = (text: string): readonly AnthropicBlock[] => (text.trim() === '' ? [] : [{ type: 'text', text }]);

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

const convert = (message: ModelMessage): AnthropicMessage => {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: textBlocks(message.content) };
    case 'assistant':
      return { role: 'assistant', content: [...textBlocks(message.content), ...message.toolCalls.map(toolUse)] };
    case 'tool':
      return {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: message.toolCallId,
            content: message.content,
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
