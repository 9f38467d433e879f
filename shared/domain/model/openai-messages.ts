/** Our conversation in the form of OpenAI's Chat Completions (https://platform.openai.com/docs/api-reference/chat). */
import type { ModelMessage } from '../../ports/model-client.ts';

export type OpenAiMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | {
      readonly role: 'assistant';
      readonly content: string | null;
      readonly tool_calls?: readonly {
        readonly id: string;
        readonly type: 'function';
        readonly function: { readonly name: string; readonly arguments: string };
      }[];
    }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

const convert = (message: ModelMessage): OpenAiMessage => {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: message.content };
    case 'assistant':
      return {
        role: 'assistant',
        content: message.content === '' && message.toolCalls.length > 0 ? null : message.content,
        ...(message.toolCalls.length === 0
          ? {}
          : {
              tool_calls: message.toolCalls.map((call) => ({
                id: call.id,
                type: 'function' as const,
                function: { name: call.name, arguments: call.argumentsJson === '' ? '{}' : call.argumentsJson },
              })),
            }),
      };
    case 'tool':
      // The protocol has no field for a failed tool, so the text says it.
      return {
        role: 'tool',
        tool_call_id: message.toolCallId,
        content: message.isError ? `Error: ${message.content}` : message.content,
      };
  }
};

/** The system text first, where there is one, then the conversation. */
export const toOpenAiMessages = (system: string, messages: readonly ModelMessage[]): readonly OpenAiMessage[] => [
  ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
  ...messages.map(convert),
];
