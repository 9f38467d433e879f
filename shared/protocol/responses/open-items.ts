/** The items of an answer while they grow: each gives the events of its beginning, its pieces and its end. */
import { placeLink } from '../../domain/model/collect.ts';
import type { ModelEvent, ReasoningBlock } from '../../ports/model-client.ts';
import type {
  CustomToolCallItem,
  FunctionCallItem,
  ItemStatus,
  OutputItem,
  OutputMessage,
  OutputText,
  ReasoningItem,
  ShownLogprob,
  UrlAnnotation,
} from './answer.ts';
import type { EventBody } from './events.ts';
import { encodeReasoning } from './reasoning.ts';
import { customInput, type GivenTool } from './tools.ts';

/** An item that has begun. */
export interface OpenItem {
  /** As it is now; `status` is what it is given. */
  item(status: ItemStatus): OutputItem;
  /** Events between that of the whole item's beginning and the first piece. */
  open(): readonly EventBody[];
  /** Events between the last piece and that of the whole item's end. */
  close(): readonly EventBody[];
}

export interface Place {
  readonly item_id: string;
  readonly output_index: number;
}

export class OpenMessage implements OpenItem {
  readonly #place: Place;
  readonly #annotations: UrlAnnotation[] = [];
  readonly #logprobs: ShownLogprob[] = [];
  #text = '';

  constructor(place: Place) {
    this.#place = place;
  }

  item(status: ItemStatus): OutputMessage {
    const content = status === 'in_progress' ? [] : [this.#part()];
    return { id: this.#place.item_id, type: 'message', role: 'assistant', status, content };
  }

  open(): readonly EventBody[] {
    return [{ type: 'response.content_part.added', ...this.#place, content_index: 0, part: this.#part() }];
  }

  add(delta: string, logprobs: readonly ShownLogprob[] = []): readonly EventBody[] {
    this.#text += delta;
    this.#logprobs.push(...logprobs);
    return [{ type: 'response.output_text.delta', ...this.#place, content_index: 0, delta, logprobs }];
  }

  /** Links what was said last. */
  link(event: Extract<ModelEvent, { type: 'text_linked' }>): readonly EventBody[] {
    const { start, end, title, url } = placeLink(event, this.#text.length);
    const annotation: UrlAnnotation = { type: 'url_citation', start_index: start, end_index: end, title, url };
    const annotation_index = this.#annotations.push(annotation) - 1;
    const type = 'response.output_text.annotation.added';
    return [{ type, ...this.#place, content_index: 0, annotation_index, annotation }];
  }

  close(): readonly EventBody[] {
    const logprobs = [...this.#logprobs];
    return [
      { type: 'response.output_text.done', ...this.#place, content_index: 0, text: this.#text, logprobs },
      { type: 'response.content_part.done', ...this.#place, content_index: 0, part: this.#part() },
    ];
  }

  #part(): OutputText {
    return {
      type: 'output_text',
      text: this.#text,
      annotations: [...this.#annotations],
      logprobs: [...this.#logprobs],
    };
  }
}

/** Readable thoughts, as a summary where one was asked for. */
export class OpenReasoning implements OpenItem {
  readonly #place: Place;
  readonly #asSummary: boolean;
  #text = '';
  #signature: string | undefined;

  constructor(place: Place, asSummary: boolean) {
    this.#place = place;
    this.#asSummary = asSummary;
  }

  sign(signature: string): void {
    this.#signature = signature;
  }

  item(status: ItemStatus): ReasoningItem {
    const text = status === 'in_progress' ? undefined : this.#text;
    return {
      id: this.#place.item_id,
      type: 'reasoning',
      status,
      summary: this.#asSummary && text !== undefined ? [{ type: 'summary_text', text }] : [],
      ...(this.#asSummary ? {} : { content: text === undefined ? [] : [{ type: 'reasoning_text', text }] }),
      ...(text === undefined ? {} : { encrypted_content: encodeReasoning(this.#block()) }),
    };
  }

  open(): readonly EventBody[] {
    return this.#asSummary
      ? [{ type: 'response.reasoning_summary_part.added', ...this.#place, summary_index: 0, part: this.#summary() }]
      : [{ type: 'response.content_part.added', ...this.#place, content_index: 0, part: this.#thought() }];
  }

  add(delta: string): readonly EventBody[] {
    this.#text += delta;
    return this.#asSummary
      ? [{ type: 'response.reasoning_summary_text.delta', ...this.#place, summary_index: 0, delta }]
      : [{ type: 'response.reasoning_text.delta', ...this.#place, content_index: 0, delta }];
  }

  close(): readonly EventBody[] {
    const text = this.#text;
    return this.#asSummary
      ? [
          { type: 'response.reasoning_summary_text.done', ...this.#place, summary_index: 0, text },
          { type: 'response.reasoning_summary_part.done', ...this.#place, summary_index: 0, part: this.#summary() },
        ]
      : [
          { type: 'response.reasoning_text.done', ...this.#place, content_index: 0, text },
          { type: 'response.content_part.done', ...this.#place, content_index: 0, part: this.#thought() },
        ];
  }

  #block(): ReasoningBlock {
    const signature = this.#signature;
    return { type: 'text', text: this.#text, ...(signature === undefined ? {} : { signature }) };
  }

  #summary() {
    return { type: 'summary_text', text: this.#text } as const;
  }

  #thought() {
    return { type: 'reasoning_text', text: this.#text } as const;
  }
}

/** Thoughts that only the provider can read. */
export class OpenRedacted implements OpenItem {
  readonly #place: Place;
  readonly #data: string;

  constructor(place: Place, data: string) {
    this.#place = place;
    this.#data = data;
  }

  item(status: ItemStatus): ReasoningItem {
    const encrypted_content = encodeReasoning({ type: 'redacted', data: this.#data });
    return { id: this.#place.item_id, type: 'reasoning', status, summary: [], encrypted_content };
  }

  open(): readonly EventBody[] {
    return [];
  }

  close(): readonly EventBody[] {
    return [];
  }
}

/** A call of a tool. Clients parse arguments, so a call without any is given an empty object. */
export class OpenCall implements OpenItem {
  readonly #place: Place;
  readonly #tool: GivenTool;
  readonly #callId: string;
  #arguments = '';

  constructor(place: Place, tool: GivenTool, callId: string) {
    this.#place = place;
    this.#tool = tool;
    this.#callId = callId;
  }

  item(status: ItemStatus): FunctionCallItem | CustomToolCallItem {
    const { kind, name, namespace } = this.#tool;
    const shared = {
      id: this.#place.item_id,
      call_id: this.#callId,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      status,
    };
    return kind === 'custom'
      ? { ...shared, type: 'custom_tool_call', input: status === 'in_progress' ? '' : this.#input() }
      : { ...shared, type: 'function_call', arguments: status === 'in_progress' ? '' : this.#whole() };
  }

  open(): readonly EventBody[] {
    return [];
  }

  /** The text of a custom tool stands within the arguments, so it comes in one piece, at the end. */
  add(delta: string): readonly EventBody[] {
    this.#arguments += delta;
    return this.#tool.kind === 'custom' || delta === '' ? [] : [this.#delta(delta)];
  }

  close(): readonly EventBody[] {
    if (this.#tool.kind === 'custom') {
      const input = this.#input();
      return [
        ...(input === ''
          ? []
          : [{ type: 'response.custom_tool_call_input.delta' as const, ...this.#place, delta: input }]),
        { type: 'response.custom_tool_call_input.done', ...this.#place, input },
      ];
    }
    const whole = this.#whole();
    return [
      ...(this.#arguments === '' ? [this.#delta(whole)] : []),
      { type: 'response.function_call_arguments.done', ...this.#place, name: this.#tool.name, arguments: whole },
    ];
  }

  #delta(delta: string): EventBody {
    return { type: 'response.function_call_arguments.delta', ...this.#place, delta };
  }

  #whole(): string {
    return this.#arguments === '' ? '{}' : this.#arguments;
  }

  #input(): string {
    return this.#arguments === '' ? '' : customInput(this.#arguments);
  }
}
