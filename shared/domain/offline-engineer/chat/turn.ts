/** The part of a conversation that is answered now: the last thing a person said, and what tools answered since. */
import type { ContentPart, ModelMessage } from '../../../ports/model-client.ts';

export type ToolResult = Extract<ModelMessage, { role: 'tool' }>;

export interface Turn {
  readonly said: string;
  readonly parts: readonly ContentPart[];
  readonly results: readonly ToolResult[];
  /** Those of the calls that were made last, side by side. */
  readonly latest: readonly ToolResult[];
  /** What the person said before, oldest first. */
  readonly earlier: readonly string[];
}

const resultsIn = (messages: readonly ModelMessage[]): readonly ToolResult[] =>
  messages.filter((message): message is ToolResult => message.role === 'tool');

/** Reads it out of the messages; empty where no person has said anything. */
export const readTurn = (messages: readonly ModelMessage[]): Turn => {
  const index = messages.findLastIndex(({ role }) => role === 'user');
  const message = messages[index];
  const user = message?.role === 'user' ? message : undefined;
  return {
    said: user?.content ?? '',
    parts: user?.parts ?? [],
    results: resultsIn(messages.slice(index + 1)),
    latest: resultsIn(messages.slice(messages.findLastIndex(({ role }) => role !== 'tool') + 1)),
    earlier: messages.slice(0, Math.max(0, index)).flatMap(({ role, content }) => (role === 'user' ? [content] : [])),
  };
};
