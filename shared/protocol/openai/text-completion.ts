/** Answers in the shape of OpenAI's `text_completion`: texts alone, each with its place, whole or as they come. */
import type { ModelEvent, ModelUsage, StopReason } from '../../ports/model-client.ts';
import { doneFrame, frameOf } from './chunks.ts';
import { toCompletionUsage, type AnswerHead, type CompletionUsage } from './completion.ts';
import { aboutInput } from './error.ts';
import { fromModelFailure } from './model-failure.ts';

type FinishReason = 'stop' | 'length' | 'content_filter';

interface TextChoice<Reason> {
  readonly text: string;
  readonly index: number;
  readonly logprobs: null;
  readonly finish_reason: Reason;
}

interface TextCompletionHead extends AnswerHead {
  readonly object: 'text_completion';
}

export interface TextCompletion extends TextCompletionHead {
  readonly choices: readonly TextChoice<FinishReason>[];
  readonly usage: CompletionUsage;
}

/** The original has null where a reason is still to come, though its document does not say so. */
export interface TextCompletionChunk extends TextCompletionHead {
  readonly choices: readonly TextChoice<FinishReason | null>[];
  /** Only where it was asked for: null in every chunk but the one that carries it. */
  readonly usage?: CompletionUsage | null;
}

/** Nothing is called here, as no tool can be offered. */
const finishReasons: Readonly<Record<StopReason, FinishReason>> = {
  end: 'stop',
  tool_calls: 'stop',
  length: 'length',
  refusal: 'content_filter',
};

/** Writes the answers of one call, which come one after another. What was thought is not shown. */
export class TextCompletionWriter {
  readonly #head: TextCompletionHead;
  readonly #echoes: readonly string[];
  readonly #includeUsage: boolean;
  readonly #choices: TextChoice<FinishReason>[] = [];
  /** Of the answer that is under way. */
  #text = '';
  #frames = '';
  #usage: ModelUsage | undefined;

  /** `echoes`: what stands before each answer. */
  constructor({ id, created, model }: AnswerHead, echoes: readonly string[], includeUsage: boolean) {
    this.#head = { id, object: 'text_completion', created, model };
    this.#echoes = echoes;
    this.#includeUsage = includeUsage;
  }

  /** The next event of the answer at that place. */
  hear(index: number, event: ModelEvent): void {
    if (event.type !== 'text_delta' && event.type !== 'finished') return;
    if (this.#text === '') this.#say(index, this.#echoes[index] ?? '');
    if (event.type === 'text_delta') this.#say(index, event.text);
    else {
      const reason = finishReasons[event.stopReason];
      this.#choices.push({ text: this.#text, index, logprobs: null, finish_reason: reason });
      this.#text = '';
      this.#frames += this.#chunk(index, '', reason);
    }
  }

  /** There is nothing to say before the first word. */
  start(): string {
    return '';
  }

  /** The frames of all that was heard since the last time, with the next event of the call as a whole. */
  add(event: ModelEvent): string {
    const frames = this.#frames;
    this.#frames = '';
    switch (event.type) {
      case 'usage':
        this.#usage = event.usage;
        return frames;
      case 'finished':
        return `${frames}${this.#usageFrame()}${doneFrame}`;
      case 'failed':
        return frames + frameOf({ error: aboutInput(fromModelFailure(event.failure).error, 'prompt') });
      default:
        return frames;
    }
  }

  /** All answers, once the last one has finished. */
  whole(usage: ModelUsage): TextCompletion {
    return { ...this.#head, choices: this.#choices, usage: toCompletionUsage(usage) };
  }

  #say(index: number, text: string): void {
    if (text === '') return;
    this.#text += text;
    this.#frames += this.#chunk(index, text, null);
  }

  #chunk(index: number, text: string, reason: FinishReason | null): string {
    const chunk: TextCompletionChunk = {
      ...this.#head,
      choices: [{ text, index, logprobs: null, finish_reason: reason }],
      ...(this.#includeUsage ? { usage: null } : {}),
    };
    return frameOf(chunk);
  }

  #usageFrame(): string {
    if (!this.#includeUsage || this.#usage === undefined) return '';
    const chunk: TextCompletionChunk = { ...this.#head, choices: [], usage: toCompletionUsage(this.#usage) };
    return frameOf(chunk);
  }
}
