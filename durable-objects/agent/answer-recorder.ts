/**
 * Writes an answer down while it arrives, in batches: when 2 KB have gathered, a quarter of a second after the first
 * piece of a batch, and at the end. So a kill keeps what had come, and an answer that was complete is not asked for
 * again.
 */
import type { ModelEvent } from '../../shared/ports/model-client.ts';

export interface RecorderParts {
  readonly write: (events: readonly ModelEvent[]) => void;
  /** Calls back later; the function it returns takes the call back. */
  readonly later: (delayMs: number, work: () => void) => () => void;
}

const batchCharacters = 2_048;
const batchMs = 250;
/** Longest piece that is kept in one row; a row has room for three bytes a character. */
const pieceCharacters = 250_000;

const lengthOf = (event: ModelEvent): number => {
  switch (event.type) {
    case 'text_delta':
    case 'reasoning_delta':
      return event.text.length;
    case 'tool_call_delta':
      return event.argumentsText.length;
    default:
      return 0;
  }
};

const slices = (text: string): readonly string[] =>
  Array.from({ length: Math.ceil(text.length / pieceCharacters) }, (_, index) =>
    text.slice(index * pieceCharacters, (index + 1) * pieceCharacters),
  );

/** The same in pieces that fit a row. */
const split = (event: ModelEvent): readonly ModelEvent[] => {
  if (lengthOf(event) <= pieceCharacters) return [event];
  switch (event.type) {
    case 'text_delta':
    case 'reasoning_delta':
      return slices(event.text).map((text) => ({ ...event, text }));
    case 'tool_call_delta':
      return slices(event.argumentsText).map((argumentsText) => ({ ...event, argumentsText }));
    default:
      return [event];
  }
};

const isLast = (event: ModelEvent): boolean => event.type === 'finished' || event.type === 'failed';

export class AnswerRecorder {
  readonly #parts: RecorderParts;
  #batch: ModelEvent[] = [];
  #characters = 0;
  #takeBack: (() => void) | undefined;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  add(event: ModelEvent): void {
    for (const piece of split(event)) this.#add(piece);
  }

  /** Writes what has gathered. */
  flush(): void {
    this.#takeBack?.();
    this.#takeBack = undefined;
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#characters = 0;
    this.#parts.write(batch);
  }

  #add(event: ModelEvent): void {
    this.#batch.push(event);
    this.#characters += lengthOf(event);
    if (this.#characters >= batchCharacters || isLast(event)) this.flush();
    else this.#takeBack ??= this.#parts.later(batchMs, () => this.flush());
  }
}
