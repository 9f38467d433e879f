/** Shortening a conversation that a model can no longer read: old results and old arguments are cut, the course stays. */
import type { ModelMessage } from '../../ports/model-client.ts';

/** The newest messages are kept whole: they are what the model works on. */
const keptWhole = 6;
const keptLength = 600;

const cutText = (text: string): string =>
  text.length <= keptLength
    ? text
    : `${text.slice(0, keptLength)}\n[cut: ${text.length - keptLength} characters were left out to make room]`;

/** Arguments stay JSON, since providers read them again. */
const cutArguments = (argumentsJson: string): string =>
  argumentsJson.length <= keptLength ? argumentsJson : JSON.stringify({ cut: argumentsJson.slice(0, keptLength) });

const compactMessage = (message: ModelMessage): ModelMessage => {
  switch (message.role) {
    case 'assistant':
      return {
        ...message,
        content: cutText(message.content),
        toolCalls: message.toolCalls.map((call) => ({ ...call, argumentsJson: cutArguments(call.argumentsJson) })),
      };
    case 'tool':
      return { ...message, content: cutText(message.content) };
    case 'user':
      return message;
  }
};

/** The conversation with everything long cut, but the last messages. When those alone are too long they are cut as well. */
export const compactMessages = (
  messages: readonly ModelMessage[],
  maxCharacters = 200_000,
): readonly ModelMessage[] => {
  const from = messages.length - keptWhole;
  const compacted = messages.map((message, index) => (index < from ? compactMessage(message) : message));
  const length = compacted.reduce((sum, { content }) => sum + content.length, 0);
  return length <= maxCharacters ? compacted : compacted.map(compactMessage);
};
