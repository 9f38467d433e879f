/**
 * The events of a model as those of OpenAI's stream, and the whole answer that they add up to. A text or a thought ends
 * when something else begins; calls of tools grow side by side and end with the answer. What the model did not finish
 * is never told as completed: a limit makes it incomplete, a failure failed.
 */
import type { ModelEvent, ModelFailure, ModelUsage, StopReason } from '../../ports/model-client.ts';
import {
  toResponseUsage,
  toShownLogprobs,
  withoutEncrypted,
  type ItemStatus,
  type OutputItem,
  type ResponseAnswer,
  type ResponseError,
  type ResponseHead,
  type ShownLogprob,
} from './answer.ts';
import type { EventBody, ResponseEvent } from './events.ts';
import { itemId, type StoredItemType } from './item-ids.ts';
import { OpenCall, OpenMessage, OpenReasoning, OpenRedacted, type OpenItem, type Place } from './open-items.ts';
import type { GivenTool } from './tools.ts';

export interface WriterOptions {
  /** By the name that the model knows. */
  readonly tools: ReadonlyMap<string, GivenTool>;
  /** Thoughts are shown as a summary. */
  readonly summaries: boolean;
  /** `encrypted_content` was asked for. */
  readonly encrypted: boolean;
  /** Ids of calls that the conversation has already. */
  readonly callIds: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface Ending {
  readonly status: 'completed' | 'incomplete' | 'failed';
  readonly incomplete?: 'max_output_tokens' | 'content_filter';
  readonly error?: ResponseError;
}

const endings: Readonly<Record<StopReason, Ending>> = {
  end: { status: 'completed' },
  tool_calls: { status: 'completed' },
  length: { status: 'incomplete', incomplete: 'max_output_tokens' },
  refusal: { status: 'incomplete', incomplete: 'content_filter' },
};

/** A failure in the words of a response; what it says besides stands in the error of a refused request. */
const toResponseError = ({ kind, message }: Pick<ModelFailure, 'kind' | 'message'>): ResponseError => {
  switch (kind) {
    case 'rate_limited':
      return { code: 'rate_limit_exceeded', message };
    case 'invalid_request':
    case 'context_too_long':
      return { code: 'invalid_prompt', message };
    default:
      return { code: 'server_error', message };
  }
};

export class ResponseWriter {
  readonly #head: ResponseHead;
  readonly #options: WriterOptions;
  readonly #callIds: Set<string>;
  readonly #done: OutputItem[] = [];
  /** By their place in the output. */
  readonly #open = new Map<number, OpenItem>();
  readonly #calls = new Map<number, OpenCall>();
  #current: { readonly index: number; readonly item: OpenMessage | OpenReasoning } | undefined;
  #begun = 0;
  #sequence = 0;
  #usage: ModelUsage | undefined;
  #ending: Ending | undefined;
  #endedAt = 0;

  constructor(head: ResponseHead, options: WriterOptions) {
    this.#head = head;
    this.#options = options;
    this.#callIds = new Set(options.callIds);
  }

  /** The first events, which may be sent before anything is known of the answer. */
  start(): readonly ResponseEvent[] {
    const response = this.#answer({ status: 'completed' }, 'in_progress');
    return this.#number([
      { type: 'response.created', response },
      { type: 'response.in_progress', response },
    ]);
  }

  /** The events of the next piece, without the last event of the stream; nothing follows the last piece. */
  add(event: ModelEvent): readonly ResponseEvent[] {
    return this.#ending === undefined ? this.#number(this.#grow(event)) : [];
  }

  /** Says that the answer failed, whatever it was: for one that ended well and could not be kept. */
  fail(message: string): void {
    this.#end({ status: 'failed', error: { code: 'server_error', message } });
  }

  /** The whole answer, once it has ended; with everything in it that only the provider reads. */
  whole(): ResponseAnswer {
    return this.#answer(this.#ending ?? { status: 'failed' });
  }

  /** The whole answer as it is shown. */
  shown(): ResponseAnswer {
    const whole = this.whole();
    return { ...whole, output: whole.output.map((item) => this.#show(item)) };
  }

  /** The last event of the stream. */
  last(): readonly ResponseEvent[] {
    const { status } = this.#ending ?? { status: 'failed' as const };
    return this.#number([{ type: `response.${status}`, response: this.shown() }]);
  }

  #grow(event: ModelEvent): readonly EventBody[] {
    switch (event.type) {
      case 'text_delta':
        return event.text === '' ? [] : this.#say(event.text, toShownLogprobs(event.logprobs));
      case 'text_linked':
        return this.#current?.item instanceof OpenMessage ? this.#current.item.link(event) : [];
      case 'reasoning_delta':
        return event.text === '' ? [] : this.#think(event.text);
      case 'reasoning_signed':
        return this.#sign(event.signature);
      case 'reasoning_redacted':
        return this.#redact(event.data);
      case 'tool_call_started':
        return this.#call(event);
      case 'tool_call_delta':
        return this.#calls.get(event.index)?.add(event.argumentsText) ?? [];
      case 'usage':
        this.#usage = event.usage;
        return [];
      case 'finished': {
        const ending = endings[event.stopReason];
        const events = this.#closeAll(ending.status === 'completed' ? 'completed' : 'incomplete');
        this.#end(ending);
        return events;
      }
      case 'failed':
        this.#end({ status: 'failed', error: toResponseError(event.failure) });
        return [];
    }
  }

  #say(text: string, logprobs: readonly ShownLogprob[]): readonly EventBody[] {
    if (this.#current?.item instanceof OpenMessage) return this.#current.item.add(text, logprobs);
    const closing = this.#closeCurrent();
    const { place, index } = this.#begin('message');
    const item = new OpenMessage(place);
    this.#current = { index, item };
    return [...closing, ...this.#added(index, item), ...item.add(text, logprobs)];
  }

  #think(text: string): readonly EventBody[] {
    const { opening, item } = this.#thinking();
    return [...opening, ...(text === '' ? [] : item.add(text))];
  }

  #sign(signature: string): readonly EventBody[] {
    const { opening, item } = this.#thinking();
    item.sign(signature);
    return [...opening, ...this.#closeCurrent()];
  }

  #thinking(): { readonly opening: readonly EventBody[]; readonly item: OpenReasoning } {
    if (this.#current?.item instanceof OpenReasoning) return { opening: [], item: this.#current.item };
    const closing = this.#closeCurrent();
    const { place, index } = this.#begin('reasoning');
    const item = new OpenReasoning(place, this.#options.summaries);
    this.#current = { index, item };
    return { opening: [...closing, ...this.#added(index, item)], item };
  }

  #redact(data: string): readonly EventBody[] {
    const closing = this.#closeCurrent();
    const { place, index } = this.#begin('reasoning');
    return [...closing, ...this.#added(index, new OpenRedacted(place, data)), ...this.#close(index, 'completed')];
  }

  #call(started: Extract<ModelEvent, { type: 'tool_call_started' }>): readonly EventBody[] {
    const closing = this.#closeCurrent();
    const tool = this.#options.tools.get(started.name) ?? { kind: 'function' as const, name: started.name };
    const { place, index } = this.#begin(tool.kind === 'custom' ? 'custom_tool_call' : 'function_call');
    const call = new OpenCall(place, tool, this.#distinct(started.id));
    this.#calls.set(started.index, call);
    return [...closing, ...this.#added(index, call)];
  }

  /** Two calls of one id could not be answered apart, so a repeated id is made distinct. */
  #distinct(id: string): string {
    let distinct = id;
    for (let copy = 2; distinct === '' || this.#callIds.has(distinct); copy += 1) {
      distinct = `${id === '' ? 'call' : id}_${copy}`;
    }
    this.#callIds.add(distinct);
    return distinct;
  }

  #begin(type: StoredItemType): { readonly place: Place; readonly index: number } {
    const index = this.#begun;
    this.#begun += 1;
    const item_id = itemId(this.#head.id, type, { side: 'output', index });
    return { place: { item_id, output_index: index }, index };
  }

  #added(index: number, item: OpenItem): readonly EventBody[] {
    this.#open.set(index, item);
    const added = this.#show(item.item('in_progress'));
    return [{ type: 'response.output_item.added', output_index: index, item: added }, ...item.open()];
  }

  #closeCurrent(): readonly EventBody[] {
    const current = this.#current;
    this.#current = undefined;
    return current === undefined ? [] : this.#close(current.index, 'completed');
  }

  #close(index: number, status: ItemStatus): readonly EventBody[] {
    const open = this.#open.get(index);
    if (open === undefined) return [];
    this.#open.delete(index);
    const item = open.item(status);
    this.#done[index] = item;
    return [...open.close(), { type: 'response.output_item.done', output_index: index, item: this.#show(item) }];
  }

  #closeAll(status: ItemStatus): readonly EventBody[] {
    this.#current = undefined;
    return [...this.#open.keys()].flatMap((index) => this.#close(index, status));
  }

  #end(ending: Ending): void {
    this.#ending = ending;
    this.#endedAt = this.#options.now();
  }

  #show(item: OutputItem): OutputItem {
    return this.#options.encrypted || item.type !== 'reasoning' ? item : withoutEncrypted(item);
  }

  #answer(ending: Ending, status: ResponseAnswer['status'] = ending.status): ResponseAnswer {
    const output = Array.from({ length: this.#begun }, (_, index) => {
      return this.#done[index] ?? this.#open.get(index)?.item('incomplete');
    });
    return {
      ...this.#head,
      status,
      completed_at: status === 'completed' ? Math.floor(this.#endedAt / 1_000) : null,
      error: ending.error ?? null,
      incomplete_details: ending.incomplete === undefined ? null : { reason: ending.incomplete },
      output: output.filter((item) => item !== undefined),
      usage: toResponseUsage(this.#usage),
    };
  }

  #number(events: readonly EventBody[]): readonly ResponseEvent[] {
    return events.map((event) => {
      const sequence_number = this.#sequence;
      this.#sequence += 1;
      return { ...event, sequence_number };
    });
  }
}
