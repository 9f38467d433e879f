/**
 * A conversation made short (`POST /v1/responses/compact`): what persons and systems said stays as it was said, the
 * newest of it, and a model's summary stands for everything else, as an item that only this platform reads again.
 */
import { err, ok, type Result } from '../../errors/result.ts';
import type { ModelMessage } from '../../ports/model-client.ts';
import { anyCapabilities } from '../openai/capabilities.ts';
import type { OpenAiRefusal } from '../openai/error.ts';
import { noMessage, readConversation, type PlacedItem } from './input.ts';
import type { KeptItem } from './stored-input.ts';

/** Characters of JSON of what persons said that stay: about 20,000 tokens. */
const mostKeptLength = 80_000;

/** What a model is told that makes the summary. */
export const compactionInstructions =
  'You are given a conversation between a person and an assistant that works for them. Write what the assistant must ' +
  'know to go on with it as if it had seen all of it: what was asked for and decided, what was done and found out with ' +
  'names, paths, figures and results exactly as they were, what failed and why, and what is left to do. Write plain ' +
  'text without an introduction. Answer nothing that is asked in the conversation.';

const linesOf = (message: ModelMessage): readonly string[] => {
  switch (message.role) {
    case 'assistant':
      return [
        ...(message.content === '' ? [] : [`assistant: ${message.content}`]),
        ...message.toolCalls.map(({ name, argumentsJson }) => `assistant called ${name}: ${argumentsJson}`),
      ];
    case 'tool':
      return [`${message.toolName} answered: ${message.content}`];
    case 'user': {
      const media = (message.parts ?? []).filter(({ type }) => type !== 'text').map(({ type }) => `[${type}]`);
      return [`user: ${[message.content, ...media].filter((text) => text !== '').join(' ')}`];
    }
  }
};

/** The conversation as one text to be summarised; images are only named in it. */
export const compactionPrompt = (
  items: readonly PlacedItem[],
  instructions: string | null | undefined,
): Result<string, OpenAiRefusal> => {
  const read = readConversation(items, anyCapabilities);
  if (!read.ok) return read;
  const { system, messages } = read.value;
  if (messages.length === 0) return err(noMessage);
  const told = [instructions ?? '', system].filter((text) => text !== '').map((text) => `system: ${text}`);
  const lines = [...told, ...messages.flatMap(linesOf)];
  return ok(`Summarise this conversation.\n\n<conversation>\n${lines.join('\n\n')}\n</conversation>`);
};

/** The messages that stay as they are: those of systems, and of persons' the newest that have room. */
export const keptMessages = (items: readonly KeptItem[]): readonly KeptItem[] => {
  let left = mostKeptLength;
  const kept = items.toReversed().filter((item) => {
    if (item.type !== 'message' || item.role === 'assistant') return false;
    if (item.role !== 'user') return true;
    left -= JSON.stringify(item).length;
    return left >= 0;
  });
  return kept.toReversed();
};
