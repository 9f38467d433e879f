/**
 * One block of an answer while it is made: what came of it, and what of that the client has not been sent. Blocks are
 * sent one after the other as the protocol has them, although calls of tools may come to us side by side.
 */
import { readArguments } from '../../domain/model/call-arguments.ts';
import type { AnswerBlock, BlockDelta, MessageEvent } from './answer.ts';

export class OpenBlock {
  readonly #start: AnswerBlock;
  readonly #pending: BlockDelta[] = [];
  #text = '';
  #signature = '';
  #opened = false;
  #closed = false;

  /** `start` is the block as it begins: with nothing in it, except what comes whole. */
  constructor(start: AnswerBlock) {
    this.#start = start;
  }

  get type(): AnswerBlock['type'] {
    return this.#start.type;
  }

  /** A signed thought goes on no more. */
  get isSigned(): boolean {
    return this.#signature !== '';
  }

  /** Nothing more can come of it once another block has begun. */
  get isComplete(): boolean {
    if (this.#start.type !== 'tool_use') return true;
    const text = this.#text.trimEnd();
    return text.endsWith('}') && readArguments(text) !== undefined;
  }

  /** What comes after the end of a block is no part of it. */
  add(delta: BlockDelta): void {
    if (this.#closed) return;
    this.#pending.push(delta);
    switch (delta.type) {
      case 'text_delta':
        this.#text += delta.text;
        return;
      case 'thinking_delta':
        this.#text += delta.thinking;
        return;
      case 'input_json_delta':
        this.#text += delta.partial_json;
        return;
      case 'signature_delta':
        this.#signature = delta.signature;
    }
  }

  /** What the client has not been sent of it. */
  takePending(index: number): readonly MessageEvent[] {
    const deltas = this.#pending
      .splice(0)
      .map((delta): MessageEvent => ({ type: 'content_block_delta', index, delta }));
    if (this.#opened) return deltas;
    this.#opened = true;
    return [{ type: 'content_block_start', index, content_block: this.#start }, ...deltas];
  }

  close(): void {
    this.#closed = true;
  }

  /** The block as it is now; the input of a call that was cut off is empty. */
  get whole(): AnswerBlock {
    const start = this.#start;
    switch (start.type) {
      case 'text':
        return { ...start, text: this.#text };
      case 'thinking':
        return { ...start, thinking: this.#text, signature: this.#signature };
      case 'redacted_thinking':
        return start;
      case 'tool_use':
        return { ...start, input: readArguments(this.#text) ?? {} };
    }
  }
}
