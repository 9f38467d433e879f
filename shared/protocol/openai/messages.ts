/**
 * OpenAI's messages as ours. System and developer messages become one system text, wherever they stood; parts of text
 * are joined by line breaks. Tool results are checked against their calls, because providers refuse loose ones in
 * words that nobody understands.
 */
import { err, ok, type Result } from '../../errors/result.ts';
import type { ModelMessage, ToolCall } from '../../ports/model-client.ts';
import type { ChatMessage } from '../../schemas/openai-chat.ts';
import { invalidValue, unsupported, type OpenAiRefusal } from './error.ts';

export interface TranslatedMessages {
  readonly system: string;
  readonly messages: readonly ModelMessage[];
}

type Translated<Value> = Result<Value, OpenAiRefusal>;

const knownFields: ReadonlySet<string> = new Set(['role', 'content', 'tool_calls', 'tool_call_id', 'refusal']);

/** Fields that are empty, as clients send them back from an answer, ask for nothing. */
const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);

const unknownField = (message: ChatMessage): string | undefined =>
  Object.entries(message).find(([name, value]) => !knownFields.has(name) && !isEmpty(value))?.[0];

type Content = Extract<ChatMessage, { role: 'tool' }>['content'];

const textOf = (content: Content | null | undefined, param: string): Translated<string> => {
  if (content === undefined || content === null) return ok('');
  if (typeof content === 'string') return ok(content);
  const texts: string[] = [];
  for (const [index, { type, text, refusal }] of content.entries()) {
    const said = type === 'text' ? text : type === 'refusal' ? refusal : undefined;
    if (said === undefined) {
      return err(unsupported(`${param}[${index}]`, `This model takes parts of text alone, not of type '${type}'.`));
    }
    texts.push(said);
  }
  return ok(texts.join('\n'));
};

type SentCall = NonNullable<Extract<ChatMessage, { role: 'assistant' }>['tool_calls']>[number];

/** Reads a conversation from its start; remembers which calls wait for a result. */
class Reader {
  readonly #system: string[] = [];
  readonly #messages: ModelMessage[] = [];
  readonly #seen = new Set<string>();
  readonly #waiting = new Map<string, string>();

  /** The refusal of this message, or undefined when it was taken in. */
  add(message: ChatMessage, param: string): OpenAiRefusal | undefined {
    const field = unknownField(message);
    if (field !== undefined) return unsupported(`${param}.${field}`, `This model cannot be told '${field}'.`);
    if (message.role === 'function') return unsupported(`${param}.role`, "Use messages of the role 'tool' instead.");
    if (message.role !== 'tool' && this.#waiting.size > 0) return this.#unanswered(param);
    const text = textOf(message.content, `${param}.content`);
    if (!text.ok) return text.error;
    switch (message.role) {
      case 'system':
      case 'developer':
        this.#system.push(text.value);
        return undefined;
      case 'user':
        this.#messages.push({ role: 'user', content: text.value });
        return undefined;
      case 'assistant':
        return this.#answered(message, text.value, param);
      case 'tool':
        return this.#toolAnswered(message.tool_call_id, text.value, param);
    }
  }

  end(param: string): Translated<TranslatedMessages> {
    if (this.#waiting.size > 0) return err(this.#unanswered(param));
    if (this.#messages.length === 0)
      return err(invalidValue(param, 'There must be a message that is not of the system.'));
    return ok({ system: this.#system.filter((text) => text !== '').join('\n\n'), messages: this.#messages });
  }

  #unanswered(param: string): OpenAiRefusal {
    const ids = [...this.#waiting.keys()].join(', ').slice(0, 200);
    return invalidValue(
      param,
      `Every tool call must be answered by a message of the role 'tool'; these are not: ${ids}.`,
    );
  }

  #answered(message: Extract<ChatMessage, { role: 'assistant' }>, text: string, param: string) {
    const toolCalls: ToolCall[] = [];
    for (const [index, call] of (message.tool_calls ?? []).entries()) {
      const refusal = this.#called(call, `${param}.tool_calls[${index}]`);
      if (refusal !== undefined) return refusal;
      toolCalls.push({
        id: call.id,
        name: call.function?.name ?? '',
        argumentsJson: call.function?.arguments ?? '',
      });
    }
    const content = [text, message.refusal ?? ''].filter((said) => said !== '').join('\n');
    this.#messages.push({ role: 'assistant', content, toolCalls });
    return undefined;
  }

  #called(call: SentCall, param: string): OpenAiRefusal | undefined {
    if (call.function === undefined) return unsupported(`${param}.type`, 'This model knows calls of functions alone.');
    if (this.#seen.has(call.id)) return invalidValue(`${param}.id`, `There are two tool calls of the id '${call.id}'.`);
    this.#seen.add(call.id);
    this.#waiting.set(call.id, call.function.name);
    return undefined;
  }

  #toolAnswered(id: string, content: string, param: string): OpenAiRefusal | undefined {
    const toolName = this.#waiting.get(id);
    if (toolName === undefined) {
      return invalidValue(
        `${param}.tool_call_id`,
        "A message of the role 'tool' must answer a tool call of the assistant's message before it, once.",
      );
    }
    this.#waiting.delete(id);
    this.#messages.push({ role: 'tool', toolCallId: id, toolName, content, isError: false });
    return undefined;
  }
}

/** The conversation in our form, or the first thing about it that cannot be said. */
export const readMessages = (messages: readonly ChatMessage[]): Translated<TranslatedMessages> => {
  const reader = new Reader();
  for (const [index, message] of messages.entries()) {
    const refusal = reader.add(message, `messages[${index}]`);
    if (refusal !== undefined) return err(refusal);
  }
  return reader.end('messages');
};
