/**
 * OpenAI's messages as ours. System and developer messages become one system text, wherever they stood; parts of text
 * are joined by line breaks, and stay as they are where there is more than text among them. Tool results are checked against their calls, because providers refuse loose ones in
 * words that nobody understands.
 */
import { err, ok, type Result } from '../../errors/result.ts';
import { readReasoningDetails } from '../../domain/model/reasoning-details.ts';
import type { ContentPart, ModelMessage, ReasoningBlock, ToolCall } from '../../ports/model-client.ts';
import type { Capabilities } from './capabilities.ts';
import { invalidValue, unsupported, type OpenAiRefusal } from './error.ts';
import type { ToolMessage } from './functions.ts';
import { maxImages, readPart, type MediaAbility } from './parts.ts';

export interface TranslatedMessages {
  readonly system: string;
  readonly messages: readonly ModelMessage[];
  /** Fields of messages that were taken and change nothing. */
  readonly withoutEffect: readonly string[];
}

/** What a model can be told of a message besides its text. */
export type MessageAbility = MediaAbility & Pick<Capabilities, 'names'>;

type Translated<Value> = Result<Value, OpenAiRefusal>;

const knownFields: readonly string[] = ['role', 'content', 'tool_calls', 'tool_call_id', 'refusal', 'name'];

/** Of messages of the assistant: what it thought, under the names that servers have for it. */
const thoughtFields: readonly string[] = ['reasoning', 'reasoning_content', 'reasoning_details'];

/** Fields that are empty, as clients send them back from an answer, ask for nothing. */
const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);

/** What clients send back of an answer and no model needs: its text says where each link leads. */
const toldFields: readonly string[] = ['annotations'];

const unknownField = (message: ToolMessage): string | undefined => {
  const known = message.role === 'assistant' ? [...knownFields, ...thoughtFields, ...toldFields] : knownFields;
  return Object.entries(message).find(([name, value]) => !known.includes(name) && !isEmpty(value))?.[0];
};

type Content = Extract<ToolMessage, { role: 'tool' }>['content'];

interface ReadContent {
  readonly text: string;
  /** Where there is more than text. */
  readonly parts?: readonly ContentPart[];
}

const readContent = (
  content: Content | null | undefined,
  param: string,
  able: MediaAbility,
): Translated<ReadContent> => {
  if (content === undefined || content === null) return ok({ text: '' });
  if (typeof content === 'string') return ok({ text: content });
  const parts: ContentPart[] = [];
  for (const [index, sent] of content.entries()) {
    const part = readPart(sent, `${param}[${index}]`, able);
    if (!part.ok) return part;
    parts.push(part.value);
  }
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  return ok(parts.every(({ type }) => type === 'text') ? { text } : { text, parts });
};

const readReasoning = (message: Extract<ToolMessage, { role: 'assistant' }>): readonly ReasoningBlock[] => {
  const blocks = readReasoningDetails(message.reasoning_details ?? []);
  const text = message.reasoning_content ?? message.reasoning ?? '';
  return blocks.length > 0 || text === '' ? blocks : [{ type: 'text', text }];
};

type SentCall = NonNullable<Extract<ToolMessage, { role: 'assistant' }>['tool_calls']>[number];

/** Reads a conversation from its start; remembers which calls wait for a result. */
class Reader {
  readonly #system: string[] = [];
  readonly #messages: ModelMessage[] = [];
  readonly #seen = new Set<string>();
  readonly #waiting = new Map<string, string>();
  readonly #able: MessageAbility;
  readonly #withoutEffect = new Set<string>();
  #images = 0;

  constructor(able: MessageAbility) {
    this.#able = able;
  }

  /** The refusal of this message, or undefined when it was taken in. */
  add(message: ToolMessage, param: string): OpenAiRefusal | undefined {
    const field = unknownField(message);
    if (field !== undefined) return unsupported(`${param}.${field}`, `This model cannot be told '${field}'.`);
    if (message.role !== 'tool' && this.#waiting.size > 0) return this.#unanswered(param);
    // The protocol has images and files in the messages of users alone.
    const able = message.role === 'user' ? this.#able : { provider: this.#able.provider, images: false, files: false };
    const content = readContent(message.content, `${param}.content`, able);
    if (!content.ok) return content.error;
    const { text, parts } = content.value;
    switch (message.role) {
      case 'system':
      case 'developer':
        // All of them become one text, which nobody in particular says.
        this.#nameLost(message.name);
        this.#system.push(text);
        return undefined;
      case 'user': {
        const more = { ...(parts === undefined ? {} : { parts }), ...this.#nameOf(message) };
        this.#messages.push({ role: 'user', content: text, ...more });
        return this.#countImages(parts, `${param}.content`);
      }
      case 'assistant':
        return this.#answered(message, text, param);
      case 'tool':
        return this.#toolAnswered(message, text, param);
    }
  }

  end(param: string): Translated<TranslatedMessages> {
    if (this.#waiting.size > 0) return err(this.#unanswered(param));
    if (this.#messages.length === 0)
      return err(invalidValue(param, 'There must be a message that is not of the system.'));
    const system = this.#system.filter((text) => text !== '').join('\n\n');
    return ok({ system, messages: this.#messages, withoutEffect: [...this.#withoutEffect] });
  }

  /** Who says it, for a model that can be told. */
  #nameOf({ name }: { readonly name?: string | null | undefined }): { readonly name?: string } {
    if (typeof name === 'string' && name !== '' && this.#able.names === true) return { name };
    this.#nameLost(name);
    return {};
  }

  #nameLost(name: string | null | undefined): void {
    if (typeof name === 'string' && name !== '') this.#withoutEffect.add('messages.name');
  }

  #unanswered(param: string): OpenAiRefusal {
    const ids = [...this.#waiting.keys()].join(', ').slice(0, 200);
    return invalidValue(
      param,
      `Every tool call must be answered by a message of the role 'tool'; these are not: ${ids}.`,
    );
  }

  #countImages(parts: readonly ContentPart[] = [], param: string): OpenAiRefusal | undefined {
    this.#images += parts.filter(({ type }) => type === 'image').length;
    return this.#images > maxImages ? invalidValue(param, `A request has at most ${maxImages} images.`) : undefined;
  }

  #answered(message: Extract<ToolMessage, { role: 'assistant' }>, text: string, param: string) {
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
    const reasoning = readReasoning(message);
    const thought = reasoning.length === 0 ? {} : { reasoning };
    this.#messages.push({ role: 'assistant', content, toolCalls, ...thought, ...this.#nameOf(message) });
    return undefined;
  }

  #called(call: SentCall, param: string): OpenAiRefusal | undefined {
    if (call.function === undefined) return unsupported(`${param}.type`, 'This model knows calls of functions alone.');
    if (this.#seen.has(call.id)) return invalidValue(`${param}.id`, `There are two tool calls of the id '${call.id}'.`);
    this.#seen.add(call.id);
    this.#waiting.set(call.id, call.function.name);
    return undefined;
  }

  #toolAnswered(
    { tool_call_id: id, name }: Extract<ToolMessage, { role: 'tool' }>,
    content: string,
    param: string,
  ): OpenAiRefusal | undefined {
    const toolName = this.#waiting.get(id);
    if (toolName === undefined) {
      return invalidValue(
        `${param}.tool_call_id`,
        "A message of the role 'tool' must answer a tool call of the assistant's message before it, once.",
      );
    }
    this.#waiting.delete(id);
    // Many clients repeat the tool's name here, which its call has told.
    if (name !== toolName) this.#nameLost(name);
    this.#messages.push({ role: 'tool', toolCallId: id, toolName, content, isError: false });
    return undefined;
  }
}

/** The conversation in our form, as far as the model is `able` to take it, or the first thing about it that cannot be said. */
export const readMessages = (
  messages: readonly ToolMessage[],
  able: MessageAbility,
): Translated<TranslatedMessages> => {
  const reader = new Reader(able);
  for (const [index, message] of messages.entries()) {
    const refusal = reader.add(message, `messages[${index}]`);
    if (refusal !== undefined) return err(refusal);
  }
  return reader.end('messages');
};
