/**
 * Items of a conversation as our messages. What the model said, thought and called, one after the other, is one message
 * of it; the results of its calls follow right after, wherever they stood, because models want them there. System and
 * developer messages become one system text.
 */
import { err, ok, type Result } from '../../errors/result.ts';
import type { ModelMessage, ReasoningBlock, ToolCall } from '../../ports/model-client.ts';
import type { InputItem } from '../../schemas/responses.ts';
import type { Capabilities } from '../openai/capabilities.ts';
import { invalidValue, unsupported, type OpenAiRefusal } from '../openai/error.ts';
import { readContent, type ReadContent } from './parts.ts';
import { decodeReasoning } from './reasoning.ts';
import { decodeSummary, spokenSummary } from './summary.ts';
import { customArguments, offeredName } from './tools.ts';

/** An item, and how a refusal names its place. */
export interface PlacedItem {
  readonly item: InputItem;
  readonly param: string;
}

export interface ReadConversation {
  readonly system: string;
  readonly messages: readonly ModelMessage[];
  /** Of every call that was made in it. */
  readonly callIds: ReadonlySet<string>;
}

type Call = Extract<InputItem, { type: 'function_call' | 'custom_tool_call' }>;
type Output = Extract<InputItem, { type: 'function_call_output' | 'custom_tool_call_output' }>;
type Reasoning = Extract<InputItem, { type: 'reasoning' }>;
type Message = Extract<InputItem, { type: 'message' }>;

const isOutput = (item: InputItem): item is Output =>
  item.type === 'function_call_output' || item.type === 'custom_tool_call_output';

/** What the model did since anybody else spoke. */
class Turn {
  readonly texts: string[] = [];
  readonly calls: ToolCall[] = [];
  readonly reasoning: ReasoningBlock[] = [];

  get isEmpty(): boolean {
    return this.texts.length === 0 && this.calls.length === 0 && this.reasoning.length === 0;
  }

  message(): ModelMessage {
    const content = this.texts.filter((text) => text !== '').join('\n');
    const { reasoning } = this;
    return { role: 'assistant', content, toolCalls: this.calls, ...(reasoning.length === 0 ? {} : { reasoning }) };
  }
}

/** What only this platform reads, and was not made here. */
export const notOurs = (param: string): OpenAiRefusal =>
  invalidValue(`${param}.encrypted_content`, 'This was not made by this platform, so it cannot be read.');

const readReasoning = (item: Reasoning, param: string): Result<readonly ReasoningBlock[], OpenAiRefusal> => {
  const { encrypted_content: encrypted, content, summary } = item;
  if (typeof encrypted === 'string' && encrypted !== '') {
    const block = decodeReasoning(encrypted);
    if (block !== undefined) return ok([block]);
    return err(notOurs(param));
  }
  const texts = (content ?? []).length > 0 ? content : summary;
  const text = (texts ?? []).map((part) => part.text).join('\n');
  return ok(text === '' ? [] : [{ type: 'text', text }]);
};

class Reader {
  readonly #able: Capabilities;
  readonly #outputs = new Map<string, PlacedItem & { readonly item: Output }>();
  readonly #system: string[] = [];
  readonly #messages: ModelMessage[] = [];
  readonly callIds = new Set<string>();
  #turn = new Turn();

  constructor(able: Capabilities) {
    this.#able = able;
  }

  /** Notes the results, which may stand anywhere. */
  prepare(items: readonly PlacedItem[]): OpenAiRefusal | undefined {
    const calls = new Set(items.flatMap(({ item }) => ('call_id' in item && !isOutput(item) ? [item.call_id] : [])));
    for (const { item, param } of items) {
      if (!isOutput(item)) continue;
      const { call_id: id } = item;
      if (!calls.has(id)) {
        return invalidValue(`${param}.call_id`, `No tool call found for function call output with call_id ${id}.`);
      }
      if (this.#outputs.has(id)) return invalidValue(`${param}.call_id`, `There are two outputs of the call ${id}.`);
      this.#outputs.set(id, { item, param });
    }
    return undefined;
  }

  add({ item, param }: PlacedItem): OpenAiRefusal | undefined {
    switch (item.type) {
      case 'message':
        return this.#said(item, param);
      case 'reasoning': {
        const blocks = readReasoning(item, param);
        if (!blocks.ok) return blocks.error;
        this.#turn.reasoning.push(...blocks.value);
        return undefined;
      }
      case 'function_call':
      case 'custom_tool_call':
        return this.#called(item, param);
      case 'function_call_output':
      case 'custom_tool_call_output':
        return this.#endTurn();
      case 'compaction':
        return this.#summarised(item.encrypted_content, param);
      case 'item_reference':
        return unsupported(param, 'References to items are of stored ones only.');
    }
  }

  end(): Result<ReadConversation, OpenAiRefusal> {
    const refusal = this.#endTurn();
    if (refusal !== undefined) return err(refusal);
    const system = this.#system.filter((text) => text !== '').join('\n\n');
    return ok({ system, messages: this.#messages, callIds: this.callIds });
  }

  #said(item: Message, param: string): OpenAiRefusal | undefined {
    const read = readContent(item.content, this.#able, `${param}.content`, item.role !== 'user');
    if (!read.ok) return read.error;
    switch (item.role) {
      case 'assistant':
        this.#turn.texts.push(read.value.content);
        return undefined;
      case 'system':
      case 'developer':
        this.#system.push(read.value.content);
        return undefined;
      case 'user': {
        const refusal = this.#endTurn();
        this.#messages.push({ role: 'user', ...read.value });
        return refusal;
      }
    }
  }

  #summarised(encrypted: string, param: string): OpenAiRefusal | undefined {
    const summary = decodeSummary(encrypted);
    if (summary === undefined) return notOurs(param);
    const refusal = this.#endTurn();
    this.#messages.push({ role: 'user', content: spokenSummary(summary) });
    return refusal;
  }

  #called(item: Call, param: string): OpenAiRefusal | undefined {
    const { call_id: id } = item;
    if (this.callIds.has(id)) return invalidValue(`${param}.call_id`, `There are two tool calls of the id '${id}'.`);
    this.callIds.add(id);
    const argumentsJson = item.type === 'function_call' ? item.arguments : customArguments(item.input);
    this.#turn.calls.push({ id, name: offeredName(item.name, item.namespace), argumentsJson });
    return undefined;
  }

  /** The message of the model and the results of its calls. */
  #endTurn(): OpenAiRefusal | undefined {
    const turn = this.#turn;
    if (turn.isEmpty) return undefined;
    this.#turn = new Turn();
    this.#messages.push(turn.message());
    for (const call of turn.calls) {
      const read = this.#resultOf(call);
      if (!read.ok) return read.error;
      this.#messages.push({ role: 'tool', toolCallId: call.id, toolName: call.name, ...read.value, isError: false });
    }
    return undefined;
  }

  #resultOf(call: ToolCall): Result<ReadContent, OpenAiRefusal> {
    const output = this.#outputs.get(call.id);
    if (output === undefined) return err(invalidValue('input', `No tool output found for function call ${call.id}.`));
    return readContent(output.item.output, this.#able, `${output.param}.output`);
  }
}

/** There is nothing that a model could answer. */
export const noMessage = invalidValue('input', 'There must be a message that is not of the system.');

/** The conversation in our form, or the first thing about it that cannot be said. */
export const readConversation = (
  items: readonly PlacedItem[],
  able: Capabilities,
): Result<ReadConversation, OpenAiRefusal> => {
  const reader = new Reader(able);
  const refusal = reader.prepare(items) ?? firstRefusal(items, reader);
  return refusal === undefined ? reader.end() : err(refusal);
};

const firstRefusal = (items: readonly PlacedItem[], reader: Reader): OpenAiRefusal | undefined => {
  for (const item of items) {
    const refusal = reader.add(item);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};
