/**
 * Anthropic's messages as ours. Messages of the system become one system text, wherever they stood; results of tools
 * come before the rest of their message and are checked against their calls, because providers refuse loose ones in
 * words that nobody understands.
 */
import { err, ok, type Result } from '../../errors/result.ts';
import type { ModelMessage, ReasoningBlock, ToolCall } from '../../ports/model-client.ts';
import type {
  MessagesRequest,
  SentAssistantBlock,
  SentMessage,
  SentUserBlock,
} from '../../schemas/anthropic-messages.ts';
import { invalidValue, type OpenAiRefusal } from '../openai/error.ts';
import { readContent, textOf } from './content.ts';

interface TranslatedMessages {
  readonly system: string;
  readonly messages: readonly ModelMessage[];
}

type ToolResult = Extract<SentUserBlock, { type: 'tool_result' }>;
type ToolUse = Extract<SentAssistantBlock, { type: 'tool_use' }>;

const isResult = (block: SentUserBlock): block is ToolResult => block.type === 'tool_result';

const isThought = (block: SentAssistantBlock) => block.type === 'thinking' || block.type === 'redacted_thinking';

const reasoningOf = (blocks: readonly SentAssistantBlock[]): readonly ReasoningBlock[] =>
  blocks.filter(isThought).flatMap((block): readonly ReasoningBlock[] => {
    if (block.type === 'redacted_thinking') return [{ type: 'redacted', data: block.data }];
    const { thinking: text, signature } = block;
    return [{ type: 'text', text, ...(signature === '' ? {} : { signature }) }];
  });

/** Reads a conversation from its start; remembers which calls wait for a result. */
class Reader {
  readonly #keepFiles: boolean;
  readonly #system: string[] = [];
  readonly #messages: ModelMessage[] = [];
  readonly #seen = new Set<string>();
  readonly #waiting = new Map<string, string>();

  constructor(system: string, keepFiles: boolean) {
    this.#system.push(system);
    this.#keepFiles = keepFiles;
  }

  /** The refusal of this message, or undefined when it was taken in. */
  add(message: SentMessage, place: string): OpenAiRefusal | undefined {
    switch (message.role) {
      case 'system':
        this.#system.push(textOf(message.content));
        return undefined;
      case 'user':
        return this.#asked(message.content, place);
      case 'assistant':
        return this.#waiting.size > 0 ? this.#unanswered(place) : this.#answered(message.content, place);
    }
  }

  end(): Result<TranslatedMessages, OpenAiRefusal> {
    if (this.#waiting.size > 0) return err(this.#unanswered('messages'));
    const last = this.#messages.at(-1);
    if (last === undefined) return err(invalidValue('messages', 'messages: at least one must say something.'));
    if (last.role === 'assistant') {
      const reason =
        'this model cannot go on with an answer that was begun for it, so the last one must be of the user';
      return err(invalidValue('messages', `messages: ${reason}.`));
    }
    return ok({ system: this.#system.filter((text) => text !== '').join('\n\n'), messages: this.#messages });
  }

  #asked(content: string | readonly SentUserBlock[], place: string): OpenAiRefusal | undefined {
    const blocks = typeof content === 'string' ? [] : content;
    for (const [index, block] of blocks.entries()) {
      const refusal = isResult(block) ? this.#resulted(block, `${place}.content.${index}`) : undefined;
      if (refusal !== undefined) return refusal;
    }
    if (this.#waiting.size > 0) return this.#unanswered(place);
    const rest = typeof content === 'string' ? content : content.filter((block) => !isResult(block));
    if (rest.length > 0) this.#messages.push({ role: 'user', ...readContent(rest, this.#keepFiles) });
    return undefined;
  }

  #resulted(block: ToolResult, place: string): OpenAiRefusal | undefined {
    const { tool_use_id: id } = block;
    const toolName = this.#waiting.get(id);
    if (toolName === undefined) {
      const reason = 'must be the id of a tool_use block of the message before, each answered once';
      return invalidValue(`${place}.tool_use_id`, `${place}.tool_use_id: ${reason}.`);
    }
    this.#waiting.delete(id);
    const isError = block.is_error === true;
    this.#messages.push({ role: 'tool', toolCallId: id, toolName, isError, ...readContent(block.content) });
    return undefined;
  }

  #answered(content: string | readonly SentAssistantBlock[], place: string): OpenAiRefusal | undefined {
    const blocks: readonly SentAssistantBlock[] =
      typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    const toolCalls: ToolCall[] = [];
    for (const [index, block] of blocks.entries()) {
      if (block.type !== 'tool_use') continue;
      const refusal = this.#called(block, `${place}.content.${index}`);
      if (refusal !== undefined) return refusal;
      toolCalls.push({ id: block.id, name: block.name, argumentsJson: JSON.stringify(block.input) });
    }
    // A sentence that quotes is cut into blocks where it quotes.
    const text = blocks.map((block) => (block.type === 'text' ? block.text : '')).join('');
    const reasoning = reasoningOf(blocks);
    if (text === '' && toolCalls.length === 0 && reasoning.length === 0) return undefined;
    this.#messages.push({
      role: 'assistant',
      content: text,
      toolCalls,
      ...(reasoning.length === 0 ? {} : { reasoning }),
    });
    return undefined;
  }

  #called({ id, name }: ToolUse, place: string): OpenAiRefusal | undefined {
    if (this.#seen.has(id)) return invalidValue(`${place}.id`, `${place}.id: there are two calls of the id '${id}'.`);
    this.#seen.add(id);
    this.#waiting.set(id, name);
    return undefined;
  }

  #unanswered(place: string): OpenAiRefusal {
    const ids = [...this.#waiting.keys()].join(', ').slice(0, 200);
    const rule = 'each must be answered by a tool_result block in the next message';
    return invalidValue(place, `${place}: these tool_use ids have no tool_result blocks: ${ids}; ${rule}.`);
  }
}

/**
 * The conversation in our form, or the first thing about it that cannot be said.
 * @param keepFiles documents of text stay files, for a model that tells them from what was said.
 */
export const readMessages = (
  { system, messages }: Pick<MessagesRequest, 'system' | 'messages'>,
  keepFiles = false,
): Result<TranslatedMessages, OpenAiRefusal> => {
  const reader = new Reader(textOf(system), keepFiles);
  for (const [index, message] of messages.entries()) {
    const refusal = reader.add(message, `messages.${index}`);
    if (refusal !== undefined) return err(refusal);
  }
  return reader.end();
};
