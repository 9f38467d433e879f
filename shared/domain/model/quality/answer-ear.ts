/** Keeps of an answer what its request lets judge, and no more than 256 KiB of it. */
import type { ModelEvent } from '../../../ports/model-client.ts';
import type { AnswerFacts, AskedFor, WrittenCall } from './answer-quality.ts';

/** Longer answers are not judged, in characters. */
export const maxJudgedLength = 262_144;

export class AnswerEar {
  readonly #wantsText: boolean;
  readonly #wantsCalls: boolean;
  readonly #calls = new Map<number, { readonly name: string; argumentsJson: string }>();
  #text = '';
  #left = maxJudgedLength;

  constructor({ format, tools }: Pick<AskedFor, 'format' | 'tools'>) {
    this.#wantsText = format !== undefined;
    this.#wantsCalls = tools.length > 0;
  }

  hear(event: ModelEvent): void {
    if (event.type === 'text_delta' && this.#wantsText) this.#text += this.#take(event.text);
    if (!this.#wantsCalls) return;
    if (event.type === 'tool_call_started') {
      this.#calls.set(event.index, { name: this.#take(event.name), argumentsJson: '' });
    }
    if (event.type === 'tool_call_delta') {
      const call = this.#calls.get(event.index);
      if (call !== undefined) call.argumentsJson += this.#take(event.argumentsText);
    }
  }

  /** Nothing where it was not asked for, or was too long. */
  get facts(): Pick<AnswerFacts, 'text' | 'toolCalls'> {
    if (this.#left < 0) return {};
    const toolCalls: readonly WrittenCall[] = [...this.#calls.values()];
    return {
      ...(this.#wantsText ? { text: this.#text } : {}),
      ...(this.#wantsCalls ? { toolCalls } : {}),
    };
  }

  #take(text: string): string {
    this.#left -= text.length;
    return this.#left < 0 ? '' : text;
  }
}
