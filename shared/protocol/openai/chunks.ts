/**
 * Our events as the frames of OpenAI's stream. The role comes once, in the first chunk; id and name of a tool call in
 * its first piece; `finish_reason` and `[DONE]` only when the model itself said that it has finished. A failure ends
 * the stream with an error frame, which clients throw.
 */
import { placeLink } from '../../domain/model/collect.ts';
import type { ReasoningDetail } from '../../domain/model/reasoning-details.ts';
import type { ModelEvent, ModelUsage } from '../../ports/model-client.ts';
import {
  toCompletionUsage,
  toFinishReason,
  toUrlCitation,
  type AnswerHead,
  type CompletionUsage,
  type FinishReason,
  type UrlCitation,
} from './completion.ts';
import type { CallForm } from './functions.ts';
import { fromModelFailure } from './model-failure.ts';

interface ToolCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly type?: 'function';
  readonly function: { readonly name?: string; readonly arguments: string };
}

interface Delta {
  readonly role?: 'assistant';
  readonly content?: string;
  readonly refusal?: null;
  /** All of the answer at once: clients take those of the last chunk that has some. */
  readonly annotations?: readonly UrlCitation[];
  readonly tool_calls?: readonly [ToolCallDelta];
  /** The only call, for callers that speak of functions. */
  readonly function_call?: ToolCallDelta['function'];
  readonly reasoning_content?: string;
  readonly reasoning_details?: readonly [ReasoningDetail];
}

export interface ChatCompletionChunk extends AnswerHead {
  readonly object: 'chat.completion.chunk';
  readonly choices: readonly {
    readonly index: 0;
    readonly delta: Delta;
    readonly logprobs: null;
    readonly finish_reason: FinishReason | null;
  }[];
  /** Only where it was asked for: null in every chunk but the one that carries it. */
  readonly usage?: CompletionUsage | null;
}

/** One server-sent event. */
export const frameOf = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;

/** The end of a stream that is whole. */
export const doneFrame = 'data: [DONE]\n\n';

/** Turns the events of one answer into frames, in their order. */
export class ChunkWriter {
  readonly #head: AnswerHead;
  readonly #includeUsage: boolean;
  readonly #form: CallForm;
  /** Calls that were started and of whose arguments nothing has come yet. */
  readonly #withoutArguments = new Set<number>();
  #usage: ModelUsage | undefined;
  /** Which block of reasoning is open; clients put its pieces together by this. */
  #thought = 0;
  #isThinking = false;
  readonly #annotations: UrlCitation[] = [];
  /** Characters of content so far. */
  #length = 0;
  #ended = false;

  constructor(head: AnswerHead, includeUsage: boolean, form: CallForm = 'tool_calls') {
    this.#head = head;
    this.#includeUsage = includeUsage;
    this.#form = form;
  }

  /** The first frame, which may be sent before anything is known of the answer. */
  start(): string {
    return this.#chunk({ role: 'assistant', content: '', refusal: null });
  }

  /** The frames of the next event; nothing follows the last one. */
  add(event: ModelEvent): string {
    if (this.#ended) return '';
    switch (event.type) {
      case 'text_delta':
        this.#length += event.text.length;
        return event.text === '' ? '' : this.#chunk({ content: event.text });
      case 'text_linked':
        this.#annotations.push(toUrlCitation(placeLink(event, this.#length)));
        return '';
      case 'reasoning_delta':
      case 'reasoning_signed':
      case 'reasoning_redacted':
        return this.#reasoning(event);
      case 'tool_call_started': {
        const { index, id, name } = event;
        this.#withoutArguments.add(index);
        return this.#call({ index, id, type: 'function', function: { name, arguments: '' } });
      }
      case 'tool_call_delta':
        this.#withoutArguments.delete(event.index);
        return this.#arguments(event.index, event.argumentsText);
      case 'usage':
        this.#usage = event.usage;
        return '';
      case 'finished':
        this.#ended = true;
        return this.#finish(toFinishReason(event.stopReason, this.#form));
      case 'failed':
        this.#ended = true;
        return frameOf({ error: fromModelFailure(event.failure).error });
    }
  }

  #finish(reason: FinishReason): string {
    // Clients parse the arguments; of a call without any they must not find an empty text.
    const empty = [...this.#withoutArguments].map((index) => this.#arguments(index, '{}'));
    const usage =
      this.#includeUsage && this.#usage !== undefined
        ? frameOf({
            ...this.#shared(),
            choices: [],
            usage: toCompletionUsage(this.#usage),
          } satisfies ChatCompletionChunk)
        : '';
    const links = this.#annotations.length === 0 ? '' : this.#chunk({ annotations: this.#annotations });
    return `${empty.join('')}${links}${this.#chunk({}, reason)}${usage}${doneFrame}`;
  }

  #reasoning(event: Extract<ModelEvent, { type: `reasoning_${string}` }>): string {
    switch (event.type) {
      case 'reasoning_delta': {
        if (event.text === '') return '';
        this.#isThinking = true;
        const { text } = event;
        const detail: ReasoningDetail = { type: 'reasoning.text', text, index: this.#thought };
        return this.#chunk({ reasoning_content: text, reasoning_details: [detail] });
      }
      case 'reasoning_signed': {
        const detail: ReasoningDetail = { type: 'reasoning.text', signature: event.signature, index: this.#thought };
        this.#endThought();
        return this.#chunk({ reasoning_details: [detail] });
      }
      case 'reasoning_redacted': {
        if (this.#isThinking) this.#endThought();
        const detail: ReasoningDetail = { type: 'reasoning.encrypted', data: event.data, index: this.#thought };
        this.#endThought();
        return this.#chunk({ reasoning_details: [detail] });
      }
    }
  }

  #endThought(): void {
    this.#thought += 1;
    this.#isThinking = false;
  }

  #arguments(index: number, text: string): string {
    return this.#call({ index, function: { arguments: text } });
  }

  #call(piece: ToolCallDelta): string {
    return this.#chunk(this.#form === 'tool_calls' ? { tool_calls: [piece] } : { function_call: piece.function });
  }

  #shared(): AnswerHead & { readonly object: 'chat.completion.chunk' } {
    const { id, created, model } = this.#head;
    return { id, object: 'chat.completion.chunk', created, model };
  }

  #chunk(delta: Delta, finishReason: FinishReason | null = null): string {
    const chunk: ChatCompletionChunk = {
      ...this.#shared(),
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
      ...(this.#includeUsage ? { usage: null } : {}),
    };
    return frameOf(chunk);
  }
}
