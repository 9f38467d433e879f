/**
 * Our events as one message of Anthropic's, as its stream tells it and as a whole. `message_stop` comes only when the
 * model itself said that it has finished; a failure ends the stream with an `error` event, which clients throw.
 *
 * Arguments of calls must be sound when the answer finishes: see `withSoundCalls`.
 */
import type { ModelEvent, ModelUsage } from '../../ports/model-client.ts';
import { fromModelFailure } from '../openai/model-failure.ts';
import {
  messageOf,
  toAnthropicStopReason,
  type AnswerBlock,
  type AnthropicAnswer,
  type BlockDelta,
  type MessageEvent,
  type MessageHead,
} from './answer.ts';
import { OpenBlock } from './answer-block.ts';
import { eventFrame, toAnthropicError } from './error.ts';
import { toAnthropicUsage } from './usage.ts';

/** What of the model's thoughts the client is told: all, that there were some and their signatures, or nothing. */
export type ThinkingDisplay = 'shown' | 'omitted' | 'hidden';

type Finish = Pick<AnthropicAnswer, 'stop_reason' | 'stop_sequence'>;

/** Turns the events of one answer into a message. */
export class MessageWriter {
  readonly #head: MessageHead;
  readonly #thinking: ThinkingDisplay;
  readonly #requestId: string;
  readonly #blocks: OpenBlock[] = [];
  readonly #calls = new Map<number, OpenBlock>();
  readonly #callIds = new Set<string>();
  /** The first block of which not all is sent. */
  #current = 0;
  #usage: ModelUsage | undefined;
  #finish: Finish | undefined;
  #ended = false;

  constructor(head: MessageHead, thinking: ThinkingDisplay, requestId: string) {
    this.#head = head;
    this.#thinking = thinking;
    this.#requestId = requestId;
  }

  /** The first frame, which may be sent before anything is known of the answer: its figures come with the last ones. */
  start(): string {
    return eventFrame({ type: 'message_start', message: messageOf(this.#head, toAnthropicUsage()) });
  }

  /** The frames of the next event; nothing follows the last one. */
  add(event: ModelEvent): string {
    if (this.#ended) return '';
    if (event.type !== 'failed') return this.take(event).map(eventFrame).join('');
    this.#ended = true;
    return eventFrame(toAnthropicError(fromModelFailure(event.failure), this.#requestId));
  }

  /** The same as events, for answers that are not streamed. */
  take(event: Exclude<ModelEvent, { type: 'failed' }>): readonly MessageEvent[] {
    switch (event.type) {
      case 'text_delta':
        if (event.text !== '') this.#grow('text', { type: 'text_delta', text: event.text });
        return this.#advance();
      case 'text_linked':
        // No kind of citation of this wire is a link that anybody may make; the text itself has them all.
        return [];
      case 'reasoning_delta':
      case 'reasoning_signed':
      case 'reasoning_redacted':
        this.#think(event);
        return this.#advance();
      case 'tool_call_started':
        this.#call(event.index, event.id, event.name);
        return this.#advance();
      case 'tool_call_delta':
        if (event.argumentsText !== '') {
          this.#calls.get(event.index)?.add({ type: 'input_json_delta', partial_json: event.argumentsText });
        }
        return this.#advance();
      case 'usage':
        this.#usage = event.usage;
        return [];
      case 'finished': {
        this.#ended = true;
        const reason = toAnthropicStopReason(event.stopReason, event.stopText);
        const finish = { stop_reason: reason, stop_sequence: event.stopText ?? null };
        this.#finish = finish;
        return [
          ...this.#rest(),
          {
            type: 'message_delta',
            delta: { ...finish, stop_details: null, container: null },
            usage: toAnthropicUsage(this.#usage),
          },
          { type: 'message_stop' },
        ];
      }
    }
  }

  /** The message as far as it came. */
  message(): AnthropicAnswer {
    return messageOf(this.#head, toAnthropicUsage(this.#usage), {
      content: this.#blocks.map(({ whole }) => whole),
      ...this.#finish,
    });
  }

  #begin(start: AnswerBlock): OpenBlock {
    const block = new OpenBlock(start);
    this.#blocks.push(block);
    return block;
  }

  /** Goes on with the last block where it is of that type, else begins one. */
  #grow(type: 'text' | 'thinking', delta?: BlockDelta): void {
    const last = this.#blocks.at(-1);
    const fits = last?.type === type && !last.isSigned ? last : undefined;
    const start: AnswerBlock = type === 'text' ? { type, text: '' } : { type, thinking: '', signature: '' };
    const block = fits ?? this.#begin(start);
    if (delta !== undefined) block.add(delta);
  }

  #think(event: Extract<ModelEvent, { type: `reasoning_${string}` }>): void {
    if (this.#thinking === 'hidden') return;
    if (event.type === 'reasoning_redacted') this.#begin({ type: 'redacted_thinking', data: event.data });
    else if (event.type === 'reasoning_signed') {
      if (event.signature !== '') this.#grow('thinking', { type: 'signature_delta', signature: event.signature });
    } else if (event.text !== '') {
      this.#grow('thinking', this.#thinking === 'shown' ? { type: 'thinking_delta', thinking: event.text } : undefined);
    }
  }

  /** Ids are told apart even where a server repeats them or leaves them out: results are matched by them. */
  #call(index: number, toldId: string, name: string): void {
    let id = toldId;
    for (let copy = 2; id === '' || this.#callIds.has(id); copy += 1) id = `${toldId || 'toolu'}_${copy}`;
    this.#callIds.add(id);
    this.#calls.set(index, this.#begin({ type: 'tool_use', id, name, input: {}, caller: { type: 'direct' } }));
  }

  /** What can be sent now: of the current block everything, of the ones after it nothing until it is complete. */
  #advance(): readonly MessageEvent[] {
    const events: MessageEvent[] = [];
    for (let block = this.#blocks[this.#current]; block !== undefined; block = this.#blocks[this.#current]) {
      events.push(...block.takePending(this.#current));
      if (this.#current === this.#blocks.length - 1 || !block.isComplete) break;
      events.push(this.#stop());
    }
    return events;
  }

  #rest(): readonly MessageEvent[] {
    const events: MessageEvent[] = [];
    for (let block = this.#blocks[this.#current]; block !== undefined; block = this.#blocks[this.#current]) {
      events.push(...block.takePending(this.#current), this.#stop());
    }
    return events;
  }

  #stop(): MessageEvent {
    this.#blocks[this.#current]?.close();
    this.#current += 1;
    return { type: 'content_block_stop', index: this.#current - 1 };
  }
}
